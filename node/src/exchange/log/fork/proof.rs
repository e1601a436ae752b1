//! Two entries that an author signed under one place of its log: noticed, kept as proof, and where the log stands still
//! for it (protocol, section 2, "Forks").
//!
//! A proof stops a log here for as long as its place counts: a new epoch from before it ends that, and nothing else does.

use std::collections::BTreeMap;

use hotline_protocol::id::NodeId;
use hotline_protocol::log::{Cursor, ForkProof, Position, RUN_ENTRIES_LIMIT, VerifiedCheckpoint, VerifiedRun};

use super::fork_repository::{fork_places, insert_fork, kept_fork, kept_forks};
use crate::access::alert::{self, AlertKind, Cause};
use crate::context::Context;
use crate::exchange::log::epoch::{Line, line_of};
use crate::exchange::log::error::LogError;
use crate::exchange::log::repository::{checkpoints_after, entries_between, hash_at};
use crate::report::head;
use crate::storage::{ConnectionTrait, StorageError, Write};
use crate::trust::peer::load_keys;

/// Whether a head signed by its author differs from the entry that stands and counts at that place here. The copy here
/// is signed up to `end`. A head beyond that, or one that was left behind, contradicts nothing.
pub async fn is_contradicted<C: ConnectionTrait>(
    connection: &C,
    log: &NodeId,
    shown: &Cursor,
    end: Position,
) -> Result<bool, StorageError> {
    let place = shown.position();
    if place > end || place.seq == 0 {
        return Ok(false);
    }
    let is_another = hash_at(connection, log, place).await?.is_some_and(|here| here != shown.hash);
    Ok(is_another && line_of(connection, log, end.epoch).await?.counts(place))
}

/// The proof, where a head contradicts the copy here, ending at `end`. Returns `None` where a proof of that place, or
/// of an earlier one of its epoch, is kept.
pub async fn contradiction(
    context: &Context,
    shown: &VerifiedCheckpoint,
    end: &Cursor,
) -> Result<Option<ForkProof>, LogError> {
    let (connection, log) = (context.database.read(), &shown.checkpoint().log);
    let (there, place) = (shown.checkpoint().cursor(), shown.checkpoint().cursor().position());
    if there == *end
        || !is_contradicted(connection, log, &there, end.position()).await?
        || !is_wanted_fork(connection, log, place).await?
    {
        return Ok(None);
    }
    let before = Position { seq: place.seq - 1, ..place };
    let Some((last, checkpoint)) = checkpoints_after(connection, log, before, 1).await?.into_iter().next() else {
        return Ok(None);
    };
    let entries = entries_between(connection, log, place.epoch, place.seq, last).await?;
    let text = ForkProof::write(shown.token(), &checkpoint, entries.iter().map(|entry| entry.header.as_str()));
    let keys = load_keys(connection, log).await?;
    // Under a key that was revoked since, the copy here proves nothing any more.
    Ok(ForkProof::verify(&text, &context.network, log, &keys).ok())
}

/// The proof, where a verified run is another telling than the copy here at a place that both sign: at the run's end, or
/// inside it, where the copy here ends sooner. An epoch's opening alone is none: its `from` names a hash, and neither shows nor
/// signs an entry at that place.
pub async fn contradicted_by(context: &Context, run: &VerifiedRun) -> Result<Option<ForkProof>, LogError> {
    let (connection, log) = (context.database.read(), &run.checkpoint().checkpoint().log);
    let end = head(connection, log).await?;
    if let Some(proof) = contradiction(context, run.checkpoint(), &end).await? {
        return Ok(Some(proof));
    }
    let (before, epoch) = (run.before(), run.head().epoch);
    let after = Position { epoch, seq: before.seq.saturating_sub(1) };
    let signed_here = checkpoints_after(connection, log, after, RUN_ENTRIES_LIMIT as u64 + 1).await?;
    for (seq, checkpoint) in signed_here.into_iter().filter(|(seq, _)| *seq < run.head().seq) {
        let place = Position { epoch, seq };
        let entry = run.entries().iter().find(|entry| entry.header.seq == seq);
        let there = entry.map_or(before.hash, |entry| entry.hash);
        if hash_at(connection, log, place).await? == Some(there) {
            continue;
        }
        if !is_wanted_fork(connection, log, place).await? {
            return Ok(None);
        }
        let behind = run.entries().iter().filter(|entry| entry.header.seq > seq).map(|entry| &*entry.line);
        let text = ForkProof::write(&checkpoint, run.checkpoint().token(), behind);
        let keys = load_keys(connection, log).await?;
        return Ok(ForkProof::verify(&text, &context.network, log, &keys).ok());
    }
    Ok(None)
}

/// Keeps a proof where it is wanted, and calls a person where it is the first one of its epoch. Gives whether it is that.
pub async fn keep_fork(context: &Context, proof: &ForkProof, told_by: &NodeId) -> Result<bool, LogError> {
    let write = context.database.write("keep_fork").await?;
    if !is_wanted_fork(&*write, proof.log(), proof.place()).await? {
        return Ok(false);
    }
    let is_first = kept_fork(&*write, proof.log(), proof.place().epoch).await?.is_none();
    insert_fork(&write, proof, told_by, context.now_micros()).await?;
    // A fork of this node's own log stops its sealing, and that calls a person by itself.
    if is_first && *proof.log() != context.own {
        alert::raise(&write, &context.clock, called_for(proof)).await?;
    }
    write.commit().await?;
    Ok(is_first)
}

fn called_for(proof: &ForkProof) -> Cause {
    let (log, place) = (proof.log(), proof.place());
    let text = format!(
        "{log} has signed two different entries as entry {} of epoch {} of its log: that hotline, or whoever has its key, \
         tells different things to different hotlines, or a copy of its node runs. Nothing of its log is taken here beyond \
         that entry until it goes on in a new epoch from before it; what was applied stays. Call that hotline; the proof, \
         for anybody who has its card: hotline-node log evidence {log}",
        place.seq, place.epoch
    );
    Cause::new(AlertKind::LogForked, log.as_str(), text)
        .with("peer", log)
        .with("epoch", place.epoch)
        .with("seq", place.seq)
}

/// The entries shown by the proofs that are kept against a log, one after the other: each a place and one of its two
/// hashes.
pub async fn proven_entries(context: &Context, log: &NodeId) -> Result<Vec<Cursor>, LogError> {
    let connection = context.database.read();
    let kept = kept_forks(connection, log).await?;
    if kept.is_empty() {
        return Ok(Vec::new());
    }
    let keys = load_keys(connection, log).await?;
    let proofs = kept.iter().filter_map(|kept| ForkProof::verify(&kept.proof, &context.network, log, &keys).ok());
    let entries = |proof: ForkProof| {
        let Position { epoch, seq } = proof.place();
        proof.hashes().map(|hash| Cursor { epoch, seq, hash })
    };
    Ok(proofs.flat_map(entries).collect())
}

/// Whether a proof of a fork at this place would be news that counts: the place was not left behind, and none before it in
/// its epoch is proven.
pub async fn is_wanted_fork<C: ConnectionTrait>(
    connection: &C,
    log: &NodeId,
    place: Position,
) -> Result<bool, StorageError> {
    let end = head(connection, log).await?;
    let is_left_behind = place.epoch <= end.epoch && !line_of(connection, log, end.epoch).await?.counts(place);
    let kept = fork_places(connection, Some(log)).await?;
    Ok(!is_left_behind && kept.iter().all(|(_, kept)| kept.epoch != place.epoch || place.seq < kept.seq))
}

/// Where each log stands still, or will as soon as it comes so far: the first place of each that is proven to be forked
/// and was not left behind.
pub async fn standing_forks<C: ConnectionTrait>(connection: &C) -> Result<BTreeMap<NodeId, Position>, StorageError> {
    let mut standing: BTreeMap<NodeId, Position> = BTreeMap::new();
    for (log, place) in fork_places(connection, None).await? {
        let end = head(connection, &log).await?;
        if place.epoch > end.epoch || line_of(connection, &log, end.epoch).await?.counts(place) {
            standing.entry(log).and_modify(|first| *first = (*first).min(place)).or_insert(place);
        }
    }
    Ok(standing)
}

/// The fork of a log that an epoch from `from` would leave behind.
pub async fn ended_fork(write: &Write<'_>, log: &NodeId, from: Position) -> Result<Option<Position>, StorageError> {
    let line = line_of(&**write, log, head(&**write, log).await?.epoch).await?;
    let places = fork_places(&**write, Some(log)).await?;
    Ok(places.into_iter().map(|(_, place)| place).find(|place| line.counts(*place) && *place > from))
}

/// The fork that a run ending at `end` would go beyond. The run opens an epoch after `from`, where it opens one.
pub(crate) async fn fork_in_the_way(
    write: &Write<'_>,
    log: &NodeId,
    end: Position,
    from: Option<Position>,
) -> Result<Option<Position>, StorageError> {
    let places = fork_places(&**write, Some(log)).await?;
    if places.is_empty() {
        return Ok(None);
    }
    let line = line_of(&**write, log, head(&**write, log).await?.epoch).await?;
    Ok(places.into_iter().map(|(_, place)| place).find(|fork| stops(*fork, &line, end, from)))
}

/// Whether a fork stops a run that ends at `end`. An epoch goes on where it leaves the fork behind.
fn stops(fork: Position, line: &Line, end: Position, from: Option<Position>) -> bool {
    match fork.epoch.cmp(&end.epoch) {
        std::cmp::Ordering::Equal => fork.seq <= end.seq,
        std::cmp::Ordering::Less => line.counts(fork) && from.is_none_or(|from| fork <= from),
        std::cmp::Ordering::Greater => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(epoch: u64, seq: u64) -> Position {
        Position { epoch, seq }
    }

    #[test]
    fn a_fork_stops_what_goes_beyond_it_until_an_epoch_leaves_it_behind() {
        let first = Line::of([]);
        for (end, from, stopped) in [
            (at(1, 4), None, false),
            (at(1, 5), None, true),
            (at(1, 9), None, true),
            (at(2, 1), Some(at(1, 4)), false),
            (at(2, 1), Some(at(1, 5)), true),
            (at(2, 1), Some(at(1, 9)), true),
        ] {
            assert_eq!(stops(at(1, 5), &first, end, from), stopped, "{end:?} {from:?}");
        }
        // The next epoch went on from before it, or from behind it before the fork was known.
        let (healed, not) = (Line::of([(2, at(1, 4))]), Line::of([(2, at(1, 7))]));
        assert!(!stops(at(1, 5), &healed, at(2, 3), None) && stops(at(1, 5), &not, at(2, 3), None));
        assert!(!stops(at(1, 5), &not, at(3, 1), Some(at(1, 4))) && stops(at(1, 5), &not, at(3, 1), Some(at(2, 1))));
        // A fork proven of an epoch that is not here yet waits for that epoch.
        assert!(!stops(at(2, 2), &first, at(1, 9), None) && stops(at(2, 2), &first, at(2, 2), None));
    }
}

//! Keeping a log: finds the new entries of a verified run, and moves the log's end.

use std::collections::HashSet;

use hotline_protocol::bytes::Hash;
use hotline_protocol::entitlement::entitled_by_header;
use hotline_protocol::entry::{BodyLine, Header};
use hotline_protocol::id::NodeId;
use hotline_protocol::log::{CheckpointRefused, Cursor, Position, RunRefused, VerifiedEntry, VerifiedRun};
use hotline_protocol::state::Seen;

use super::day::take_bodies_of_day;
use super::epoch::{EPOCH_STEP_LIMIT, EPOCHS_LIMIT, epochs_of, line_of};
use super::error::LogError;
use super::fork::fork_in_the_way;
use super::{body_repository, repository};
use crate::context::Context;
use crate::report::replay::{Applied, LateBody, ReceivedBody, take_late_told};
use crate::report::{BodyState, EntryToStore, ReportError, head, insert_entries, is_beyond, set_head};
use crate::storage::Write;
use crate::trust::peer::{ends_on_cards, load_keys};

/// The place where a verified run continues the log here.
pub struct Continuation {
    /// The log.
    pub log: NodeId,
    /// How many of the run's entries are here already.
    pub known: usize,
    /// The last entry that counts before, where the run opens a further epoch.
    pub from: Option<Cursor>,
}

/// Compares a run with the log here. Refuses a gap, another hash at the same place, and an epoch that is neither open
/// here nor opened by the run. Where the author has signed two entries under one place, also refuses a run that goes
/// beyond that.
pub async fn continue_with(write: &Write<'_>, run: &VerifiedRun) -> Result<Continuation, LogError> {
    let log = &run.checkpoint().checkpoint().log;
    check_key(write, log, run).await?;
    check_ends(write, log, run).await?;
    let found = continue_after(write, run).await;
    let says_more = match &found {
        Ok(continuation) => continuation.known < run.entries().len(),
        Err(error) => matches!(error, LogError::Gap(_) | LogError::Diverged(_)),
    };
    if says_more {
        let from = run.opens_epoch().map(|from| from.position());
        if let Some(fork) = fork_in_the_way(write, log, run.head().position(), from).await? {
            return Err(LogError::Forked(fork));
        }
    }
    found
}

async fn continue_after(write: &Write<'_>, run: &VerifiedRun) -> Result<Continuation, LogError> {
    let log = run.checkpoint().checkpoint().log.clone();
    let head = head(&**write, &log).await?;
    let (before, end) = (run.before(), run.head());
    let is_next = end.epoch > head.epoch && end.epoch - head.epoch <= EPOCH_STEP_LIMIT;
    if let Some(from) = run.opens_epoch().filter(|_| is_next) {
        check_last_good(write, &log, &head, &from).await?;
        return Ok(Continuation { log, known: 0, from: Some(from) });
    }
    if end.epoch != head.epoch {
        return Err(LogError::EpochClosed(head));
    }
    if before.seq > head.seq {
        return Err(LogError::Gap(head));
    }
    let compared = Position { epoch: head.epoch, seq: head.seq.min(end.seq) };
    let here = repository::hash_at(&**write, &log, compared).await?;
    let shown = match run.entries().iter().find(|entry| entry.header.seq == compared.seq) {
        Some(entry) => entry.hash,
        None => before.hash,
    };
    if here != Some(shown) {
        return Err(LogError::Diverged(head));
    }
    let known = run.entries().iter().take_while(|entry| entry.header.seq <= head.seq).count();
    Ok(Continuation { log, known, from: None })
}

/// An epoch continues after an entry that is here and counts: entries once left behind never count again.
async fn check_last_good(write: &Write<'_>, log: &NodeId, head: &Cursor, from: &Cursor) -> Result<(), LogError> {
    if from.position() > head.position() {
        return Err(LogError::Gap(*head));
    }
    let counts = line_of(&**write, log, head.epoch).await?.counts(from.position());
    if epochs_of(&**write, log).await?.len() >= EPOCHS_LIMIT {
        return Err(LogError::EpochClosed(*head));
    }
    if !counts || repository::hash_at(&**write, log, from.position()).await? != Some(from.hash) {
        return Err(LogError::Diverged(*head));
    }
    Ok(())
}

/// The keys may have changed since the run was verified: the one before it may have exchanged them.
async fn check_key(write: &Write<'_>, log: &NodeId, run: &VerifiedRun) -> Result<(), LogError> {
    let keys = load_keys(&**write, log).await?;
    let places = [run.entries().first().map(|entry| entry.header.position()), Some(run.head().position())];
    let is_valid = |place: &Position| keys.key_at(run.checkpoint().kid(), *place).is_some();
    if places.iter().flatten().all(is_valid) {
        return Ok(());
    }
    Err(RunRefused::Checkpoint(CheckpointRefused::KeyNotValid).into())
}

/// Where a card ends a key with an entry, no other entry is taken at that place: a thief of the key could sign one.
async fn check_ends(write: &Write<'_>, log: &NodeId, run: &VerifiedRun) -> Result<(), LogError> {
    for last in ends_on_cards(&**write, log).await? {
        let there = run.entries().iter().find(|entry| entry.header.position() == last.position());
        if there.is_some_and(|entry| entry.hash != last.hash) {
            return Err(RunRefused::Checkpoint(CheckpointRefused::KeyNotValid).into());
        }
    }
    Ok(())
}

/// Puts bodies of known entries into their rows, where they were missing. Gives how many.
pub async fn take_late_bodies(
    context: &Context,
    write: &Write<'_>,
    log: &NodeId,
    known: &[Applied<'_>],
) -> Result<usize, LogError> {
    let places = [known.first(), known.last()].map(|entry| entry.map(|(entry, _)| entry.header.position()));
    let [Some(first), Some(last)] = places else { return Ok(0) };
    let wanted = body_repository::wants_between(&**write, log, (first, last)).await?;
    let wanted: HashSet<Hash> = wanted.into_iter().collect();
    let mut late = Vec::new();
    let came = known.iter().filter(|(entry, _)| wanted.contains(&entry.hash));
    let came: Vec<_> = came.filter_map(|(entry, kept)| Some((entry, (*kept)?))).collect();
    let bytes = came.iter().map(|(_, kept)| kept.sealed().len()).sum();
    // They stay wanted.
    if came.is_empty() || !take_bodies_of_day(context, write, log, bytes).await? {
        return Ok(0);
    }
    for (entry, kept) in came {
        keep_body(write, log, entry.header.position(), kept.sealed().to_vec()).await?;
        late.extend(entry.header.content.report().map(|report| LateBody { report, entry: entry.hash, kept }));
    }
    take_late_told(context, write, &late).await?;
    Ok(late.len())
}

async fn keep_body(write: &Write<'_>, log: &NodeId, place: Position, sealed: Vec<u8>) -> Result<(), LogError> {
    repository::set_body(&**write, log, place, sealed).await?;
    body_repository::clear_want(&**write, log, place).await?;
    Ok(())
}

/// Stores the new entries of a run; `reports` are the keys of their reports, in the same order.
pub async fn insert_run_entries(
    context: &Context,
    write: &Write<'_>,
    entries: &[Applied<'_>],
    reports: &[Option<i64>],
) -> Result<(), LogError> {
    let mut rows = Vec::with_capacity(entries.len());
    let mut wanted = Vec::new();
    for ((entry, kept), report) in entries.iter().zip(reports) {
        let header = &entry.header;
        let body_state = match (header.content.body(), kept) {
            (None, _) => BodyState::None,
            (Some(_), Some(_)) => BodyState::Here,
            // Nobody asks for the body of an entry that counts for nothing.
            (Some(_), None) if report.is_some_and(is_beyond) => BodyState::NotForUs,
            (Some(_), None) if entitled_by_header(&context.own, &Seen::sealed(entry.hash, header)) => {
                wanted.push((header.log.clone(), header.position(), entry.hash));
                BodyState::Wanted
            }
            (Some(_), None) => BodyState::NotForUs,
        };
        rows.push(EntryToStore {
            log: header.log.clone(),
            place: header.position(),
            hash: entry.hash,
            report: *report,
            header: entry.line.to_string(),
            body: kept.map(|kept| kept.sealed().to_vec()),
            body_state,
        });
    }
    insert_entries(write, rows).await?;
    body_repository::insert_wants(write, &wanted, context.now_micros()).await?;
    Ok(())
}

/// Moves the log's end to that entry of a run; where the run ends there, its checkpoint is kept. Gives where the log ends.
pub async fn advance(
    context: &Context,
    write: &Write<'_>,
    run: &VerifiedRun,
    last: Option<&VerifiedEntry>,
) -> Result<Cursor, LogError> {
    let log = &run.checkpoint().checkpoint().log;
    let place = |entry: &VerifiedEntry| Cursor { epoch: entry.header.epoch, seq: entry.header.seq, hash: entry.hash };
    let end = last.map_or(run.head(), place);
    set_head(&**write, log, &end, context.now_micros()).await?;
    if end == run.head() {
        repository::insert_run(&**write, log, run.before().seq + 1, &end, run.checkpoint().token()).await?;
    }
    Ok(end)
}

/// Takes bodies of `log` that were asked for by name: each is held against its header. Gives how many were taken.
pub async fn take_bodies(context: &Context, log: &NodeId, bodies: Vec<(Position, String)>) -> Result<usize, LogError> {
    if bodies.is_empty() {
        return Ok(0);
    }
    let write = context.database.write("take_bodies").await?;
    let bytes = bodies.iter().map(|(_, line)| line.len()).sum();
    if !take_bodies_of_day(context, &write, log, bytes).await? {
        return Ok(0);
    }
    let mut taken = Vec::new();
    for (place, line) in bodies {
        let Some(stored) = repository::header_without_body(&*write, log, place).await? else { continue };
        let header = Header::from_storage(&stored).map_err(ReportError::from)?;
        let Some(commitment) = header.content.body() else { continue };
        if let Ok(line) = BodyLine::verify(&line, &commitment) {
            let kept = ReceivedBody::new(&context.seal, &header.content.entry_type, &line);
            keep_body(&write, log, place, kept.sealed().to_vec()).await?;
            taken.extend(header.content.report().map(|report| (report, Header::hash_line(stored.as_bytes()), kept)));
        }
    }
    let late = taken.iter().map(|(report, entry, kept)| LateBody { report: report.clone(), entry: *entry, kept });
    take_late_told(context, &write, &late.collect::<Vec<_>>()).await?;
    write.commit().await?;
    Ok(taken.len())
}

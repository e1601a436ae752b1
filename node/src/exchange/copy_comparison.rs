//! Finds the place up to where a peer's copy of a log is the same as the one here. In our own log, entries beyond that
//! contradict us.

use std::sync::Arc;
use std::time::Duration;

use hotline_protocol::hello::Hello;
use hotline_protocol::id::NodeId;
use hotline_protocol::log::{Cursor, KeyHistory, Position, RUN_ENTRIES_LIMIT, UnverifiedRun};
use hotline_protocol::problem::Problem;

use super::client::{PeerClient, SendFault};
use super::log::epoch::LostEntry;
use super::log::{LogError, hash_at};
use crate::context::Context;
use crate::report::head;
use crate::storage::StorageError;
use crate::trust::peer::load_keys;

/// Why a peer's copy is not known.
#[derive(Debug, thiserror::Error)]
pub enum NotCompared {
    /// The peer, or the way to it.
    #[error(transparent)]
    Send(#[from] SendFault),
    /// Ours.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// Result of comparing a peer's copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compared {
    /// How many of the places it does not contradict.
    pub agreed: usize,
    /// The newest epoch that it showed, signed by us.
    pub epoch: u64,
    /// Number of entries under our name that it has beyond the log here.
    pub beyond: u64,
}

/// How many of `places`, where our log was signed, in order, the peer does not contradict. A copy that agrees at one
/// place agrees at all before it, so few are asked for. `hello` asks for the heads that it holds.
pub async fn compare_copy(
    context: &Context,
    client: &PeerClient,
    hello: &Hello,
    places: &[Position],
) -> Result<Compared, NotCompared> {
    let connection = context.database.read();
    let keys = load_keys(connection, &context.own).await.map_err(LogError::from)?;
    let answer = client.hello(hello).await?;
    // The peer takes no epoch that continues from behind a fork proven to it.
    let fork = answer.forks.get(&context.own);
    let places = &places[..places.iter().take_while(|place| fork.is_none_or(|fork| *place < fork)).count()];
    let Some(token) = answer.heads.get(&context.own) else {
        return Ok(Compared { agreed: places.len(), epoch: 0, beyond: 0 });
    };
    // A head that we did not sign says nothing about where its copy ends.
    let end = token.verify(&context.network, &context.own, &keys).ok().map(|head| head.checkpoint().cursor());
    let epoch = end.map_or(0, |end| end.epoch);
    if let Some(end) = end
        && hash_at(connection, &context.own, end.position()).await.map_err(LogError::from)? == Some(end.hash)
    {
        return Ok(Compared { agreed: places.len(), epoch, beyond: 0 });
    }
    // Beyond its end, a copy that is not ours cannot agree; up to there, it answers.
    let held = places.iter().take_while(|place| end.is_none_or(|end| **place <= end.position())).count();
    let here = head(connection, &context.own).await.map_err(LogError::from)?;
    let beyond = end.map_or(0, |end| end.entries_beyond(&here));
    let agreed = agreed_places(context, client, (&context.own, &keys), &places[..held]).await?;
    Ok(Compared { agreed, epoch, beyond })
}

/// How many of `places` of a log, signed under its keys, a peer does not contradict: all are asked for first, then fewer.
pub(super) async fn agreed_places(
    context: &Context,
    client: &PeerClient,
    log: (&NodeId, &KeyHistory),
    places: &[Position],
) -> Result<usize, NotCompared> {
    let (mut agreed, mut contradicted, mut next) = (0, places.len() + 1, places.len());
    while agreed + 1 < contradicted {
        if agrees(context, client, log, places[next - 1]).await? {
            agreed = next;
        } else {
            contradicted = next;
        }
        next = agreed + (contradicted - agreed) / 2;
    }
    Ok(agreed)
}

/// Most entries of a copy that are looked at: as many as a node signs in months.
const BEYOND_LIMIT: usize = 50_000;

/// Entries about reports in a peer's copy of our log that are not here. `last` is the last place where both copies
/// agree.
pub async fn lost_entries(
    context: &Context,
    client: &PeerClient,
    last: Cursor,
    peer: &NodeId,
) -> Result<Vec<LostEntry>, NotCompared> {
    let connection = context.database.read();
    let keys = load_keys(connection, &context.own).await.map_err(LogError::from)?;
    let (mut after, mut lost, mut looked) = (last, Vec::new(), 0);
    while looked < BEYOND_LIMIT {
        let Some(text) = client.pull(&context.own, &after, Duration::ZERO, RUN_ENTRIES_LIMIT).await? else { break };
        // Entries that we did not sign are nobody's word.
        let run =
            UnverifiedRun::parse(Arc::from(text)).and_then(|run| run.verify(&context.network, &context.own, &keys));
        let Some(run) = run.ok().filter(|run| run.head() != after) else { break };
        looked += run.entries().len();
        for entry in run.entries() {
            let place = entry.header.position();
            let here = hash_at(connection, &context.own, place).await.map_err(LogError::from)?;
            let report = entry.header.content.report().filter(|_| here != Some(entry.hash));
            lost.extend(report.map(|report| LostEntry {
                place,
                hash: entry.hash,
                report,
                entry_type: entry.header.content.entry_type.code().to_owned(),
                peer: peer.clone(),
            }));
        }
        after = run.head();
    }
    Ok(lost)
}

/// Whether a peer's copy has the entry that is here at a place, and counts it.
async fn agrees(
    context: &Context,
    client: &PeerClient,
    (log, keys): (&NodeId, &KeyHistory),
    place: Position,
) -> Result<bool, NotCompared> {
    let hash = hash_at(context.database.read(), log, place).await.map_err(LogError::from)?;
    let hash = hash.ok_or(LogError::Storage(StorageError::Inconsistent("log")))?;
    let after = Cursor { epoch: place.epoch, seq: place.seq, hash };
    match client.pull(log, &after, Duration::ZERO, 1).await {
        // An epoch that this node may have forgotten, and that left the place behind.
        Ok(Some(run)) => Ok(opened_after(context, (log, keys), run).is_none_or(|from| from >= place)),
        Ok(None) => Ok(true),
        Err(SendFault::Problem { problem: Some(Problem::CursorDiverged), .. }) => Ok(false),
        Err(fault) => Err(fault.into()),
    }
}

/// The last place that counts before the epoch opened by a run, where the log's keys have signed that run.
fn opened_after(context: &Context, (log, keys): (&NodeId, &KeyHistory), run: String) -> Option<Position> {
    let run = UnverifiedRun::parse(Arc::from(run)).ok()?.verify(&context.network, log, keys).ok()?;
    run.opens_epoch().map(|from| from.position())
}

//! Entries in a peer's copy of a log that are not here. Those of our own log are asked of a peer that claims them,
//! since a word alone is no reason to stop. Those of another's log are asked for where the two copies part, since two
//! entries signed under one place are proof against their author.

use std::sync::Arc;
use std::time::Duration;

use hotline_protocol::id::NodeId;
use hotline_protocol::log::{
    Cursor, ForkProof, KeyHistory, Position, RUN_ENTRIES_LIMIT, UnverifiedRun, VerifiedCheckpoint, VerifiedRun,
};
use hotline_protocol::problem::{Problem, Retry};

use super::client::{PeerClient, SendFault};
use super::copy_comparison::{NotCompared, agreed_places};
use super::hub::Hub;
use super::log::epoch::good_places;
use super::log::fork::{contradicted_by, standing_forks};
use super::log::{LogError, hash_at, own_log};
use super::shown_heads::{keep_fork, take_own_head};
use crate::context::Context;
use crate::storage::StorageError;
use crate::trust::peer::load_keys;

/// Most runs that are read behind the last place where both copies agree: where they part, one of the next begins.
const RUNS_LIMIT: usize = 8;

/// Asks a peer for the entries that it claims of our log and that are not here. An entry shown under our own keys
/// counts as a head does; where the peer shows nothing, its word does not count.
pub async fn ask_for_own_copy(hub: &Hub, client: &PeerClient, peer: &NodeId) -> Result<(), NotCompared> {
    match signed_elsewhere(&hub.context, client).await {
        Ok(Some(head)) => {
            tracing::error!(%peer, "a peer holds entries of this node's log that are not here");
            if let Some(proof) = take_own_head(hub, peer, Some(head.token())).await? {
                keep_fork(hub, peer, &proof).await?;
            }
        }
        Err(NotCompared::Send(fault)) if !is_refused(&fault) => return Err(fault.into()),
        Ok(None) | Err(NotCompared::Send(_)) => {}
        Err(error) => return Err(error),
    }
    if hub.gate().is_claimed_by(peer) {
        tracing::warn!(%peer, "a peer shows a head of this node's log under an unknown key, and no entry that proves it");
        let own = own_log(hub.context.database.read(), &hub.context.own).await.map_err(LogError::from)?;
        hub.gate().claim_unproved(peer, &own);
    }
    Ok(())
}

/// Asks a peer for the place where its copy of another's log parts from the one here. Keeps the proof that the log's
/// author has signed both.
pub async fn ask_where_copies_part(
    hub: &Hub,
    client: &PeerClient,
    peer: &NodeId,
    log: &NodeId,
) -> Result<(), NotCompared> {
    if standing_forks(hub.context.database.read()).await.map_err(LogError::from)?.contains_key(log) {
        return Ok(());
    }
    match proof_where_copies_part(&hub.context, client, log).await {
        Ok(Some(proof)) => Ok(keep_fork(hub, peer, &proof).await?),
        Err(NotCompared::Send(fault)) if !is_refused(&fault) => Err(fault.into()),
        Ok(None) | Err(NotCompared::Send(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

async fn proof_where_copies_part(
    context: &Context,
    client: &PeerClient,
    log: &NodeId,
) -> Result<Option<ForkProof>, NotCompared> {
    let keys = load_keys(context.database.read(), log).await.map_err(LogError::from)?;
    let places = good_places(context, log, None).await?;
    let agreed = agreed_places(context, client, (log, &keys), &places).await?;
    let mut after = cursor_of(context, log, places[..agreed].last()).await?;
    for _ in 0..RUNS_LIMIT {
        let Some(run) = pull(context, client, (log, &keys), &after).await? else { return Ok(None) };
        if let Some(proof) = contradicted_by(context, &run).await? {
            return Ok(Some(proof));
        }
        after = run.head();
    }
    Ok(None)
}

/// Whether an answer is the peer's last word on that question.
const fn is_refused(fault: &SendFault) -> bool {
    match fault {
        SendFault::Problem { problem: Some(problem), .. } => !matches!(problem.retry(), Retry::Backoff),
        SendFault::Malformed => true,
        _ => false,
    }
}

/// The end of a run of our log that our keys have signed and that is not here, as a peer gives it.
async fn signed_elsewhere(context: &Context, client: &PeerClient) -> Result<Option<VerifiedCheckpoint>, NotCompared> {
    let own = &context.own;
    let keys = load_keys(context.database.read(), own).await.map_err(LogError::from)?;
    let places = good_places(context, own, None).await?;
    let mut after = cursor_of(context, own, places.last()).await?;
    let mut pulled = pull(context, client, (own, &keys), &after).await;
    if let Err(NotCompared::Send(SendFault::Problem { problem: Some(Problem::CursorDiverged), .. })) = pulled {
        let earlier = &places[..places.len().saturating_sub(1)];
        let agreed = agreed_places(context, client, (own, &keys), earlier).await?;
        after = cursor_of(context, own, earlier[..agreed].last()).await?;
        pulled = pull(context, client, (own, &keys), &after).await;
    }
    for _ in 0..RUNS_LIMIT {
        let Some(run) = pulled? else { return Ok(None) };
        let end = run.head();
        let here = hash_at(context.database.read(), own, end.position()).await.map_err(LogError::from)?;
        if here != Some(end.hash) {
            return Ok(Some(run.checkpoint().clone()));
        }
        pulled = pull(context, client, (own, &keys), &end).await;
    }
    Ok(None)
}

async fn cursor_of(context: &Context, log: &NodeId, place: Option<&Position>) -> Result<Cursor, LogError> {
    let Some(place) = place else { return Ok(Cursor::START) };
    let hash = hash_at(context.database.read(), log, *place).await?;
    let hash = hash.ok_or(LogError::Storage(StorageError::Inconsistent("log")))?;
    Ok(Cursor { epoch: place.epoch, seq: place.seq, hash })
}

/// The run behind a place; nothing where there is none, or one that the log's keys have not signed.
async fn pull(
    context: &Context,
    client: &PeerClient,
    (log, keys): (&NodeId, &KeyHistory),
    after: &Cursor,
) -> Result<Option<VerifiedRun>, NotCompared> {
    let text = client.pull(log, after, Duration::ZERO, RUN_ENTRIES_LIMIT).await?;
    let Some(text) = text else { return Ok(None) };
    let run = UnverifiedRun::parse(Arc::from(text)).and_then(|run| run.verify(&context.network, log, keys));
    Ok(run.ok())
}

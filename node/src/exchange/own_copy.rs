//! What a peer holds of our own log that is not here: asked of it where it says so, since a word alone is no reason to stop.

use std::sync::Arc;
use std::time::Duration;

use hotline_protocol::id::NodeId;
use hotline_protocol::log::{Cursor, KeyHistory, Position, RUN_ENTRIES_LIMIT, UnverifiedRun, VerifiedCheckpoint};
use hotline_protocol::problem::{Problem, Retry};

use super::client::{PeerClient, SendFault};
use super::hub::Hub;
use super::last_good::{NotCompared, agreed_places};
use super::log::{LogError, good_places, hash_at, own_log};
use super::shown_heads::{keep_fork, take_own_head};
use crate::context::Context;
use crate::storage::StorageError;
use crate::trust::load_keys;

/// Most runs that are read behind the last place where both copies agree: where they part, one of the next begins.
const RUNS_LIMIT: usize = 8;

/// Asks a peer for what it says that our log has and that is not here. What it shows under our own keys counts as a head
/// does; where it shows nothing, its word does not count.
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
    let keys = load_keys(context.database.read(), &context.own).await.map_err(LogError::from)?;
    let places = good_places(context, None).await?;
    let mut after = cursor_of(context, places.last()).await?;
    let mut pulled = pull(context, client, &keys, &after).await;
    if let Err(NotCompared::Send(SendFault::Problem { problem: Some(Problem::CursorDiverged), .. })) = pulled {
        let earlier = &places[..places.len().saturating_sub(1)];
        let agreed = agreed_places(context, client, &keys, earlier).await?;
        after = cursor_of(context, earlier[..agreed].last()).await?;
        pulled = pull(context, client, &keys, &after).await;
    }
    for _ in 0..RUNS_LIMIT {
        let Some(head) = pulled? else { return Ok(None) };
        let end = head.checkpoint().cursor();
        let here = hash_at(context.database.read(), &context.own, end.position()).await.map_err(LogError::from)?;
        if here != Some(end.hash) {
            return Ok(Some(head));
        }
        pulled = pull(context, client, &keys, &end).await;
    }
    Ok(None)
}

async fn cursor_of(context: &Context, place: Option<&Position>) -> Result<Cursor, LogError> {
    let Some(place) = place else { return Ok(Cursor::START) };
    let hash = hash_at(context.database.read(), &context.own, *place).await?;
    let hash = hash.ok_or(LogError::Storage(StorageError::Inconsistent("log")))?;
    Ok(Cursor { epoch: place.epoch, seq: place.seq, hash })
}

/// The checkpoint of the run behind a place; nothing where there is none, or one that we have not signed.
async fn pull(
    context: &Context,
    client: &PeerClient,
    keys: &KeyHistory,
    after: &Cursor,
) -> Result<Option<VerifiedCheckpoint>, NotCompared> {
    let text = client.pull(&context.own, after, Duration::ZERO, RUN_ENTRIES_LIMIT).await?;
    let Some(text) = text else { return Ok(None) };
    let run = UnverifiedRun::parse(Arc::from(text)).and_then(|run| run.verify(&context.network, &context.own, keys));
    Ok(run.ok().map(|run| run.checkpoint().clone()))
}

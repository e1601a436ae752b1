//! Fetches proof of peers' claims: of forks, of entries of our own log missing here, and of the places where copies of
//! others' logs part.

use std::collections::HashMap;

use hotline_protocol::id::NodeId;
use hotline_protocol::log::{ForkProof, Position};

use super::deliver::DeliverFault;
use crate::exchange::log::{self, LogError};
use crate::exchange::{Hub, NotCompared, PeerClient, ask_for_own_copy, ask_where_copies_part, keep_fork};
use crate::trust::peer::load_keys;

/// Pause before a peer is asked again after its word was not proven, in microseconds.
const PAUSE: i64 = 60 * 1_000_000;

/// The times when a peer was last asked, by question. Times in microseconds since 1970.
#[derive(Debug, Default)]
pub struct AskedForProof {
    forks: HashMap<NodeId, i64>,
    own_copy: Option<i64>,
    parted: HashMap<NodeId, i64>,
}

/// Asks a peer for the proofs named in its hello, its claimed entries of our own log, and the places where its copies
/// part from ours.
pub async fn fetch_proofs(
    hub: &Hub,
    peer: &NodeId,
    client: &PeerClient,
    asked: &mut AskedForProof,
) -> Result<(), DeliverFault> {
    let (link, now) = (hub.links.of(peer), hub.context.now_micros());
    let is_due = |at: Option<&i64>| at.is_none_or(|at| now - at >= PAUSE);
    let differs = (link.copy_differs || link.cursor_differs) && !link.contradicts;
    let is_claimed = hub.gate().is_claimed_by(peer);
    if (differs || is_claimed) && is_due(asked.own_copy.as_ref()) {
        asked.own_copy = Some(now);
        ask_for_own_copy(hub, client, peer).await.map_err(not_compared)?;
    }
    for log in link.parted {
        if is_due(asked.parted.get(&log)) {
            asked.parted.insert(log.clone(), now);
            ask_where_copies_part(hub, client, peer, &log).await.map_err(not_compared)?;
            hub.links.update(peer, |link| link.parted.remove(&log));
        }
    }
    for (log, place) in link.forks {
        if is_due(asked.forks.get(&log)) && is_wanted(hub, &log, place).await? {
            asked.forks.insert(log.clone(), now);
            fetch_proof(hub, peer, client, (&log, place)).await?;
        }
    }
    Ok(())
}

fn not_compared(fault: NotCompared) -> DeliverFault {
    match fault {
        NotCompared::Send(fault) => DeliverFault::Send(fault),
        NotCompared::Log(error) => DeliverFault::Log(error),
    }
}

async fn is_wanted(hub: &Hub, log: &NodeId, place: Position) -> Result<bool, LogError> {
    Ok(log::fork::is_wanted_fork(hub.context.database.read(), log, place).await?)
}

/// A proof that does not hold is believed of nobody.
async fn fetch_proof(
    hub: &Hub,
    peer: &NodeId,
    client: &PeerClient,
    (log, place): (&NodeId, Position),
) -> Result<(), DeliverFault> {
    let context = &hub.context;
    let Some(text) = client.fork(log, place.epoch).await? else { return Ok(()) };
    let keys = load_keys(context.database.read(), log).await.map_err(LogError::from)?;
    match ForkProof::verify(&text, &context.network, log, &keys) {
        Ok(proof) => keep_fork(hub, peer, &proof).await?,
        Err(refused) => tracing::warn!(%peer, %log, %refused, "a peer's proof against a log does not hold"),
    }
    Ok(())
}

//! Giving a peer what is new in our log: hello where it is due, then runs, one after the other.

use hotline_protocol::problem::Problem;
use thiserror::Error;

use crate::exchange::log::{LogError, RunQuery, read_run};
use crate::exchange::{HelloRefused, Hub, PeerClient, SendFault, make_hello, take_hello};
use crate::trust::Peer;

/// Why a delivery stopped; it goes on at the next try.
#[derive(Debug, Error)]
pub enum DeliverFault {
    /// The peer, or the way to it.
    #[error(transparent)]
    Send(#[from] SendFault),
    /// What it told us.
    #[error(transparent)]
    Hello(#[from] HelloRefused),
    /// Ours.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// Says hello, and takes the answer.
pub async fn greet(hub: &Hub, peer: &Peer, client: &PeerClient) -> Result<(), DeliverFault> {
    let hello = make_hello(&hub.context, &hub.boot, &hub.settings, &peer.id).await?;
    let answer = client.hello(&hello).await?;
    take_hello(hub, &peer.id, &answer).await?;
    Ok(())
}

/// Pushes at most one run. Gives the number of entries that the peer newly acknowledged; 0 when it has everything.
pub async fn deliver_run(hub: &Hub, peer: &Peer, client: &PeerClient) -> Result<u64, DeliverFault> {
    let context = &hub.context;
    let link = hub.links.of(&peer.id);
    let after = link.acknowledged;
    let query = RunQuery {
        log: context.own.clone(),
        after,
        limit: hub.settings.run_entries.min(link.run_entries),
        bytes: hub.settings.run_bytes.min(link.run_bytes),
    };
    let Some((run, end)) = read_run(context, &peer.id, &query).await? else {
        hub.links.update(&peer.id, |link| link.behind_since = None);
        return Ok(0);
    };
    let acknowledged = match client.push(&context.own, run).await {
        Ok(acknowledgement) => acknowledgement.cursor,
        // The receiver knows better where it stands: it was restored, or another run was faster.
        Err(SendFault::Problem { problem: Some(Problem::Gap), cursor: Some(cursor), .. }) => cursor,
        Err(fault) => {
            if let SendFault::Problem { problem: Some(Problem::TooLarge), .. } = fault {
                hub.links.update(&peer.id, |link| link.run_entries = (query.limit / 2).max(1));
            }
            return Err(fault.into());
        }
    };
    let now = context.now_micros();
    hub.links.update(&peer.id, |link| {
        link.acknowledged = acknowledged;
        if acknowledged.position() >= end.position() {
            link.behind_since = None;
        } else if acknowledged.position() > after.position() {
            // What is left waits since the last delivery.
            link.behind_since = Some(now);
        }
    });
    Ok(acknowledged.seq.saturating_sub(after.seq))
}

//! Giving a peer what is new in our log: hello where it is due, then runs, one after the other.

use hotline_protocol::id::NodeId;
use hotline_protocol::log::Cursor;
use hotline_protocol::problem::Problem;
use thiserror::Error;

use crate::context::Context;
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

/// A run that was read while the one before it was under way.
#[derive(Debug, Default)]
pub struct ReadAhead(Option<ReadRun>);

#[derive(Debug)]
struct ReadRun {
    after: Cursor,
    limit: usize,
    text: String,
    end: Cursor,
}

/// Pushes at most one run. Gives the number of entries that the peer newly acknowledged; 0 when it has everything.
pub async fn deliver_run(
    hub: &Hub,
    peer: &Peer,
    client: &PeerClient,
    ahead: &mut ReadAhead,
) -> Result<u64, DeliverFault> {
    let context = &hub.context;
    let link = hub.links.of(&peer.id);
    let query = RunQuery {
        log: context.own.clone(),
        after: link.acknowledged,
        limit: hub.settings.run_entries.min(link.run_entries),
        bytes: hub.settings.run_bytes.min(link.run_bytes),
    };
    let fits = |run: &ReadRun| run.after == query.after && run.limit == query.limit;
    let run = match ahead.0.take().filter(fits) {
        Some(run) => Some(run),
        None => read(context, &peer.id, &query).await?,
    };
    let Some(ReadRun { after, text, end, .. }) = run else {
        hub.links.update(&peer.id, |link| link.behind_since = None);
        return Ok(0);
    };
    let next = RunQuery { after: end, ..query.clone() };
    let (pushed, read) = tokio::join!(client.push(&context.own, text), read(context, &peer.id, &next));
    // What could not be read ahead is read when its turn comes.
    ahead.0 = read.unwrap_or_default();
    let acknowledged = match pushed {
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

async fn read(context: &Context, reader: &NodeId, query: &RunQuery) -> Result<Option<ReadRun>, LogError> {
    let run = read_run(context, reader, query).await?;
    Ok(run.map(|(text, end)| ReadRun { after: query.after, limit: query.limit, text, end }))
}

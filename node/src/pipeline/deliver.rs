//! Giving a peer what is new in our log: hello where it is due, then runs in their order.

use futures_util::stream::{FuturesOrdered, StreamExt as _};
use hotline_protocol::hello::Acknowledgement;
use hotline_protocol::id::NodeId;
use hotline_protocol::log::Cursor;
use hotline_protocol::problem::Problem;
use thiserror::Error;

use crate::exchange::log::{LogError, RunQuery, read_run};
use crate::exchange::{HelloRefused, Hub, PeerClient, SendFault, make_hello, take_hello};
use crate::shutdown::Stop;
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

/// Runs that are under way to a peer at once (protocol, section 3): while one is applied there, the next is verified.
const UNDER_WAY: usize = 2;

/// A run as it is sent.
#[derive(Debug)]
struct ReadRun {
    after: Cursor,
    end: Cursor,
    text: String,
}

/// What came of a push.
struct Pushed {
    after: Cursor,
    end: Cursor,
    answer: Result<Acknowledgement, SendFault>,
}

/// Where a delivery goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// Behind what was read last.
    On,
    /// From where the receiver says that it stands.
    Again,
}

/// Pushes everything that is new to the peer, until it has all of it or the stop.
pub async fn deliver(hub: &Hub, peer: &Peer, client: &PeerClient, stop: &Stop) -> Result<(), DeliverFault> {
    while deliver_once(hub, peer, client, stop).await? == Next::Again {}
    Ok(())
}

/// Pushes runs from where the peer stands: the next is read while some are under way.
async fn deliver_once(hub: &Hub, peer: &Peer, client: &PeerClient, stop: &Stop) -> Result<Next, DeliverFault> {
    let own = &hub.context.own;
    let link = hub.links.of(&peer.id);
    let mut query = RunQuery {
        log: own.clone(),
        after: link.acknowledged,
        limit: hub.settings.run_entries.min(link.run_entries),
        bytes: hub.settings.run_bytes.min(link.run_bytes),
    };
    let push = |ReadRun { after, end, text }| async move {
        let answer = client.push(own, text).await;
        Pushed { after, end, answer }
    };
    let mut under_way = FuturesOrdered::new();
    let mut ahead: Option<ReadRun> = None;
    let mut is_all_read = false;
    let mut next = Next::On;
    loop {
        let mut answered = Vec::new();
        if ahead.is_none() && !is_all_read && !stop.is_stopping() {
            ahead = meanwhile(read(hub, &peer.id, &query), &mut under_way, &mut answered).await?;
            query.after = ahead.as_ref().map_or(query.after, |run| run.end);
            is_all_read = ahead.is_none();
        } else if under_way.len() < UNDER_WAY
            && let Some(run) = ahead.take()
        {
            under_way.push_back(push(run));
        } else if let Some(pushed) = under_way.next().await {
            answered.push(pushed);
            // Something may have been signed meanwhile.
            is_all_read = false;
        } else {
            return Ok(next);
        }
        for pushed in answered {
            // What was sent behind a run that does not fit does not fit either.
            if next == Next::On {
                next = note(hub, peer, &query, pushed)?;
            }
        }
        if next == Next::Again {
            (ahead, is_all_read) = (None, true);
        }
    }
}

/// Waits for `work` while what is under way goes on; what is answered meanwhile is put into `answered`.
async fn meanwhile<T, F: Future<Output = Pushed>>(
    work: impl Future<Output = T>,
    under_way: &mut FuturesOrdered<F>,
    answered: &mut Vec<Pushed>,
) -> T {
    tokio::pin!(work);
    loop {
        tokio::select! {
            biased;
            done = &mut work => return done,
            Some(pushed) = under_way.next() => answered.push(pushed),
        }
    }
}

/// The next run for the peer; `None` where it has, or is being given, everything.
async fn read(hub: &Hub, reader: &NodeId, query: &RunQuery) -> Result<Option<ReadRun>, LogError> {
    let run = read_run(&hub.context, reader, query).await?;
    Ok(run.map(|(text, end)| ReadRun { after: query.after, end, text }))
}

/// Takes a peer's answer as the truth about where it stands.
fn note(hub: &Hub, peer: &Peer, query: &RunQuery, pushed: Pushed) -> Result<Next, DeliverFault> {
    let Pushed { after, end, answer } = pushed;
    let acknowledged = match answer {
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
    let now = hub.context.now_micros();
    hub.links.update(&peer.id, |link| {
        link.acknowledged = acknowledged;
        if acknowledged.position() >= end.position() {
            link.behind_since = None;
        } else if acknowledged.position() > after.position() {
            // What is left waits since the last delivery.
            link.behind_since = Some(now);
        }
    });
    let is_further = acknowledged.position() >= end.position();
    Ok(if is_further { Next::On } else { Next::Again })
}

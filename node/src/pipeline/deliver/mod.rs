//! Gives a peer the news of our log: hello where it is due, then runs in their order.

use futures_util::stream::{FuturesOrdered, StreamExt as _};
use hotline_protocol::hello::Acknowledgement;
use hotline_protocol::id::NodeId;
use hotline_protocol::log::Cursor;
use hotline_protocol::problem::Problem;
use thiserror::Error;

use crate::exchange::log::{LogError, RunQuery, RunToSend, read_run};
use crate::exchange::{HelloRefused, Hub, PeerClient, SendFault, make_hello, take_hello};
use crate::shutdown::Stop;
use crate::trust::peer::Peer;

/// Why a delivery stopped; it goes on at the next try.
#[derive(Debug, Error)]
pub enum DeliverFault {
    /// The peer, or the way to it.
    #[error(transparent)]
    Send(#[from] SendFault),
    /// The content of its hello.
    #[error(transparent)]
    Hello(#[from] HelloRefused),
    /// Ours.
    #[error(transparent)]
    Log(#[from] LogError),
}

impl DeliverFault {
    /// Whether something of ours is wrong, and nothing that the peer has said or sent.
    #[must_use]
    pub const fn is_ours(&self) -> bool {
        match self {
            Self::Log(error) | Self::Hello(HelloRefused::Log(error)) => error.is_ours(),
            Self::Hello(HelloRefused::Keys(_)) => true,
            Self::Send(_) | Self::Hello(HelloRefused::Problem(_)) => false,
        }
    }
}

/// Says hello, and takes the answer.
pub async fn greet(hub: &Hub, peer: &Peer, client: &PeerClient) -> Result<(), DeliverFault> {
    let hello = make_hello(&hub.context, &hub.boot, &hub.settings, &peer.id).await?;
    let answer = client.hello(&hello).await?;
    if hub.links.of(&peer.id).clone_suspected.is_some() {
        tracing::info!(peer = %peer.id, "a peer that suspected a copy of this node takes its hello again");
        hub.links.update(&peer.id, |link| link.clone_suspected = None);
    }
    take_hello(hub, &peer.id, &answer).await?;
    Ok(())
}

/// Runs that are under way to a peer at once (protocol, section 3): while one is applied there, the next is verified.
const UNDER_WAY: usize = 2;

/// A run as it is sent.
#[derive(Debug)]
struct ReadRun {
    after: Cursor,
    run: RunToSend,
}

/// Result of a push.
struct Pushed {
    after: Cursor,
    end: Cursor,
    answer: Result<Acknowledgement, SendFault>,
}

/// How a delivery ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// The peer has everything, or the node stops.
    Done,
    /// The peer stands elsewhere than was thought.
    Elsewhere,
}

/// Pushes everything that is new to the peer, until it has all of it or the stop. A peer may say once that it stands
/// where it stood, or before: it was restored. Again and again is no answer.
pub async fn deliver(hub: &Hub, peer: &Peer, client: &PeerClient, stop: &Stop) -> Result<(), DeliverFault> {
    let mut has_gone_back = false;
    // Any contact ends the waiting for a peer that was away; its word about our log still holds.
    let now = hub.context.now_micros();
    if hub.links.of(&peer.id).takes_again_at.is_some_and(|at| at > now) {
        return Ok(());
    }
    loop {
        let before = hub.links.of(&peer.id).acknowledged.position();
        if deliver_once(hub, peer, client, stop).await? == Outcome::Done {
            return Ok(());
        }
        if hub.links.of(&peer.id).acknowledged.position() <= before {
            if has_gone_back {
                return Err(SendFault::Malformed.into());
            }
            has_gone_back = true;
        }
    }
}

/// Pushes runs from where the peer stands: the next is read while some are under way.
async fn deliver_once(hub: &Hub, peer: &Peer, client: &PeerClient, stop: &Stop) -> Result<Outcome, DeliverFault> {
    let own = &hub.context.own;
    let link = hub.links.of(&peer.id);
    let mut query = RunQuery {
        log: own.clone(),
        after: link.acknowledged,
        limit: hub.settings.run_entries.min(link.run_entries),
        bytes: hub.settings.run_bytes.min(link.run_bytes),
    };
    let push = |ReadRun { after, run }| async move {
        let answer = client.push(own, run.text).await;
        Pushed { after, end: run.end, answer }
    };
    let mut under_way = FuturesOrdered::new();
    let mut ahead = None;
    // Nothing more is read; the pushes under way are still waited for.
    let mut is_all_read = false;
    // A key that the peer does not know before it has applied a word about that key may sign the entries after that
    // word.
    let mut must_be_answered = false;
    let mut result = Ok(Outcome::Done);
    let mut confirmed = None;
    loop {
        let mut answered = Vec::new();
        if ahead.is_none() && !is_all_read && !stop.is_stopping() {
            match meanwhile(read(hub, &peer.id, &query), &mut under_way, &mut answered).await {
                Ok(run) => ahead = run,
                Err(error) => result = Err(error.into()),
            }
            query.after = ahead.as_ref().map_or(query.after, |read: &ReadRun| read.run.end);
            is_all_read = ahead.is_none();
        } else if under_way.len() < UNDER_WAY
            && !must_be_answered
            && let Some(read) = ahead.take()
        {
            must_be_answered = read.run.must_be_applied_first;
            under_way.push_back(push(read));
        } else if let Some(pushed) = under_way.next().await {
            answered.push(pushed);
            // Something may have been signed meanwhile.
            is_all_read = false;
        } else {
            return result;
        }
        for pushed in answered {
            // Runs sent behind one that does not fit do not fit either.
            if matches!(result, Ok(Outcome::Done)) {
                result = note(hub, peer, &query, pushed, &mut confirmed);
            }
        }
        must_be_answered &= !under_way.is_empty();
        if !matches!(result, Ok(Outcome::Done)) {
            (ahead, is_all_read) = (None, true);
        }
    }
}

/// Waits for `work` while the pushes under way go on; puts answers that come meanwhile into `answered`.
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
    Ok(run.map(|run| ReadRun { after: query.after, run }))
}

/// Takes a peer's answer as the truth about where it stands. `confirmed` is the farthest place that it has confirmed in
/// this delivery: a run that overtook the one before it is answered with a gap that is none any more.
fn note(
    hub: &Hub,
    peer: &Peer,
    query: &RunQuery,
    pushed: Pushed,
    confirmed: &mut Option<Cursor>,
) -> Result<Outcome, DeliverFault> {
    let Pushed { after, end, answer } = pushed;
    let acknowledged = match answer {
        Ok(acknowledgement) => *confirmed.insert(acknowledgement.cursor),
        // The receiver knows better where it stands: it was restored, or another run was faster.
        Err(SendFault::Problem { problem: Some(Problem::Gap), cursor: Some(cursor), .. }) => {
            confirmed.filter(|confirmed| confirmed.position() > cursor.position()).unwrap_or(cursor)
        }
        Err(fault) => {
            if let SendFault::Problem { problem: Some(Problem::TooLarge), .. } = fault {
                hub.links.update(&peer.id, |link| link.run_entries = (query.limit / 2).max(1));
            }
            if let SendFault::Problem { problem: Some(Problem::RateLimited), retry_after: Some(wait), .. } = fault {
                let wait = i64::try_from(wait.as_micros()).unwrap_or(i64::MAX / 2);
                let again = hub.context.now_micros().saturating_add(wait);
                hub.links.update(&peer.id, |link| link.takes_again_at = Some(again));
            }
            return Err(fault.into());
        }
    };
    let now = hub.context.now_micros();
    hub.links.update(&peer.id, |link| {
        link.acknowledged = acknowledged;
        link.takes_again_at = None;
        if acknowledged.position() >= end.position() {
            link.behind_since = None;
        } else if acknowledged.position() > after.position() {
            // The rest waits since the last delivery.
            link.behind_since = Some(now);
        }
    });
    Ok(if acknowledged.position() >= end.position() { Outcome::Done } else { Outcome::Elsewhere })
}

#[cfg(test)]
mod tests;

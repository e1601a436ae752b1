//! The limit of one peer's calls under way at once, and their order.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use hotline_protocol::id::NodeId;

use super::refused::Refused;
use crate::problem::ExchangeProblem;

/// The kinds of calls that are limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Call {
    /// A greeting: the loop's, and that of `peer check`.
    Hello,
    /// A pushed run. One is verified while the one before it is applied.
    Push,
    /// A long poll. A second one may begin before the first is known to be broken off.
    Pull,
    /// A body.
    Body,
    /// A proof against a log.
    Fork,
}

impl Call {
    const fn limit(self) -> usize {
        match self {
            Self::Push | Self::Pull | Self::Fork => 2,
            Self::Hello | Self::Body => 4,
        }
    }
}

/// The calls of one kind that one peer has under way hold it.
type Line = Arc<tokio::sync::Mutex<()>>;

/// The calls under way.
#[derive(Debug, Default)]
pub(crate) struct Turns(Mutex<HashMap<(NodeId, Call), Line>>);

/// A call under way; it ends when this and all clones of it are dropped.
#[derive(Debug, Clone)]
pub(super) struct Turn(Arc<Held>);

#[derive(Debug)]
struct Held(Line);

impl Turns {
    /// Begins a call, or tells the peer to wait.
    pub(super) fn take(&self, peer: &NodeId, call: Call) -> Result<Turn, ExchangeProblem> {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let line = lines.entry((peer.clone(), call)).or_default();
        // One is the map's own.
        if Arc::strong_count(line) > call.limit() {
            return Err(Refused::Calls.of(peer));
        }
        Ok(Turn(Arc::new(Held(Arc::clone(line)))))
    }
}

impl Turn {
    /// Waits until all calls of this kind have ended that asked before this one.
    pub(super) async fn first_in_line(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.0.0.lock().await
    }
}

#[cfg(test)]
mod tests {
    use futures_util::poll;
    use hotline_protocol::problem::Problem;

    use super::*;

    fn node(name: &str) -> NodeId {
        name.parse().expect("an id")
    }

    #[test]
    fn a_peer_pushes_two_runs_at_a_time_and_others_are_not_kept_waiting() {
        let turns = Turns::default();
        let (one, two) = (node("nl-a"), node("de-b"));
        let _first = turns.take(&one, Call::Push).expect("the first goes");
        let second = turns.take(&one, Call::Push).expect("the second goes");
        assert_eq!(turns.take(&one, Call::Push).err().map(|refused| refused.problem()), Some(Problem::RateLimited));
        assert!(turns.take(&two, Call::Push).is_ok());
        assert!(turns.take(&one, Call::Pull).is_ok());
        drop(second);
        assert!(turns.take(&one, Call::Push).is_ok());
    }

    #[tokio::test]
    async fn what_came_first_is_done_first() {
        let turns = Turns::default();
        let peer = node("nl-a");
        let (first, second) =
            (turns.take(&peer, Call::Push).expect("goes"), turns.take(&peer, Call::Push).expect("goes"));
        let (mut early, mut late) = (Box::pin(first.first_in_line()), Box::pin(second.first_in_line()));
        let guard = match poll!(early.as_mut()) {
            std::task::Poll::Ready(guard) => guard,
            std::task::Poll::Pending => panic!("nobody is before it"),
        };
        assert!(poll!(late.as_mut()).is_pending());
        drop(guard);
        assert!(poll!(late.as_mut()).is_ready());
    }
}

//! How many calls of one peer may be under way at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use hotline_protocol::id::NodeId;
use hotline_protocol::problem::Problem;

use crate::problem::ExchangeProblem;

/// The kinds of calls that are limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Call {
    /// A pushed run.
    Push,
    /// A long poll. A second one may begin before the first is known to be broken off.
    Pull,
    /// A body.
    Body,
}

impl Call {
    const fn limit(self) -> u32 {
        match self {
            Self::Push => 1,
            Self::Pull => 2,
            Self::Body => 4,
        }
    }
}

type Counts = Arc<Mutex<HashMap<(NodeId, Call), u32>>>;

/// The calls under way.
#[derive(Debug, Default)]
pub(in crate::server) struct Turns(Counts);

/// A call under way; it ends when this is dropped.
pub(super) struct Turn {
    counts: Counts,
    key: (NodeId, Call),
}

impl Turns {
    /// Begins a call, or tells the peer to wait.
    pub(super) fn take(&self, peer: &NodeId, call: Call) -> Result<Turn, ExchangeProblem> {
        let key = (peer.clone(), call);
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(key.clone()).or_insert(0);
        if *count >= call.limit() {
            return Err(ExchangeProblem::from(Problem::RateLimited).retry_after(1));
        }
        *count += 1;
        Ok(Turn { counts: Arc::clone(&self.0), key })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.key) {
            *count = count.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_pushes_one_run_at_a_time_and_others_are_not_kept_waiting() {
        let turns = Turns::default();
        let (one, two): (NodeId, NodeId) = ("nl-a".parse().expect("an id"), "de-b".parse().expect("an id"));
        let turn = turns.take(&one, Call::Push).expect("the first goes");
        assert_eq!(turns.take(&one, Call::Push).err().map(|refused| refused.problem()), Some(Problem::RateLimited));
        assert!(turns.take(&two, Call::Push).is_ok());
        drop(turn);
        assert!(turns.take(&one, Call::Push).is_ok());
    }
}

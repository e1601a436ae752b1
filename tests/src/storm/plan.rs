//! Length and seed of a storm, and the nodes' promises meanwhile.

use std::time::Duration;

use super::budget::Budget;
use crate::node::database::Store;

/// Length, seed, and where nodes keep their data.
pub struct Plan {
    /// The hostile ones' time.
    pub time: Duration,
    /// The origin of their choices.
    pub seed: u64,
    /// Where nodes keep their data.
    pub store: Store,
    /// The most that honest nodes take of an author in a day.
    pub budget: Budget,
    /// The honest nodes agree and have settled everything within this time afterwards.
    pub calm: Duration,
}

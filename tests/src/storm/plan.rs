//! How long a storm lasts, from which seed, and what the nodes promise meanwhile.

use std::time::Duration;

use super::budget::Budget;
use crate::node::database::Store;

/// How long, from which seed, and where nodes keep what they know.
pub struct Plan {
    /// The hostile ones' time.
    pub time: Duration,
    /// What their choices come from.
    pub seed: u64,
    /// Where nodes keep what they know.
    pub store: Store,
    /// What honest nodes take of an author in a day.
    pub budget: Budget,
    /// The honest nodes agree and have settled everything within this time afterwards.
    pub calm: Duration,
}

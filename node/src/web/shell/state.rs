//! The state that every page is given: the office.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::access::account::Accounts;
use crate::config::value::OwnUrl;
use crate::context::Context;
use crate::health::Check;
use crate::statistics::rollup::Rollups;

/// The tools of the pages.
pub struct Office {
    /// Database, keys, clock.
    pub context: Context,
    /// The people that may enter.
    pub accounts: Accounts,
    /// The address of the office for people, for one-time links.
    pub url: OwnUrl,
    /// Figures.
    pub rollups: Rollups,
    /// The hotline's name, as people read it.
    pub hotline: String,
    /// Every check of the node's health as it is now.
    pub checks: Checks,
}

/// Asks for every check.
pub type Checks = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Vec<Check>> + Send>> + Send + Sync>;

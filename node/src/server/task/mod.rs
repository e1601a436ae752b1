//! Loops in the background, one a file.

mod alarms;
mod alert_delivery;
pub(crate) mod background;
mod housekeeping;
mod locate_again;
pub(crate) mod locator;
pub(crate) mod pace;
pub(crate) mod recheck_due;
mod refresh_rollups;
mod repeated_failure;
mod reroute;
mod running_peer;
pub(crate) mod serve_lock;
mod write_watch;

pub(crate) use repeated_failure::Failing;

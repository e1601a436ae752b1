//! Loops in the background, one a file.

mod alarms;
mod alert_delivery;
pub(crate) mod background;
mod counting;
mod failing;
mod locate_again;
mod running_peer;
mod second_tries;
pub(crate) mod serve_lock;
mod upkeep;
mod write_watch;

pub(crate) use failing::Failing;

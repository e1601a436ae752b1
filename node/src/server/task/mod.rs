//! Loops in the background, one a file.

mod alarms;
mod alert_delivery;
pub(crate) mod background;
mod counting;
pub(crate) mod doubts_due;
mod failing;
mod locate_again;
pub(crate) mod pace;
pub(crate) mod placer;
mod running_peer;
mod second_tries;
pub(crate) mod serve_lock;
mod upkeep;
mod write_watch;

pub(crate) use failing::Failing;

//! Composition: [`Node::build`] puts the rooms together, [`Node::serve`] listens and works until it is stopped.

mod alarms;
mod alert_delivery;
mod background;
mod budget;
mod connection;
mod counting;
pub mod door;
mod exchange_api;
mod failing;
mod figures;
mod listener;
mod locate_again;
mod node;
mod office_forms;
mod operations;
mod peer_figures;
mod public_api;
mod running_peer;
mod second_tries;
mod serve_lock;
mod upkeep;
mod write_watch;

pub use node::{Addresses, Node, NodeError};
pub(crate) use node::{BOOT_SETTING, hub_settings};

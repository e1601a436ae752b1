//! Composition: [`Node::build`] puts the rooms together, [`Node::serve`] listens and works until it is stopped.

mod counted;
mod family;
mod figures;
pub mod http;
mod node;
mod office_forms;
mod peer_figures;
mod shared;
pub mod task;

pub use node::{Addresses, Node, NodeError};
pub(crate) use node::{BOOT_SETTING, hub_settings};

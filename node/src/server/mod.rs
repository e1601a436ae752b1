//! Composition: [`Node::build`] puts the rooms together, [`Node::serve`] listens and works until it is stopped.

mod figures;
pub mod http;
mod node;
mod office_forms;
mod peer_figures;
pub mod task;

pub use node::{Addresses, Node, NodeError};
pub(crate) use node::{BOOT_SETTING, hub_settings};

//! Composition: [`Node::build`] puts the rooms together, [`Node::serve`] listens and works until it is stopped.

mod counted_metrics;
pub mod http;
mod metric_family;
mod metrics;
mod node;
mod office_forms;
mod peer_metrics;
mod shared;
pub mod task;

pub use node::{Addresses, Node, NodeError};
pub(crate) use node::{BOOT_SETTING, hub_settings};

//! The state of the node: its peers and their links, and matters that do not go on by themselves.

mod acknowledge;
mod left_behind;
mod peers;
mod stuck;
mod waiting;

pub(crate) use acknowledge::{acknowledge, acknowledge_several};
pub(crate) use peers::peers;
pub(crate) use stuck::stuck;

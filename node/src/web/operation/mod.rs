//! How the node is doing: its peers and their links, and what does not go on by itself.

mod acknowledge;
mod left;
mod peers;
mod stuck;
mod waiting;

pub(super) use acknowledge::{acknowledge, acknowledge_several};
pub(super) use peers::peers;
pub(super) use stuck::stuck;

//! How the node is doing: its peers and their links, and what does not go on by itself.

mod acknowledge;
mod left_behind;
mod peers;
mod stuck;
mod waiting;

pub(crate) use acknowledge::{acknowledge, acknowledge_several};
pub(crate) use peers::peers;
pub(crate) use stuck::stuck;

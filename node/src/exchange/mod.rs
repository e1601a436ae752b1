//! The protocol at work: this node's log, what it takes from peers, and what it gives them.

pub mod log;

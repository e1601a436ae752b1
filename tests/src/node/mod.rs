//! Nodes: in a process of their own or in this one, and federations of them.

pub mod become_node;
pub mod cli;
pub mod database;
pub mod federation;
pub mod marked_federation;
pub mod node_process;
pub mod test_node;

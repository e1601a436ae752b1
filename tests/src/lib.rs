//! The suite's harness: real nodes in processes of their own or in this one, databases, certificates, and tools to
//! inspect them from outside.
//!
//! Names are synthetic and reserved; nothing leaves the loopback interface.

pub mod browser;
pub mod chance;
pub mod connections;
pub mod historical;
pub mod hostile;
pub mod leak;
pub mod mark;
pub mod node;
pub mod peer;
pub mod places;
pub mod ports;
pub mod program;
pub mod refusal;
pub mod service;
pub mod storm;
pub mod trial;
pub mod volume;
pub mod wait;

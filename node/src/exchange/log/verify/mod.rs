//! Verifying a whole log.

mod verify_chain;
mod whole;

pub use verify_chain::LogFault;
pub use whole::{LogCheck, verify_logs};

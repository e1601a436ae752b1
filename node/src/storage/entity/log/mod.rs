//! Tables of logs: entries, runs, epochs, proofs, and missing parts.

pub mod day_taken;
pub mod entry;
pub mod epoch;
pub mod fork;
pub mod lost_entry;
pub mod opened;
pub mod own_log;
pub mod run;
pub mod want;

//! The tables, one a file.

pub mod log;
pub mod peer;
pub mod person;
pub mod report;

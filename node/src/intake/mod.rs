//! How a report comes in.

pub mod csv;

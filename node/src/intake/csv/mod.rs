//! The file of `report import`: comma-separated rows (RFC 4180, UTF-8), and what spreadsheets and other programs make of
//! such, read one at a time.
//!
//! Pure: bytes in, typed rows or faults out; what is known already is not decided here. A faulty row costs itself
//! and no other. A fault names its line and column and never repeats what stands in a cell, because that may be
//! an address or a person's words. Memory is bounded by one row, whatever the file holds.

mod fault;
pub mod file;
pub mod row;

#[cfg(test)]
mod program_tests;
#[cfg(test)]
mod tests;

pub use fault::{Fault, FaultKind};

//! The file of `report import`: comma-separated rows (RFC 4180, UTF-8), also in the variants of spreadsheets and other
//! programs, read one at a time.
//!
//! Pure: bytes in, typed rows or faults out; duplicates are not decided here. A faulty row costs itself and no other. A
//! fault names its line and column and never repeats the content of a cell, because that may be an address or a
//! person's words. Memory is bounded by one row, for any file.

mod fault;
pub mod file;
pub mod row;

#[cfg(test)]
mod program_tests;
#[cfg(test)]
mod tests;

pub use fault::{Fault, FaultKind};

//! The file of `report import`: comma-separated rows (RFC 4180, UTF-8), and what spreadsheets and other programs make of
//! such, read one at a time.
//!
//! Pure: bytes in, typed rows or faults out; what is known already is not decided here. A faulty row costs itself
//! and no other. A fault names its line and column and never repeats what stands in a cell, because that may be
//! an address or a person's words. Memory is bounded by one row, whatever the file holds.

mod cell;
mod column;
mod dialect;
mod fault;
mod finding;
mod header;
mod identity;
mod letters;
mod order;
mod past;
mod reader;
mod reading;
mod record;
mod row;
mod scan;
mod sign;
mod url_text;

#[cfg(test)]
mod program_tests;
#[cfg(test)]
mod tests;

pub use column::Column;
pub use fault::{Fault, FaultKind};
pub use finding::Finding;
pub use header::Scope;
pub use past::Past;
pub use reader::{ImportReader, NotRead, RowRefused};
pub use reading::{Encoding, ReadAs, Reading, Separator};
pub use row::{ImportRow, group, memo};
pub use url_text::UrlText;

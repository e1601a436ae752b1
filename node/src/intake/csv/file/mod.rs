//! The file: its letters, its dialect, its header, and its records.

mod bounds;
mod column;
mod dialect;
mod header;
mod letters;
mod reader;
mod reading;
mod record;
mod scan;

pub(crate) use bounds::FIELD_LIMIT_BYTES;
pub use column::Column;
pub(crate) use column::Kind;
pub(crate) use header::Header;
pub use header::Scope;
pub use reader::{ImportReader, NotRead, RowRefused};
pub use reading::{Encoding, ReadAs, Reading, Separator};
pub(crate) use record::Record;

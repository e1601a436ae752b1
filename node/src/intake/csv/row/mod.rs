//! One row: its cells, their meaning, and the content of the whole.

mod cell;
mod finding;
mod historical;
mod identity;
mod missing_mark;
mod model;
mod order;
mod url_text;

pub(crate) use cell::File;
pub use finding::Finding;
pub use historical::Past;
pub use model::{ImportRow, group, memo};
pub use url_text::UrlText;

//! One row: its cells, what they mean, and what it says as a whole.

mod cell;
mod finding;
mod identity;
mod model;
mod order;
mod past;
mod sign;
mod url_text;

pub(crate) use cell::File;
pub use finding::Finding;
pub use model::{ImportRow, group, memo};
pub use past::Past;
pub use url_text::UrlText;

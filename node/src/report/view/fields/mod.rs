//! A report's content, as people and programs are shown it.
//!
//! Everything that came in is shown somewhere. [`ContentView::new`] takes every type of content apart field by field,
//! so an added field does not compile until somebody decides its display. Items of lists (assessments, actions,
//! findings) are shown by their own keys, any that they have. A reporter's address is shown to nobody: only that there
//! is one.

mod content;
mod lines;
mod record;
#[cfg(test)]
pub(crate) mod test_fields;
#[cfg(test)]
mod tests;

pub use content::{AccessView, ContentView, ReplacedView, ReporterView};
pub use lines::{Line, Section, Told};
pub(super) use record::{action, assessment};

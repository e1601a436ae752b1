//! What a report holds, as people and programs are shown it.
//!
//! Nothing that came in may be shown nowhere: [`ContentView::new`] takes every type of content apart field by field,
//! so a field that is added does not compile until somebody decides how it is shown; and what stands in lists
//! (assessments, actions, findings) is shown by its own keys, whatever they are. A reporter's address is shown to
//! nobody: only that there is one.

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

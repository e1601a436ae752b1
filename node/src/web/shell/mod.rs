//! The surroundings of every page: routes, sessions, rights, the frame, languages, refusals.

mod answer;
mod asset;
mod error;
mod escape;
mod form_fault;
mod headers;
mod language;
mod language_choice;
mod layout;
mod local_path;
mod route;
mod router;
pub(crate) mod session;
mod state;

pub(crate) use answer::{page, page_with};
pub(crate) use error::PageError;
pub(crate) use escape::Shown;
pub(crate) use form_fault::password_text;
pub(crate) use language::Language;
pub(crate) use layout::Frame;
pub(crate) use local_path::LocalPath;
pub use route::{Audience, Route};
#[cfg(test)]
pub(crate) use router::pages;
pub use router::{FORM_LIMIT_BYTES, ROUTES, router};
pub use state::{Checks, Office};

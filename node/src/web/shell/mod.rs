//! What every page stands in: routes, sessions, rights, the frame, languages, refusals.

mod answer;
mod asset;
mod choice;
mod cookie;
mod error;
mod fault;
mod frame;
mod guard;
mod headers;
mod language;
mod local_path;
mod office;
mod origin;
mod route;
mod session;
mod shown;
mod state;

pub(crate) use answer::{page, page_with};
pub(crate) use error::PageError;
pub(crate) use fault::password_text;
pub(crate) use frame::Frame;
pub(crate) use language::Language;
pub(crate) use local_path::LocalPath;
#[cfg(test)]
pub(crate) use office::pages;
pub use office::{FORM_LIMIT_BYTES, ROUTES, router};
pub use route::{Audience, Route};
pub(crate) use session::{with_session, without_session};
pub(crate) use shown::Shown;
pub use state::{Checks, Office};

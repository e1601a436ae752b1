//! How a report comes in, and what of its reporter is kept.
//!
//! Every way in ends in [`submit`]: what is assessed as illegal csam is located, routed and published in the same
//! transaction; what nobody assessed waits as `received`; what is not illegal, or out of remit, is closed here.

pub mod csv;
mod import;
mod submission;

pub use import::{ImportError, ImportResult, import_rows};
pub use submission::{FindError, Submission, closing, find_known, locate_for_publication, submit};

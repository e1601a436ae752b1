//! Ways in for reports, and the data kept of their reporters.
//!
//! Every way in reads URLs with [`reading::Reader`] and ends in [`submit`]. A report assessed as illegal csam is
//! located, routed and published in the same transaction. One that nobody assessed waits as `received`. One that is not
//! illegal, or out of remit, is closed here.

mod assess;
pub mod csv;
mod duplicate;
mod find;
mod historical;
mod idempotency;
mod idempotency_repository;
mod import;
mod import_file;
mod known_url;
pub mod reading;
mod submission;

pub use assess::locate_finding;
pub use duplicate::Duplicate;
pub use find::{FindError, Question};
pub use idempotency::{Answer, Once, answered_before, forget_answers};
pub use import::{ImportResult, RowRead, import_rows};
pub use import_file::{BATCH_ROWS, ImportError, import_file};
pub use known_url::look_up_known;
pub use submission::{AnswerOf, Beside, Submission, submit};

//! The report itself: its row, its moves, its repository, and the fold at work.
//!
//! A report is created once (`(origin, rid)`), and every change of it is an entry of some log. The row is the result of
//! the fold over those entries, kept so that it can be searched. Every context changes a report through this room. A
//! URL stands nowhere here but sealed.

mod append;
mod entry_repository;
mod error;
pub mod lifecycle;
mod model;
mod name;
mod number;
pub mod projection;
pub mod query;
pub mod replay;
mod row_repository;
mod sealed_body;
mod service;
#[cfg(test)]
pub(crate) mod test_report;
pub mod view;

pub use append::record_own_entry;
pub use entry_repository::{
    BodyState, EntryToStore, SealedBody, beyond, bodies_about, head, insert_entries, is_beyond, left_behind, report_of,
    set_head, signed,
};
pub use error::ReportError;
pub use model::{House, OpenOffer, Report, Route, url_digest};
pub use name::{NameRefused, ReportName};
pub use number::Number;
pub use sealed_body::{open_body, seal_body};
pub use service::*;

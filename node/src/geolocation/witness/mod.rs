//! Witnesses of where a server stands, and the verdict from all of them together.
//!
//! - A *statement*: one database's word about one address.
//! - A *verdict*: the conclusion from all statements about an address, from all addresses of an answer, or from all
//!   name servers' answers about a place. It is a country, or why there is none.
//!
//! A country is given only where the witnesses leave no doubt: a report that goes to the wrong country helps nobody, and
//! one that is kept by mistake never leaves. All of it is pure.

mod host;
mod statement;
mod testimonies;
mod verdict;

pub use host::Decided;
pub(super) use host::decide_host;
pub use statement::Statement;
pub(super) use statement::vote;
pub(super) use testimonies::{decide_testimonies, verdict_of};
pub use verdict::{Certainty, Doubt, Untraceable, Verdict};

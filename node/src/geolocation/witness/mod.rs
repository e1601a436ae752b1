//! Witnesses of where a server stands, and what follows from all of them together.
//!
//! - A *statement*: what one database says about one address.
//! - A *verdict*: what follows for an address from all statements about it, for an answer from all of its addresses, and
//!   for a place from the answers of all name servers. It is a country, or why there is none.
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

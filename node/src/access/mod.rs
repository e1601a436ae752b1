//! Who did what, and what waits for a person.
//!
//! An *act* is what a person (or the node itself) did that must be answered for; the trail of acts is chained by
//! hashes, so that a row that was changed or taken out is noticed. An *alert* is what needs a person; it stays open
//! until its cause ends or somebody acknowledges it, and is told on a *channel* until then. Neither ever holds a URL.

pub mod account;
pub mod act;
pub mod alert;
pub mod audit;
mod repository;

//! Writing: one transaction at a time, that is committed or is not there, and the caller learns the outcome.
//!
//! Three things would make a lie of "committed", and each has its file. A connection goes on inside a transaction that
//! the database has ended (`guarded`, and the pool's hooks in `options`). The answer to a commit is lost (`outcome`).
//! Two processes write at once (`writers`).

mod guarded;
mod outcome;
mod retry;
mod transaction;
mod trouble;
mod writer_lock;
mod writers;

#[cfg(test)]
mod full_tests;

pub use guarded::DatabaseTransaction;
pub(super) use outcome::Marks;
pub use transaction::{Write, take_numbers};
pub(super) use trouble::Remembered;
pub use trouble::Trouble;
pub(super) use writers::Writers;

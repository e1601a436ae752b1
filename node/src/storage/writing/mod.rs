//! Writing: one transaction at a time, that is committed or is not there, and whoever asked is told which.
//!
//! Three things would make a lie of "committed", and each has its file: a connection that goes on inside a transaction
//! which the database has ended (`guarded`, and the pool's hooks in `options`), a commit whose answer was lost
//! (`outcome`), and two processes that write at once (`writers`).

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

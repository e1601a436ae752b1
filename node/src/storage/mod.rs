//! The database: SQLite (embedded, the default) or PostgreSQL, chosen by `database.url` when the node runs.
//!
//! Everything is written through [`Database::write`]: one transaction at a time on either database, so a rule that
//! holds at the beginning of a transaction holds at its end, and the order of commits is the order of the log. Nobody
//! waits for the network inside one. Readers never wait for a writer.

pub mod batch;
mod closing;
mod database;
pub mod digest_key;
mod engine;
pub mod entity;
mod error;
mod integrity;
mod migration;
mod options;
mod server;
mod setting;
#[cfg(test)]
mod test_plan;
mod writing;

pub use closing::close_databases_after;
pub use database::Database;
pub use engine::Engine;
pub use error::StorageError;
pub use migration::Migrator;
/// The target of a query: the readers' connections, or a transaction.
pub use sea_orm::{ConnectionTrait, Value};
pub use server::{ServeLock, ServeLockState};
pub use setting::{leave_setting, read_setting, take_setting};
#[cfg(test)]
pub use test_plan::plan;
pub use writing::{DatabaseTransaction, Trouble, Write, take_numbers};

//! Writing: named transactions, one at a time.

use std::ops::Deref;
use std::time::Instant;

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::sqlx::postgres::{PgDatabaseError, PgSeverity};
use sea_orm::{DbErr, EntityTrait as _, SqliteTransactionMode, SqlxError, TransactionOptions};

use super::guarded::{CommitFault, DatabaseTransaction};
use super::outcome::Marked;
use super::writers::WriterTurn;
use crate::storage::database::Database;
use crate::storage::engine::Engine;
use crate::storage::entity::report::counter;
use crate::storage::error::{StorageError, driver_error, primary};
use crate::storage::options::BUSY_TIMEOUT;

/// A transaction that writes. Rolled back when dropped without [`Write::commit`].
///
/// Writers take turns on both databases, so there is nothing to retry. A writer sees the last commit from its beginning
/// on, and nobody changes its reads before it commits.
pub struct Write<'d> {
    database: &'d Database,
    transaction: DatabaseTransaction,
    /// Freed after the transaction was told to end.
    turn: Turn,
    name: &'static str,
    begun: Instant,
}

/// The turn to write.
enum Turn {
    /// Between processes that share a file; `None` where SQLite's own lock has to do.
    Sqlite { _turn: Option<WriterTurn> },
    /// Within this process; between processes the server's lock makes turns.
    Postgres(Marked),
}

impl Database {
    /// Begins the transaction `name` (the use case's own name, for metrics). Waits for its turn.
    pub async fn write(&self, name: &'static str) -> Result<Write<'_>, StorageError> {
        let begun = self.begin(name).await;
        if let Err(error) = &begun {
            self.trouble.note(Some(error));
        }
        begun
    }

    async fn begin(&self, name: &'static str) -> Result<Write<'_>, StorageError> {
        let turn = match self.engine {
            Engine::Sqlite => {
                let turn = match &self.writers {
                    Some(writers) => writers.take_turn().await,
                    None => None,
                };
                Turn::Sqlite { _turn: turn }
            }
            Engine::Postgres => {
                let turn = self.marks.take_turn(BUSY_TIMEOUT).await;
                Turn::Postgres(turn.ok_or(StorageError::Busy("another transaction takes long"))?)
            }
        };
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let transaction = DatabaseTransaction::begin(&self.writer, options, self.trouble.clone()).await?;
        if let Turn::Postgres(marked) = &turn {
            marked.leave(&transaction).await?;
        }
        Ok(Write { database: self, transaction, turn, name, begun: Instant::now() })
    }
}

impl Write<'_> {
    /// Commits; when this returns, the writes are on disk. An error says that they are not there, except for
    /// [`StorageError::OutcomeUnknown`].
    pub async fn commit(self) -> Result<(), StorageError> {
        let Self { database, transaction, turn, name, begun } = self;
        let result = match (transaction.commit().await, turn) {
            (Ok(()), Turn::Postgres(marked)) => {
                marked.committed();
                Ok(())
            }
            (Ok(()), Turn::Sqlite { .. }) => Ok(()),
            (Err(CommitFault::BeforeIt(cause)), _) => Err(cause.into()),
            (Err(CommitFault::OfIt(cause)), _) if says_it_was_undone(&cause) => Err(cause.into()),
            (Err(CommitFault::OfIt(_)), Turn::Postgres(marked)) => {
                marked.look(&database.writer, &database.trouble).await
            }
            (Err(CommitFault::OfIt(_)), Turn::Sqlite { .. }) => Err(StorageError::OutcomeUnknown),
        };
        database.trouble.note(result.as_ref().err());
        result?;
        metrics::histogram!("hotline_transaction_seconds", "name" => name).record(begun.elapsed().as_secs_f64());
        database.changes.send_modify(|count| *count += 1);
        Ok(())
    }
}

/// Whether an error of COMMIT says for certain that the transaction was undone.
///
/// SQLite writes the commit into its log, then flushes the log, then notes it in the log's index. Where one of the last
/// two fails, the transaction is undone at present. A process that recovers the log after a crash does it again, unless
/// something else was written before. A server that ends a session (severity FATAL) may have committed first.
fn says_it_was_undone(error: &DbErr) -> bool {
    /// `SQLITE_IOERR_READ` and `SQLITE_IOERR_WRITE`: the commit was not written.
    const NOT_WRITTEN: [&str; 2] = ["266", "778"];
    /// `SQLITE_IOERR_SHMSIZE`: it comes with a full disk.
    const NO_INDEX: &str = "4874";
    let Some(SqlxError::Database(cause)) = driver_error(error) else { return false };
    if let Some(server) = cause.try_downcast_ref::<PgDatabaseError>() {
        return server.severity() == PgSeverity::Error && server.code() != "40003";
    }
    cause.code().is_some_and(|code| NOT_WRITTEN.contains(&&*code) || (primary(&code) != Some(10) && code != NO_INDEX))
}

impl Deref for Write<'_> {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &DatabaseTransaction {
        &self.transaction
    }
}

/// Takes `count` consecutive numbers of the series `name`, and gives the first. Numbers begin at 1, have no gaps
/// (a rolled-back transaction gives its numbers back), and rise with the order of commits.
pub async fn take_numbers(write: &Write<'_>, name: &str, count: u32) -> Result<i64, StorageError> {
    let count = i64::from(count);
    let taken = counter::Entity::insert(counter::ActiveModel { name: Set(name.to_owned()), taken: Set(count) })
        .on_conflict(
            OnConflict::column(counter::Column::Name)
                .value(counter::Column::Taken, Expr::col((counter::Entity, counter::Column::Taken)).add(count))
                .to_owned(),
        )
        .exec_with_returning(&**write)
        .await?
        .taken;
    Ok(taken - count + 1)
}

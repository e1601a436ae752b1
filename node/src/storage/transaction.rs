//! Writing: named transactions, one at a time.

use std::ops::Deref;
use std::time::Instant;

use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait as _, DatabaseTransaction, EntityTrait as _, SqliteTransactionMode,
    TransactionOptions, TransactionTrait as _,
};

use super::database::{Database, Engine, StorageError};
use super::entity::counter;
use super::writers::WriterTurn;

/// PostgreSQL's advisory lock that makes writers take turns as SQLite's do: "hotline" in ASCII.
const WRITER_LOCK: i64 = 0x0068_6f74_6c69_6e65;

/// A transaction that writes. Rolled back when dropped without [`Write::commit`].
///
/// Writers take turns on both databases, so there is nothing to retry: whoever has begun sees the last commit, and
/// nobody changes what it read before it commits.
pub struct Write<'d> {
    database: &'d Database,
    transaction: DatabaseTransaction,
    /// Freed after the transaction was told to end.
    _turn: Option<WriterTurn>,
    name: &'static str,
    begun: Instant,
}

impl Database {
    /// Begins the transaction `name` (the use case's own name, for metrics). Waits for its turn.
    pub async fn write(&self, name: &'static str) -> Result<Write<'_>, StorageError> {
        let turn = match &self.writers {
            Some(writers) => writers.take_turn().await,
            None => None,
        };
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let transaction = self.writer.begin_with_options(options).await?;
        if self.engine == Engine::Postgres {
            transaction.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({WRITER_LOCK})")).await?;
        }
        Ok(Write { database: self, transaction, _turn: turn, name, begun: Instant::now() })
    }
}

impl Write<'_> {
    /// Commits; when this returns, what was written is on disk.
    pub async fn commit(self) -> Result<(), StorageError> {
        self.transaction.commit().await?;
        metrics::histogram!("hotline_transaction_seconds", "name" => self.name)
            .record(self.begun.elapsed().as_secs_f64());
        self.database.changes.send_modify(|count| *count += 1);
        Ok(())
    }
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

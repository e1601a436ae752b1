//! A transaction that runs nothing after a failed statement.
//!
//! After a failed statement, SQLite may undo the whole transaction and go on without one: it then commits each later
//! statement by itself. PostgreSQL refuses all later statements, and answers COMMIT with "done" although it has undone
//! everything. Neither can happen here: the first failure is the transaction's last word.

use std::sync::OnceLock;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, Statement, TransactionOptions,
    TransactionTrait as _,
};
use sea_orm_migration::async_trait::async_trait;

use super::trouble::Remembered;
use crate::storage::error::StorageError;

/// A transaction that is over with the first failed statement: every later statement fails in the same way, and so does
/// its commit. Rolled back when dropped.
pub struct DatabaseTransaction {
    inner: sea_orm::DatabaseTransaction,
    failed: OnceLock<DbErr>,
    trouble: Remembered,
}

impl DatabaseTransaction {
    pub(in crate::storage) async fn begin(
        connection: &DatabaseConnection,
        options: TransactionOptions,
        trouble: Remembered,
    ) -> Result<Self, DbErr> {
        Ok(Self { inner: connection.begin_with_options(options).await?, failed: OnceLock::new(), trouble })
    }

    /// Commits it, unless a statement has failed; then nothing is asked of the database.
    pub(in crate::storage) async fn commit(self) -> Result<(), CommitFault> {
        match self.failed.into_inner() {
            Some(failed) => Err(CommitFault::BeforeIt(failed)),
            None => self.inner.commit().await.map_err(CommitFault::OfIt),
        }
    }

    fn noted<T>(&self, result: Result<T, DbErr>) -> Result<T, DbErr> {
        if let Err(error) = &result {
            let _ = self.failed.set(error.clone());
            // The caller sees the error and need not commit: the transaction is dropped, and nobody would know of the
            // trouble.
            self.trouble.note(Some(&StorageError::from(error.clone())));
        }
        result
    }

    fn goes_on(&self) -> Result<(), DbErr> {
        self.failed.get().cloned().map_or(Ok(()), Err)
    }
}

/// Why a transaction was not committed.
#[derive(Debug)]
pub(in crate::storage) enum CommitFault {
    /// A statement had failed: it is certain that nothing is there.
    BeforeIt(DbErr),
    /// The commit itself failed.
    OfIt(DbErr),
}

#[async_trait]
impl ConnectionTrait for DatabaseTransaction {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.goes_on()?;
        self.noted(self.inner.execute_raw(statement).await)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.goes_on()?;
        self.noted(self.inner.execute_unprepared(sql).await)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.goes_on()?;
        self.noted(self.inner.query_one_raw(statement).await)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.goes_on()?;
        self.noted(self.inner.query_all_raw(statement).await)
    }
}

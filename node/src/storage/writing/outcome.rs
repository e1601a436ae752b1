//! How a commit without an answer ended.
//!
//! A PostgreSQL server, or the way to it, may go away after COMMIT was sent and before the answer is back. To call that
//! a failure would take a report twice, to call it done would lose one. So every transaction leaves a mark in a row
//! that only writers change. After a lost answer, the writer looks for its mark behind the writers' lock: then the lost
//! session is over for certain. A transaction's number (`pg_xact_status`) would not do: after a crash, the server
//! reuses the number of a transaction that had left nothing on disk.

use std::sync::Arc;
use std::time::Duration;

use data_encoding::HEXLOWER;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, DbErr, Statement, TransactionOptions};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::guarded::DatabaseTransaction;
use super::trouble::Remembered;
use super::writer_lock::WRITER_LOCK;
use crate::randomness::Randomness;
use crate::storage::error::StorageError;

/// Letters that the row of marks has at most, some hundred marks: it stays within its page.
const MARKS_LENGTH: usize = 1_000;
/// How long the server is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two looks at a server that is away.
const PAUSE: Duration = Duration::from_millis(100);

/// The writers of this process, one after the other, and the last mark that is known to be there.
#[derive(Debug, Clone, Default)]
pub(in crate::storage) struct Marks(Arc<Mutex<Option<String>>>);

/// The turn of one transaction, with its mark.
pub(super) struct Marked {
    last: OwnedMutexGuard<Option<String>>,
    mark: String,
}

impl Marks {
    /// Waits for the turn in this process; `None` where that took too long.
    pub(super) async fn take_turn(&self, patience: Duration) -> Option<Marked> {
        let last = tokio::time::timeout(patience, Arc::clone(&self.0).lock_owned()).await.ok()?;
        Some(Marked { last, mark: HEXLOWER.encode(&Randomness.bytes::<4>()) })
    }
}

impl Marked {
    /// Waits for the writers' lock and leaves the mark, in one message to the server.
    pub(super) async fn leave(&self, transaction: &DatabaseTransaction) -> Result<(), DbErr> {
        // The mark is digits that were made here.
        let sql = format!(
            "SELECT pg_advisory_xact_lock({WRITER_LOCK}); \
             INSERT INTO setting (name, value) VALUES ('marks', '{mark} ') \
             ON CONFLICT (name) DO UPDATE SET value = left('{mark} ' || setting.value, {MARKS_LENGTH})",
            mark = self.mark
        );
        transaction.execute_unprepared(&sql).await.map(drop)
    }

    pub(super) fn committed(mut self) {
        *self.last = Some(self.mark);
    }

    /// Looks whether the transaction was committed. Nobody of this process writes meanwhile.
    pub(super) async fn look(self, writer: &DatabaseConnection, trouble: &Remembered) -> Result<(), StorageError> {
        let found = tokio::time::timeout(PATIENCE, async {
            let mut pause = tokio::time::interval(PAUSE);
            loop {
                pause.tick().await;
                match marks(writer, trouble).await {
                    Ok(marks) => return marks,
                    Err(cause) => tracing::debug!(%cause, "the database is asked again how a commit ended"),
                }
            }
        });
        match found.await.map(|marks| outcome(&marks, &self.mark, self.last.as_deref())) {
            Ok(Some(true)) => {
                tracing::info!("the database's answer to a commit was lost; it was committed");
                self.committed();
                Ok(())
            }
            Ok(Some(false)) => Err(StorageError::Busy("the connection was lost, nothing was written")),
            Ok(None) | Err(_) => {
                tracing::warn!(
                    "the database's answer to a commit was lost, and nobody can tell whether it was committed"
                );
                Err(StorageError::OutcomeUnknown)
            }
        }
    }
}

/// The marks that are there, once no other transaction is under way.
async fn marks(writer: &DatabaseConnection, trouble: &Remembered) -> Result<String, StorageError> {
    let transaction = DatabaseTransaction::begin(writer, TransactionOptions::default(), trouble.clone()).await?;
    transaction.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({WRITER_LOCK})")).await?;
    let sql = "SELECT value FROM setting WHERE name = 'marks'";
    let row = transaction.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default())
}

/// Whether a mark is there. `None` where it may have been pushed out: `marks` is full, and `last` is not in it either,
/// though it was there before.
fn outcome(marks: &str, mark: &str, last: Option<&str>) -> Option<bool> {
    let has = |wanted: &str| marks.split(' ').any(|found| found == wanted);
    let reaches_back = || marks.len() < MARKS_LENGTH || last.is_some_and(has);
    if has(mark) { Some(true) } else { reaches_back().then_some(false) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_that_is_not_there_says_so_only_where_it_cannot_have_been_pushed_out() {
        let full = "0badcafe ".repeat(112)[..MARKS_LENGTH].to_owned();
        let with = |mark: &str| format!("{mark} {full}")[..MARKS_LENGTH].to_owned();
        for (marks, last, expected) in [
            (String::new(), None, Some(false)),
            ("00000001 0badcafe ".to_owned(), None, Some(false)),
            ("00000001 12345678 0badcafe ".to_owned(), None, Some(true)),
            (with("12345678"), None, Some(true)),
            (full.clone(), None, None),
            (full.clone(), Some("00000002"), None),
            (with("00000002"), Some("00000002"), Some(false)),
        ] {
            assert_eq!(outcome(&marks, "12345678", last), expected, "{marks} {last:?}");
        }
    }
}

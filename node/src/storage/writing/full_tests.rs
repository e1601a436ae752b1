//! Forbidden effects of a full disk: here `max_page_count` is the disk, so that thousands of orders take seconds.

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use super::Trouble;
use crate::randomness::Randomness;
use crate::storage::database::Database;
use crate::storage::error::StorageError;

/// Number of moments with a full disk, in all orders together.
const MOMENTS: usize = 200;
/// Letters of a row that takes a page or more.
const LARGE: usize = 20_000;

/// One action of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// It writes and commits.
    Written,
    /// It writes, and is dropped.
    Dropped,
    /// A statement of it meets the full disk, and the caller gives up.
    Full,
    /// A statement of it meets the full disk, and the caller goes on as if nothing had been, and commits.
    Ignored,
}

impl Step {
    const ALL: [Self; 4] = [Self::Written, Self::Dropped, Self::Full, Self::Ignored];
}

async fn insert(database: &Database, step: Step, name: &str) -> Result<(), StorageError> {
    let write = database.write("test").await?;
    let row = |name: &str, letters: usize| {
        let sql = "INSERT INTO setting (name, value) VALUES (?, ?)";
        Statement::from_sql_and_values(DbBackend::Sqlite, sql, [name.into(), "x".repeat(letters).into()])
    };
    write.execute_raw(row(name, 10)).await?;
    if matches!(step, Step::Full | Step::Ignored) {
        // Allows the present number of pages: a writer of another page has no room. Lifted with the connection.
        write.execute_unprepared("PRAGMA max_page_count = 1").await?;
        let full = write.execute_raw(row(&format!("{name} large"), LARGE)).await.map_err(StorageError::from);
        assert!(matches!(full, Err(StorageError::Full)), "{full:?}");
        let after = write.execute_raw(row(&format!("{name} after"), 10)).await.map_err(StorageError::from);
        assert!(matches!(after, Err(StorageError::Full)), "nothing more is run: {after:?}");
        if step == Step::Full {
            return Err(StorageError::Full);
        }
    }
    if step == Step::Dropped {
        return Ok(());
    }
    write.commit().await
}

/// Returns the names that another process finds.
async fn names(file: &std::path::Path) -> Vec<String> {
    let url = format!("sqlite://{}", file.display());
    let other = sea_orm::Database::connect(url).await.expect("opened");
    let sql = "SELECT name FROM setting WHERE name LIKE 'row %' ORDER BY rowid";
    let rows = other.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.expect("read");
    other.close_by_ref().await.expect("closed");
    rows.iter().map(|row| row.try_get_by_index(0).expect("a name")).collect()
}

#[tokio::test]
async fn what_was_confirmed_is_there_and_nothing_else_however_often_the_disk_was_full() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("node.sqlite");
    let url = format!("sqlite://{}", file.display());
    let database = Database::create_or_migrate(&url).await.expect("a database");
    let mut order = Vec::new();
    let mut confirmed = Vec::new();
    while order.iter().filter(|step| matches!(step, Step::Full | Step::Ignored)).count() < MOMENTS {
        let step = Step::ALL[usize::from(Randomness.bytes::<1>()[0] % 4)];
        let name = format!("row {}", order.len());
        order.push(step);
        let done = insert(&database, step, &name).await;
        assert_eq!(done.is_err(), matches!(step, Step::Full | Step::Ignored), "{step:?}: {done:?}");
        match step {
            Step::Written => {
                assert_eq!(database.trouble(), None);
                confirmed.push(name);
            }
            Step::Ignored => assert_eq!(database.trouble(), Some(Trouble::Full)),
            Step::Dropped | Step::Full => {}
        }
        if order.len().is_multiple_of(20) {
            assert_eq!(names(&file).await, confirmed, "{order:?}");
        }
    }
    assert_eq!(names(&file).await, confirmed, "{order:?}");
    database.close().await.expect("closed");
    assert_eq!(names(&file).await, confirmed, "{order:?}");
}

#[tokio::test]
async fn trouble_is_over_with_the_next_write_also_where_nobody_else_writes() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}/node.sqlite", folder.path().display());
    let database = Database::create_or_migrate(&url).await.expect("a database");
    insert(&database, Step::Ignored, "row").await.expect_err("full");
    let trouble = database.trouble().expect("it is remembered");
    assert!(trouble.sentence().contains("make room"), "{}", trouble.sentence());
    database.retry_write().await.expect("there is room again");
    assert_eq!(database.trouble(), None);
}

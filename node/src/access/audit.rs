//! The audit trail: actor, act and time in each row, chained to the row before.

use hotline_protocol::bytes::Hash;

use super::act::{Act, RecordedAct, SERIES};
use super::repository;
use crate::clock::Clock;
use crate::storage::{Database, StorageError, Write, take_numbers};

/// Rows that are held at once while the trail is verified.
const PAGE: u64 = 1_000;
/// The result of verifying the trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trail {
    /// Rows that are here.
    pub entries: u64,
    /// Number of the first row that is missing, was changed, or does not follow from the one before.
    pub broken_at: Option<i64>,
}

/// Appends to the trail in the caller's transaction: the act and its record become true together.
pub async fn record_act(write: &Write<'_>, clock: &Clock, act: Act<'_>) -> Result<(), StorageError> {
    let id = take_numbers(write, SERIES, 1).await?;
    let previous = repository::newest_act(write).await?.map_or(Hash::ZERO, |act| act.hash);
    let mut recorded = RecordedAct {
        id,
        at: clock.now().timestamp_micros(),
        who: act.who.to_owned(),
        act: act.act.to_owned(),
        what: act.what,
        origin: act.origin.code().to_owned(),
        hash: Hash::ZERO,
    };
    recorded.hash = recorded.expected_hash(previous);
    repository::insert_act(write, recorded).await
}

/// The newest `limit` acts, newest first.
pub async fn list_acts(database: &Database, limit: u64) -> Result<Vec<RecordedAct>, StorageError> {
    repository::newest_acts(database.read(), i64::MAX, limit).await
}

/// The newest `limit` acts before the one with the number `before`, newest first.
pub async fn list_acts_before(database: &Database, before: i64, limit: u64) -> Result<Vec<RecordedAct>, StorageError> {
    repository::newest_acts(database.read(), before, limit).await
}

/// Goes through the whole trail. Rows cut off at its end are noticed by the counter of their numbers.
pub async fn verify_trail(database: &Database) -> Result<Trail, StorageError> {
    let mut trail = Trail { entries: 0, broken_at: None };
    // Read before the rows: an act recorded meanwhile must not look like a row that is missing.
    let taken = repository::acts_taken(database.read()).await?;
    let (mut last, mut previous) = (0, Hash::ZERO);
    loop {
        let page = repository::acts_after(database.read(), last, PAGE).await?;
        let Some(newest) = page.last().map(|act| act.id) else { break };
        for act in page {
            trail.entries += 1;
            let follows = act.id == last + 1 && act.hash == act.expected_hash(previous);
            if !follows && trail.broken_at.is_none() {
                trail.broken_at = Some(act.id.min(last + 1));
            }
            (last, previous) = (act.id, act.hash);
        }
        last = newest;
    }
    if trail.broken_at.is_none() && last < taken {
        trail.broken_at = Some(last + 1);
    }
    Ok(trail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::act::ActOrigin;
    use crate::storage::{ConnectionTrait as _, Database};

    async fn trail_of(acts: usize) -> (tempfile::TempDir, Database) {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}/node.sqlite", folder.path().display());
        let database = Database::create_or_migrate(&url).await.expect("a database");
        for number in 0..acts {
            let write = database.write("record").await.expect("a turn");
            let act =
                Act { who: "ada", act: "suspend_peer", what: format!("de-example {number}"), origin: ActOrigin::Cli };
            record_act(&write, &Clock::system(), act).await.expect("recorded");
            write.commit().await.expect("committed");
        }
        (folder, database)
    }

    async fn after(database: &Database, sql: &str) -> Trail {
        let write = database.write("damage").await.expect("a turn");
        write.execute_unprepared(sql).await.expect("damaged");
        write.commit().await.expect("committed");
        verify_trail(database).await.expect("readable")
    }

    #[tokio::test]
    async fn an_empty_trail_and_one_as_it_was_written_are_whole() {
        let (_folder, database) = trail_of(0).await;
        assert_eq!(verify_trail(&database).await.expect("readable"), Trail { entries: 0, broken_at: None });
        let (_folder, database) = trail_of(3).await;
        assert_eq!(verify_trail(&database).await.expect("readable"), Trail { entries: 3, broken_at: None });
        let ids: Vec<i64> = list_acts(&database, 2).await.expect("readable").iter().map(|act| act.id).collect();
        assert_eq!(ids, [3, 2]);
    }

    #[tokio::test]
    async fn a_changed_column_is_found() {
        for change in ["who = 'bob'", "act = 'resume_peer'", "what = ''", "origin = 'api'", "at = at + 1"] {
            let (_folder, database) = trail_of(3).await;
            let trail = after(&database, &format!("UPDATE audit SET {change} WHERE id = 2")).await;
            assert_eq!(trail.broken_at, Some(2), "{change}");
        }
    }

    #[tokio::test]
    async fn a_row_taken_out_of_the_beginning_the_middle_or_the_end_is_found() {
        for gone in 1..=3 {
            let (_folder, database) = trail_of(3).await;
            let trail = after(&database, &format!("DELETE FROM audit WHERE id = {gone}")).await;
            assert_eq!(trail, Trail { entries: 2, broken_at: Some(gone) });
        }
    }

    #[tokio::test]
    async fn a_transaction_that_is_not_committed_leaves_no_gap() {
        let (_folder, database) = trail_of(1).await;
        let write = database.write("record").await.expect("a turn");
        let act = Act { who: "ada", act: "remove_peer", what: String::new(), origin: ActOrigin::Cli };
        record_act(&write, &Clock::system(), act.clone()).await.expect("recorded");
        drop(write);
        let write = database.write("record").await.expect("a turn");
        record_act(&write, &Clock::system(), act).await.expect("recorded");
        write.commit().await.expect("committed");
        assert_eq!(verify_trail(&database).await.expect("readable"), Trail { entries: 2, broken_at: None });
    }
}

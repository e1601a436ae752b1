//! The crowd, kept between processes: a command that asks about one name knows the answers to earlier questions of
//! others.
//!
//! No host name stands there: an address, and a keyed digest of the registrable domain that led there, for three days.
//! It is written by itself, before and outside the transaction that takes a report. Where it cannot be read or written,
//! the report is located by the name servers' present answers, and taken all the same.

use std::collections::BTreeSet;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use super::crowd_repository::{crowded_since, forget, forget_until, keep, seen_beyond, seen_since};
use super::shared_address::{Changes, IN_MIND, NameDigest, Sighting, UNLIKE_NAMES, micros};
use crate::context::Context;
use crate::secret::SealKey;
use crate::storage::{Database, StorageError};

/// Most sightings in all; the oldest give way.
const MOST_SIGHTINGS: u64 = 50_000;

/// Most sightings of one writing. As they have one time, they would all give way at once.
const MOST_AT_ONCE: usize = 5_000;

/// Addresses that are suspect, each with the name server where it is.
pub type Suspects = BTreeSet<(IpAddr, SocketAddr)>;

/// Where the crowd is kept.
#[derive(Clone)]
pub struct CrowdBook {
    database: Database,
    seal: Arc<SealKey>,
    is_read_only: bool,
}

impl CrowdBook {
    /// In a node's database, under its key.
    #[must_use]
    pub fn of(context: &Context) -> Self {
        Self { database: context.database.clone(), seal: Arc::clone(&context.seal), is_read_only: false }
    }

    /// Returns the book for readers alone: nothing is written.
    #[must_use]
    pub fn read_only(self) -> Self {
        Self { is_read_only: true, ..self }
    }

    /// Returns the stored digest of a name's owner.
    pub(super) fn name(&self, owner: &str) -> NameDigest {
        let digest = self.seal.index_digest("sighting", owner.as_bytes());
        digest.first_chunk().copied().unwrap_or_default()
    }

    /// Returns the known sightings of addresses at the time `now` (microseconds since 1970).
    pub(super) async fn known(&self, addresses: &[IpAddr], now: i64) -> Vec<Sighting> {
        let since = now.saturating_sub(micros(IN_MIND));
        seen_since(self.database.read(), addresses, since).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "where names led to before cannot be read; a stop page may pass");
            Vec::new()
        })
    }

    /// The addresses that are suspect, each with the name server where it is.
    pub(in crate::geolocation) async fn suspects(&self, now: i64) -> Result<Suspects, StorageError> {
        let since = now.saturating_sub(micros(IN_MIND));
        Ok(crowded_since(self.database.read(), UNLIKE_NAMES, since).await?.into_iter().collect())
    }

    /// Writes down the changes.
    pub(super) async fn keep(&self, changes: &Changes, now: i64) {
        if self.is_read_only || changes.keep.is_empty() {
            return;
        }
        if let Err(error) = self.write(changes, now).await {
            tracing::warn!(%error, "where names led to cannot be written down; a stop page is found out later");
        }
    }

    async fn write(&self, changes: &Changes, now: i64) -> Result<(), StorageError> {
        let write = self.database.write("keep_sightings").await?;
        for sighting in &changes.forget {
            forget(&write, sighting).await?;
        }
        keep(&write, &changes.keep[..changes.keep.len().min(MOST_AT_ONCE)]).await?;
        let outdated = now.saturating_sub(micros(IN_MIND));
        let beyond = seen_beyond(&*write, MOST_SIGHTINGS).await?;
        forget_until(&write, beyond.map_or(outdated, |beyond| beyond.max(outdated))).await?;
        write.commit().await
    }
}

/// Shows no key.
impl fmt::Debug for CrowdBook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CrowdBook").field("is_read_only", &self.is_read_only).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::geolocation::resolver::crowd::suspicion::suspect;
    use crate::geolocation::resolver::testimony::{Answer, BlockedWhy, Testimony};
    use crate::storage::ConnectionTrait as _;

    const DAY: i64 = 24 * 3_600_000_000;

    async fn book(folder: &Path) -> CrowdBook {
        let url = format!("sqlite://{}/node.sqlite", folder.display());
        let database = Database::create_or_migrate(&url).await.expect("a database");
        CrowdBook { database, seal: Arc::new(SealKey::from_bytes(&[1; 32])), is_read_only: false }
    }

    /// Whether the answer about a name is taken for a blocked one at that time.
    async fn is_blocked(book: &CrowdBook, name: &str, now: i64) -> bool {
        let answer = Answer::Addresses { sample: vec![[192, 0, 2, 254].into()], count: 1 };
        let resolver = SocketAddr::from(([127, 0, 0, 1], 53));
        let mut told = vec![(name.to_owned(), vec![Testimony { resolver, answer }])];
        suspect(&mut told, Some(book), |_| false, now).await;
        matches!(told[0].1[0].answer, Answer::Blocked { why: BlockedWhy::Shared, .. })
    }

    async fn count(book: &CrowdBook) -> usize {
        book.known(&[[192, 0, 2, 254].into()], 0).await.len()
    }

    #[tokio::test]
    async fn names_count_for_three_days_and_a_stop_page_that_is_met_every_day_stays_suspect() {
        let folder = tempfile::tempdir().expect("a folder");
        let book = book(folder.path()).await;
        for number in 0..UNLIKE_NAMES {
            let is_last = number == UNLIKE_NAMES - 1;
            assert_eq!(is_blocked(&book, &format!("host-{number}.example"), DAY / 10).await, is_last, "{number}");
        }
        for day in 1..10 {
            for hour in 0..4 {
                let name = format!("other-{day}-{hour}.example");
                assert!(is_blocked(&book, &name, day * DAY + hour * DAY / 24).await, "{name}");
            }
        }
        let suspects = book.suspects(9 * DAY).await.expect("read");
        assert_eq!(suspects, [([192, 0, 2, 254].into(), ([127, 0, 0, 1], 53).into())].into());
        assert_eq!(count(&book).await, UNLIKE_NAMES, "a stop page fills no table");
        assert!(!is_blocked(&book, "much-later.example", 13 * DAY).await);
        assert_eq!(count(&book).await, 1, "what is outdated is gone");
    }

    #[tokio::test]
    async fn no_name_stands_in_the_database_and_whoever_only_looks_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let book = book(folder.path()).await;
        is_blocked(&book.clone().read_only(), "looked-at.example", 1).await;
        assert_eq!(count(&book).await, 0);
        is_blocked(&book, "plainly-named.example", 1).await;
        assert_eq!(count(&book).await, 1);
        let stands = |text: &str| {
            ["node.sqlite", "node.sqlite-wal"].iter().any(|file| {
                let bytes = std::fs::read(folder.path().join(file)).unwrap_or_default();
                bytes.windows(text.len()).any(|part| part == text.as_bytes())
            })
        };
        assert!(stands("127.0.0.1:53") && !stands("plainly-named"));
        assert_ne!(
            book.name("a.example"),
            CrowdBook { seal: Arc::new(SealKey::from_bytes(&[2; 32])), ..book.clone() }.name("a.example")
        );
    }

    #[tokio::test]
    async fn where_nothing_can_be_remembered_names_are_judged_all_the_same() {
        let folder = tempfile::tempdir().expect("a folder");
        let book = book(folder.path()).await;
        let write = book.database.write("drop_table").await.expect("a turn");
        write.execute_unprepared("DROP TABLE sighting").await.expect("dropped");
        write.commit().await.expect("committed");
        for number in 0..2 * UNLIKE_NAMES {
            assert!(!is_blocked(&book, &format!("host-{number}.example"), 1).await);
        }
    }
}

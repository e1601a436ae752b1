//! All entries about some reports, and the fold over them.

use std::collections::{BTreeMap, HashMap};

use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::{Content, Header};
use hotline_protocol::id::NodeId;
use hotline_protocol::state::{Fold, Seen, fold};

use crate::report::entry_repository::{BodyState, EntryRow, entries_about, left_behind};
use crate::report::error::ReportError;
use crate::storage::{ConnectionTrait, StorageError};

/// One entry about a report.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// Its hash.
    pub hash: Hash,
    /// Its author.
    pub log: NodeId,
    /// Epoch and sequence number.
    pub place: (u64, u64),
    /// Its content.
    pub content: Content,
    /// Whether its body is here.
    pub body_state: BodyState,
}

impl Recorded {
    /// For the fold.
    #[must_use]
    pub const fn seen(&self) -> Seen<'_> {
        Seen { hash: self.hash, log: &self.log, place: self.place, content: &self.content }
    }
}

/// Entries about one report, found by their hashes. Most reports have a handful: a sorted list costs less than a table.
pub(crate) struct ByHash<'e>(Vec<&'e Recorded>);

impl<'e> ByHash<'e> {
    pub(crate) fn of(entries: impl IntoIterator<Item = &'e Recorded>) -> Self {
        let mut entries: Vec<&Recorded> = entries.into_iter().collect();
        entries.sort_unstable_by_key(|entry| entry.hash);
        Self(entries)
    }

    pub(crate) fn get(&self, hash: &Hash) -> Option<&'e Recorded> {
        self.0.binary_search_by(|entry| entry.hash.cmp(hash)).ok().map(|place| self.0[place])
    }
}

/// The entries about some reports, by the report's key. Entries that an author wrote beyond the number taking part in
/// the fold are not among them. Only the first of those is, and it is judged.
#[derive(Debug, Default)]
pub struct EntrySet {
    entries: HashMap<i64, Vec<Recorded>>,
    left_behind: HashMap<i64, Vec<Recorded>>,
}

impl EntrySet {
    /// Loads everything about the reports `keys`.
    pub async fn load<C: ConnectionTrait>(connection: &C, keys: &[i64]) -> Result<Self, ReportError> {
        let mut ledger = Self::default();
        for row in entries_about(connection, keys).await? {
            ledger.add(row.report, Recorded::of_row(&row)?);
        }
        Ok(ledger)
    }

    /// [`EntrySet::load`], where a report with an entry that cannot be read costs itself alone: it is left out, and told
    /// with its fault.
    pub async fn load_readable<C: ConnectionTrait>(
        connection: &C,
        keys: &[i64],
    ) -> Result<(Self, Vec<(i64, ReportError)>), ReportError> {
        let (mut ledger, mut faulty) = (Self::default(), BTreeMap::new());
        for row in readable_entries(connection, keys, &mut faulty).await? {
            match Recorded::of_row(&row) {
                Ok(entry) => ledger.add(row.report, entry),
                Err(fault) => {
                    faulty.entry(row.report).or_insert(fault);
                }
            }
        }
        ledger.entries.retain(|key, _| !faulty.contains_key(key));
        Ok((ledger, faulty.into_iter().collect()))
    }

    /// Loads as [`EntrySet::load`], and adds the entries that a new epoch left behind: evidence, and no part of any
    /// fold.
    pub async fn load_whole<C: ConnectionTrait>(connection: &C, keys: &[i64]) -> Result<Self, ReportError> {
        let mut ledger = Self::load(connection, keys).await?;
        let keys: Vec<i64> = keys.iter().map(|key| left_behind(*key)).collect();
        for row in entries_about(connection, &keys).await? {
            ledger.left_behind.entry(left_behind(row.report)).or_default().push(Recorded::of_row(&row)?);
        }
        Ok(ledger)
    }

    /// [`EntrySet::load_whole`], where a report with an entry that cannot be read costs itself alone, as in
    /// [`EntrySet::load_readable`].
    pub async fn load_whole_readable<C: ConnectionTrait>(
        connection: &C,
        keys: &[i64],
    ) -> Result<(Self, BTreeMap<i64, ReportError>), ReportError> {
        match Self::load_whole(connection, keys).await {
            Err(ReportError::Header(_) | ReportError::Storage(StorageError::Inconsistent(_))) => {}
            loaded => return Ok((loaded?, BTreeMap::new())),
        }
        let (mut ledger, mut faulty) = (Self::default(), BTreeMap::new());
        for key in keys {
            match Self::load_whole(connection, &[*key]).await {
                Ok(one) => {
                    ledger.entries.extend(one.entries);
                    ledger.left_behind.extend(one.left_behind);
                }
                Err(fault @ (ReportError::Header(_) | ReportError::Storage(StorageError::Inconsistent(_)))) => {
                    faulty.insert(*key, fault);
                }
                Err(error) => return Err(error),
            }
        }
        Ok((ledger, faulty))
    }

    /// The entries about one report that a new epoch left behind, where the whole was loaded.
    #[must_use]
    pub fn left_behind(&self, report: i64) -> &[Recorded] {
        self.left_behind.get(&report).map_or(&[], Vec::as_slice)
    }

    /// Adds one entry.
    pub fn add(&mut self, report: i64, entry: Recorded) {
        self.entries.entry(report).or_default().push(entry);
    }

    /// The entries about one report.
    #[must_use]
    pub fn of(&self, report: i64) -> &[Recorded] {
        self.entries.get(&report).map_or(&[], Vec::as_slice)
    }

    /// How many entries about a report one author wrote.
    #[must_use]
    pub fn count_of(&self, report: i64, author: &NodeId) -> usize {
        self.of(report).iter().filter(|entry| entry.log == *author).count()
    }

    /// The fold over one report's entries; `None` while its create is not here.
    #[must_use]
    pub fn fold(&self, report: i64) -> Option<Fold> {
        let seen: Vec<Seen<'_>> = self.of(report).iter().map(Recorded::seen).collect();
        fold(&seen)
    }
}

/// Returns the entries about some reports; those about a report with an unreadable row are left out, and told.
async fn readable_entries<C: ConnectionTrait>(
    connection: &C,
    keys: &[i64],
    faulty: &mut BTreeMap<i64, ReportError>,
) -> Result<Vec<EntryRow>, ReportError> {
    match entries_about(connection, keys).await {
        Err(StorageError::Inconsistent(_)) => {}
        rows => return Ok(rows?),
    }
    let mut found = Vec::new();
    for key in keys {
        match entries_about(connection, &[*key]).await {
            Ok(rows) => found.extend(rows),
            Err(fault @ StorageError::Inconsistent(_)) => {
                faulty.insert(*key, fault.into());
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(found)
}

impl Recorded {
    /// Reads a stored entry.
    pub fn of_row(row: &EntryRow) -> Result<Self, ReportError> {
        let header = Header::from_storage(&row.header)?;
        Ok(Self {
            hash: row.hash,
            log: header.log,
            place: (header.epoch, header.seq),
            content: header.content,
            body_state: row.body_state,
        })
    }
}

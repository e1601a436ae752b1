//! Entries of all logs in the database, and how far each log is here. Every function takes many, in as few statements
//! as the batches of `storage` make.

use std::collections::HashMap;

use hotline_protocol::bytes::Hash;
use hotline_protocol::id::NodeId;
use hotline_protocol::log::{Cursor, Position};
use sea_orm::ActiveValue::Set;
use sea_orm::EntityTrait as _;
use sea_orm::sea_query::OnConflict;

use crate::storage::batch::{Columns, Field, Known, Packed, key_lists, list, read_packed};
use crate::storage::entity::log::own_log as log;
use crate::storage::{ConnectionTrait, DatabaseTransaction, StorageError, Value};

const WRONG: StorageError = StorageError::Inconsistent("entry");
const WRONG_LOG: StorageError = StorageError::Inconsistent("log");

/// Whether an entry's body is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyState {
    /// The entry has none.
    None,
    /// Sealed in the row.
    Here,
    /// This node is entitled to it and lacks it.
    Wanted,
    /// This node is not entitled to it.
    NotForUs,
    /// Erased by law; the chain still holds its hash.
    Erased,
}

impl BodyState {
    /// As it is stored.
    #[must_use]
    pub const fn to_stored(self) -> i16 {
        match self {
            Self::None => 0,
            Self::Here => 1,
            Self::Wanted => 2,
            Self::NotForUs => 3,
            Self::Erased => 4,
        }
    }

    /// As it was stored.
    pub const fn of_stored(stored: i16) -> Result<Self, StorageError> {
        match stored {
            0 => Ok(Self::None),
            1 => Ok(Self::Here),
            2 => Ok(Self::Wanted),
            3 => Ok(Self::NotForUs),
            4 => Ok(Self::Erased),
            _ => Err(StorageError::Inconsistent("entry")),
        }
    }
}

/// Returns the report key for an entry that a new epoch left behind. The entry stays, but a query for the report's
/// entries never returns it.
#[must_use]
pub const fn left_behind(report: i64) -> i64 {
    -report
}

/// Keys from here on are those of [`beyond`]. No report has one: they rise by one with each, from 1.
const BEYOND: i64 = 1 << 52;

/// Returns the report key for an entry written beyond the number that takes part in the fold (protocol, section 5). The
/// entry stays and is passed on, and adds no work on the report.
#[must_use]
pub const fn beyond(report: i64) -> i64 {
    report + BEYOND
}

/// Whether that is such a key.
#[must_use]
pub const fn is_beyond(key: i64) -> bool {
    key.abs() >= BEYOND
}

/// The key of the report that an entry is about, from the one that its row has, whether it counts or not.
#[must_use]
pub const fn report_of(key: i64) -> i64 {
    key.abs() % BEYOND
}

/// An entry as it is stored, without its body.
#[derive(Debug, Clone)]
pub struct EntryRow {
    /// Entry hash.
    pub hash: Hash,
    /// The report that it is about.
    pub report: i64,
    /// The line.
    pub header: String,
    /// Whether its body is here.
    pub body_state: BodyState,
}

/// A sealed body; the header of its entry commits to it.
pub struct SealedBody {
    /// The entry's hash.
    pub hash: Hash,
    /// The report that it is about.
    pub report: i64,
    /// The body line, sealed.
    pub sealed: Vec<u8>,
}

/// An entry that is to be stored.
pub struct EntryToStore {
    /// Its author.
    pub log: NodeId,
    /// Its place in that log.
    pub place: Position,
    /// Entry hash.
    pub hash: Hash,
    /// The report that it is about.
    pub report: Option<i64>,
    /// The line.
    pub header: String,
    /// Its body, sealed.
    pub body: Option<Vec<u8>>,
    /// Whether its body is here.
    pub body_state: BodyState,
}

/// A number for the database, where none is larger than 2^53.
#[must_use]
pub fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(number: i64) -> Result<u64, StorageError> {
    u64::try_from(number).map_err(|_| WRONG_LOG)
}

/// How far a log is here; [`Cursor::START`] where nothing is. Of our own log, entries that are not signed yet count.
pub async fn head<C: ConnectionTrait>(connection: &C, log: &NodeId) -> Result<Cursor, StorageError> {
    match log::Entity::find_by_id(log.as_str()).one(connection).await? {
        Some(row) => Ok(Cursor {
            epoch: unsigned(row.epoch)?,
            seq: unsigned(row.seq)?,
            hash: Hash::from_slice(&row.hash).ok_or(WRONG_LOG)?,
        }),
        None => Ok(Cursor::START),
    }
}

/// Moves a log's end. `now` in microseconds since 1970.
pub async fn set_head<C: ConnectionTrait>(
    connection: &C,
    node: &NodeId,
    head: &Cursor,
    now: i64,
) -> Result<(), StorageError> {
    let row = log::ActiveModel {
        node: Set(node.to_string()),
        epoch: Set(signed(head.epoch)),
        seq: Set(signed(head.seq)),
        hash: Set(head.hash.as_bytes().to_vec()),
        moved_at: Set(now),
    };
    log::Entity::insert(row)
        .on_conflict(
            OnConflict::column(log::Column::Node)
                .update_columns([log::Column::Epoch, log::Column::Seq, log::Column::Hash, log::Column::MovedAt])
                .to_owned(),
        )
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

const ENTRY: Columns =
    Columns { table: "entry", names: &["log", "epoch", "seq", "hash", "report", "header", "body", "body_state"] };

/// Stores entries; each place of a log once.
pub async fn insert_entries(write: &DatabaseTransaction, entries: Vec<EntryToStore>) -> Result<(), StorageError> {
    let mut values = Vec::with_capacity(entries.len() * ENTRY.names.len());
    for entry in entries {
        values.extend([
            entry.log.as_str().into(),
            signed(entry.place.epoch).into(),
            signed(entry.place.seq).into(),
            entry.hash.as_bytes().to_vec().into(),
            entry.report.into(),
            entry.header.into(),
            entry.body.into(),
            Value::from(entry.body_state.to_stored()),
        ]);
    }
    ENTRY.insert(write, Known::Refused, values).await
}

/// All entries about some reports.
pub(super) async fn entries_about<C: ConnectionTrait>(
    connection: &C,
    reports: &[i64],
) -> Result<Vec<EntryRow>, StorageError> {
    const FIELDS: &[Field] =
        &[Field::Bytes("hash"), Field::Plain("report"), Field::Plain("header"), Field::Plain("body_state")];
    let mut found = Vec::with_capacity(reports.len());
    for reports in key_lists(reports) {
        let rows = format!("entry WHERE report IN {}", list(reports.len()));
        let values = reports.into_iter().map(Value::from).collect();
        let rows: Vec<(Packed, i64, String, i16)> = read_packed(connection, "entry", FIELDS, &rows, values).await?;
        for (hash, report, header, body_state) in rows {
            let hash = Hash::from_slice(&hash.0).ok_or(WRONG)?;
            found.push(EntryRow { hash, report, header, body_state: BodyState::of_stored(body_state)? });
        }
    }
    Ok(found)
}

/// How many entries are here about each of some reports that take part in its fold, or are judged; of an index alone.
pub(super) async fn entry_counts<C: ConnectionTrait>(
    connection: &C,
    reports: &[i64],
) -> Result<HashMap<i64, u64>, StorageError> {
    const FIELDS: &[Field] = &[Field::Plain("report"), Field::Plain("COUNT(*)")];
    let mut found = HashMap::with_capacity(reports.len());
    for reports in key_lists(reports) {
        let values = reports.iter().copied().map(Value::from).collect();
        let rows: Vec<(i64, u64)> = read_packed(connection, "entry", FIELDS, &counted(reports.len()), values).await?;
        found.extend(rows);
    }
    Ok(found)
}

fn counted(reports: usize) -> String {
    format!("entry WHERE report IN {} GROUP BY report", list(reports))
}

/// The sealed bodies that are here of the entries at these places: log, epoch and sequence number.
pub(super) async fn bodies_at<C: ConnectionTrait>(
    connection: &C,
    places: &[(&NodeId, (u64, u64))],
) -> Result<Vec<SealedBody>, StorageError> {
    let mut found = Vec::with_capacity(places.len());
    for places in key_lists(places) {
        let value = |(log, (epoch, seq)): (&NodeId, (u64, u64))| {
            [log.as_str().into(), signed(epoch).into(), signed(seq).into()] as [Value; 3]
        };
        let values = places.iter().copied().flat_map(value).collect();
        found.extend(sealed_bodies(connection, &of_places(places.len()), values).await?);
    }
    Ok(found)
}

fn of_places(count: usize) -> String {
    format!("entry WHERE (log, epoch, seq) IN (VALUES {}) AND body IS NOT NULL", vec!["(?, ?, ?)"; count].join(", "))
}

/// The sealed bodies that are here of the entries about some reports.
pub async fn bodies_about<C: ConnectionTrait>(
    connection: &C,
    reports: &[i64],
) -> Result<Vec<SealedBody>, StorageError> {
    let mut found = Vec::with_capacity(reports.len());
    for reports in key_lists(reports) {
        let rows = format!("entry WHERE report IN {} AND body IS NOT NULL", list(reports.len()));
        let values = reports.into_iter().map(Value::from).collect();
        found.extend(sealed_bodies(connection, &rows, values).await?);
    }
    Ok(found)
}

async fn sealed_bodies<C: ConnectionTrait>(
    connection: &C,
    rows: &str,
    values: Vec<Value>,
) -> Result<Vec<SealedBody>, StorageError> {
    const FIELDS: &[Field] = &[Field::Bytes("hash"), Field::Plain("report"), Field::Bytes("body")];
    let rows: Vec<(Packed, i64, Packed)> = read_packed(connection, "entry", FIELDS, rows, values).await?;
    // A row without a hash is the body of no entry.
    let body = |(hash, report, sealed): (Packed, i64, Packed)| {
        Some(SealedBody { hash: Hash::from_slice(&hash.0)?, report, sealed: sealed.0 })
    };
    Ok(rows.into_iter().filter_map(body).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::plan;

    #[tokio::test]
    async fn bodies_are_found_by_their_places() {
        let plan = plan(&format!("body FROM {}", of_places(3))).await;
        assert!(plan.contains("USING INDEX sqlite_autoindex_entry_1 (log=? AND epoch=? AND seq=?)"), "{plan}");
    }

    #[tokio::test]
    async fn entries_are_counted_without_being_read() {
        let plan = plan(&format!("report, COUNT(*) FROM {}", counted(3))).await;
        assert!(plan.contains("USING COVERING INDEX entry_report (report=?)"), "{plan}");
    }

    #[test]
    fn every_key_names_its_report_whether_it_counts_or_not() {
        assert_eq!(beyond(1), 4_503_599_627_370_497, "as migration 11 has it");
        for report in [1, 25_000_000, BEYOND - 1] {
            for key in [report, left_behind(report), beyond(report), left_behind(beyond(report))] {
                assert_eq!((report_of(key), is_beyond(key)), (report, key.abs() > report));
            }
        }
    }
}

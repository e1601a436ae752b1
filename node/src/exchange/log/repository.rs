//! Logs in the database.

use std::collections::BTreeMap;

use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::{EntryType, Header};
use hotline_protocol::id::NodeId;
use hotline_protocol::log::{Cursor, Position, RUN_ENTRIES_LIMIT, SignedCheckpoint};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};

use super::epoch::{stands_after, stands_up_to};
use super::seal::OwnLog;
use crate::report::{BodyState, head, signed};
use crate::storage::StorageError;
use crate::storage::batch::{Field, Long, Packed, read_packed, read_packed_and_long};
use crate::storage::entity::log::{entry, own_log as log, run, want};

pub(super) const INCONSISTENT: StorageError = StorageError::Inconsistent("log");
/// Entries with their bodies that are read at once: some 200 KB.
const PACKED_ENTRIES: u64 = 128;

/// Bytes that an entry takes in a run. A body's seal is a little longer than the body.
const BYTES: &str = "OCTET_LENGTH(header) + COALESCE(OCTET_LENGTH(body), 0)";
/// Whether an entry ends its run: a new key or epoch. It is about no report.
const CLOSES_RUN: &str =
    "report IS NULL AND (header LIKE '%\"type\":\"key.announce/1\"%' OR header LIKE '%\"type\":\"epoch.open/1\"%')";

/// A stored entry, to be verified.
pub(super) struct StoredEntry {
    pub(super) place: Position,
    pub(super) hash: Hash,
    /// The report that it is about; negative where it was left behind.
    pub(super) report: Option<i64>,
    pub(super) header: String,
    pub(super) body: Option<Vec<u8>>,
    pub(super) body_state: BodyState,
}

/// An entry of ours that is not signed yet.
pub(super) struct EntryToSign {
    pub(super) cursor: Cursor,
    pub(super) bytes: usize,
    pub(super) closes_run: bool,
}

/// A stored entry on its way to a reader.
pub(super) struct EntryToSend {
    pub(super) seq: u64,
    pub(super) hash: Hash,
    pub(super) header: String,
    pub(super) body: Option<Vec<u8>>,
    /// It is about no report.
    pub(super) is_about_nothing: bool,
}

impl EntryToSend {
    /// Whether it speaks of a key or opens an epoch: either ends its run. Few entries are about no report, and those
    /// are read.
    pub(super) fn closes_run(&self) -> bool {
        let reads = || Header::from_storage(&self.header).map(|header| header.content.entry_type);
        self.is_about_nothing && matches!(reads(), Ok(EntryType::KeyAnnounce | EntryType::EpochOpen))
    }
}

pub(super) fn unsigned(number: i64) -> Result<u64, StorageError> {
    u64::try_from(number).map_err(|_| INCONSISTENT)
}

fn cursor(epoch: i64, seq: i64, hash: &[u8]) -> Result<Cursor, StorageError> {
    Ok(Cursor { epoch: unsigned(epoch)?, seq: unsigned(seq)?, hash: Hash::from_slice(hash).ok_or(INCONSISTENT)? })
}

/// How far every log is here, and when it moved last (microseconds since 1970).
pub async fn heads<C: ConnectionTrait>(connection: &C) -> Result<BTreeMap<NodeId, (Cursor, i64)>, StorageError> {
    let rows = log::Entity::find().all(connection).await?;
    rows.into_iter()
        .map(|row| {
            let node = row.node.parse().map_err(|_| INCONSISTENT)?;
            Ok((node, (cursor(row.epoch, row.seq, &row.hash)?, row.moved_at)))
        })
        .collect()
}

pub(super) async fn insert_run<C: ConnectionTrait>(
    connection: &C,
    log: &NodeId,
    first_seq: u64,
    last: &Cursor,
    checkpoint: &SignedCheckpoint,
) -> Result<(), StorageError> {
    let row = run::ActiveModel {
        log: Set(log.to_string()),
        epoch: Set(signed(last.epoch)),
        last_seq: Set(signed(last.seq)),
        first_seq: Set(signed(first_seq)),
        checkpoint: Set(checkpoint.as_str().to_owned()),
    };
    run::Entity::insert(row)
        .on_conflict(
            OnConflict::columns([run::Column::Log, run::Column::Epoch, run::Column::LastSeq]).do_nothing().to_owned(),
        )
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

/// How many of our own entries wait to be signed, and how many bodies that this node is entitled to are not here yet.
pub async fn unfinished<C: ConnectionTrait>(connection: &C, own: &NodeId) -> Result<(u64, u64), StorageError> {
    let (head, signed) = (head(connection, own).await?, signed_head(connection, own).await?);
    let before = if signed.epoch == head.epoch { signed.seq } else { 0 };
    Ok((head.seq - before, want::Entity::find().count(connection).await?))
}

/// How many bytes our own entries take that stand after a place, up to another one, and whether one closes its run.
pub(super) async fn size_to_sign<C: ConnectionTrait>(
    connection: &C,
    own: &NodeId,
    after: Position,
    last_seq: u64,
) -> Result<(usize, bool), StorageError> {
    const FIELDS: &[Field] = &[Field::Plain("SUM(bytes)"), Field::Plain("SUM(CASE WHEN closes THEN 1 ELSE 0 END)")];
    let rows = format!(
        "(SELECT {BYTES} AS bytes, {CLOSES_RUN} AS closes FROM entry
          WHERE log = ? AND epoch = ? AND seq > ? AND seq <= ?) AS waiting"
    );
    let values =
        vec![own.as_str().into(), signed(after.epoch).into(), signed(after.seq).into(), signed(last_seq).into()];
    let rows: Vec<(usize, u32)> = read_packed(connection, "entry", FIELDS, &rows, values).await?;
    rows.first().map(|(bytes, closing)| (*bytes, *closing > 0)).ok_or(INCONSISTENT)
}

/// Our own entries after a place, at most a run's: their positions, how many bytes they take in a run, and whether
/// they close it.
pub(super) async fn entries_to_sign<C: ConnectionTrait>(
    connection: &C,
    own: &NodeId,
    after: Position,
) -> Result<Vec<EntryToSign>, StorageError> {
    const FIELDS: &[Field] = &[Field::Plain("seq"), Field::Bytes("hash"), Field::Plain(BYTES), Field::Flag(CLOSES_RUN)];
    let rows = "entry WHERE log = ? AND epoch = ? AND seq > ? ORDER BY seq LIMIT ?";
    let limit = i64::try_from(RUN_ENTRIES_LIMIT).unwrap_or(i64::MAX);
    let values = vec![own.as_str().into(), signed(after.epoch).into(), signed(after.seq).into(), limit.into()];
    let rows: Vec<(u64, Packed, usize, u8)> = read_packed(connection, "entry", FIELDS, rows, values).await?;
    rows.into_iter()
        .map(|(seq, hash, bytes, closes)| {
            let hash = Hash::from_slice(&hash.0).ok_or(INCONSISTENT)?;
            Ok(EntryToSign { cursor: Cursor { epoch: after.epoch, seq, hash }, bytes, closes_run: closes > 0 })
        })
        .collect()
}

/// How far our own log is signed; [`Cursor::START`] where nothing is.
pub async fn signed_head<C: ConnectionTrait>(connection: &C, own: &NodeId) -> Result<Cursor, StorageError> {
    let Some(place) = newest_checkpoint_position(connection, own).await? else { return Ok(Cursor::START) };
    let hash = hash_at(connection, own, place).await?.ok_or(INCONSISTENT)?;
    Ok(Cursor { epoch: place.epoch, seq: place.seq, hash })
}

/// The hash at a place of a log; `None` where it is not here.
pub async fn hash_at<C: ConnectionTrait>(
    connection: &C,
    log: &NodeId,
    place: Position,
) -> Result<Option<Hash>, StorageError> {
    if place.seq == 0 {
        return Ok(Some(Hash::ZERO));
    }
    let hash: Option<Vec<u8>> = entry::Entity::find()
        .select_only()
        .column(entry::Column::Hash)
        .filter(entry::Column::Log.eq(log.as_str()))
        .filter(entry::Column::Epoch.eq(signed(place.epoch)))
        .filter(entry::Column::Seq.eq(signed(place.seq)))
        .into_tuple()
        .one(connection)
        .await?;
    hash.map(|hash| Hash::from_slice(&hash).ok_or(INCONSISTENT)).transpose()
}

/// Our own log as the database has it.
pub async fn own_log<C: ConnectionTrait>(connection: &C, own: &NodeId) -> Result<OwnLog, StorageError> {
    let signed = newest_checkpoint_position(connection, own).await?.unwrap_or(Cursor::START.position());
    Ok(OwnLog { head: head(connection, own).await?, signed })
}

/// The stored checkpoints of a log after a place: last positions, in order.
pub(super) async fn checkpoints_after<C: ConnectionTrait>(
    connection: &C,
    log: &NodeId,
    after: Position,
    limit: u64,
) -> Result<Vec<(u64, SignedCheckpoint)>, StorageError> {
    let rows = run::Entity::find()
        .filter(run::Column::Log.eq(log.as_str()))
        .filter(run::Column::Epoch.eq(signed(after.epoch)))
        .filter(run::Column::LastSeq.gt(signed(after.seq)))
        .order_by_asc(run::Column::LastSeq)
        .limit(limit)
        .all(connection)
        .await?;
    rows.into_iter().map(|row| Ok((unsigned(row.last_seq)?, SignedCheckpoint::new(&row.checkpoint)))).collect()
}

/// The newest checkpoint of a log.
pub async fn newest_checkpoint<C: ConnectionTrait>(
    connection: &C,
    log: &NodeId,
) -> Result<Option<SignedCheckpoint>, StorageError> {
    let row = run::Entity::find()
        .filter(run::Column::Log.eq(log.as_str()))
        .order_by_desc(run::Column::Epoch)
        .order_by_desc(run::Column::LastSeq)
        .one(connection)
        .await?;
    Ok(row.map(|row| SignedCheckpoint::new(&row.checkpoint)))
}

/// Where the newest checkpoint of a log stands.
pub(super) async fn newest_checkpoint_position<C: ConnectionTrait>(
    connection: &C,
    log: &NodeId,
) -> Result<Option<Position>, StorageError> {
    let row: Option<(i64, i64)> = run::Entity::find()
        .select_only()
        .columns([run::Column::Epoch, run::Column::LastSeq])
        .filter(run::Column::Log.eq(log.as_str()))
        .order_by_desc(run::Column::Epoch)
        .order_by_desc(run::Column::LastSeq)
        .into_tuple()
        .one(connection)
        .await?;
    row.map(|(epoch, seq)| Ok(Position { epoch: unsigned(epoch)?, seq: unsigned(seq)? })).transpose()
}

/// The newest checkpoint of every log that is here.
pub async fn newest_checkpoints<C: ConnectionTrait>(
    connection: &C,
) -> Result<BTreeMap<NodeId, SignedCheckpoint>, StorageError> {
    let mut found = BTreeMap::new();
    for log in heads(connection).await?.into_keys() {
        if let Some(checkpoint) = newest_checkpoint(connection, &log).await? {
            found.insert(log, checkpoint);
        }
    }
    Ok(found)
}

/// An entry's place and hash, how long its header and its body are, and whether it is about no report.
type Packing = (u64, Packed, usize, Option<usize>, u8);

pub(super) async fn entries_between<C: ConnectionTrait>(
    connection: &C,
    log: &NodeId,
    epoch: u64,
    after: u64,
    last: u64,
) -> Result<Vec<EntryToSend>, StorageError> {
    const FIELDS: &[Field] = &[
        Field::Plain("seq"),
        Field::Bytes("hash"),
        Field::Plain("OCTET_LENGTH(header)"),
        Field::Plain("OCTET_LENGTH(body)"),
        Field::Flag("report IS NULL"),
    ];
    const LONG: [Long; 2] = [Long::Text("header"), Long::Bytes("body")];
    let rows = "entry WHERE log = ? AND epoch = ? AND seq > ? AND seq <= ? ORDER BY seq";
    let mut found = Vec::new();
    let mut from = after;
    while from < last {
        let to = last.min(from + PACKED_ENTRIES);
        let values = vec![log.as_str().into(), signed(epoch).into(), signed(from).into(), signed(to).into()];
        let (rows, [mut headers, mut bodies]): (Vec<Packing>, _) =
            read_packed_and_long(connection, "entry", FIELDS, LONG, rows, values).await?;
        for (seq, hash, header, body, is_about_nothing) in rows {
            let hash = Hash::from_slice(&hash.0).ok_or(INCONSISTENT)?;
            let header = headers.next(header).and_then(|line| std::str::from_utf8(line).ok()).ok_or(INCONSISTENT)?;
            let body = body.map(|length| bodies.next(length).ok_or(INCONSISTENT)).transpose()?;
            found.push(EntryToSend {
                seq,
                hash,
                header: header.to_owned(),
                body: body.map(<[u8]>::to_vec),
                is_about_nothing: is_about_nothing > 0,
            });
        }
        from = to;
    }
    Ok(found)
}

/// At most `limit` entries of a log in their order, of any epoch, after a place and up to another.
pub(super) async fn entries_after<C: ConnectionTrait>(
    connection: &C,
    log: &NodeId,
    after: Position,
    last: Position,
    limit: u64,
) -> Result<Vec<StoredEntry>, StorageError> {
    let rows = entry::Entity::find()
        .filter(entry::Column::Log.eq(log.as_str()))
        .filter(within(entry::Column::Epoch, entry::Column::Seq, after, last))
        .order_by_asc(entry::Column::Epoch)
        .order_by_asc(entry::Column::Seq)
        .limit(limit)
        .all(connection)
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(StoredEntry {
                place: Position { epoch: unsigned(row.epoch)?, seq: unsigned(row.seq)? },
                hash: Hash::from_slice(&row.hash).ok_or(INCONSISTENT)?,
                report: row.report,
                header: row.header,
                body: row.body,
                body_state: BodyState::of_stored(row.body_state)?,
            })
        })
        .collect()
}

/// The checkpoints of a log after a place and up to another, by the place of their last entry.
pub(super) async fn checkpoints_between<C: ConnectionTrait>(
    connection: &C,
    log: &NodeId,
    after: Position,
    last: Position,
) -> Result<BTreeMap<Position, SignedCheckpoint>, StorageError> {
    let rows = run::Entity::find()
        .filter(run::Column::Log.eq(log.as_str()))
        .filter(within(run::Column::Epoch, run::Column::LastSeq, after, last))
        .all(connection)
        .await?;
    rows.into_iter()
        .map(|row| {
            let place = Position { epoch: unsigned(row.epoch)?, seq: unsigned(row.last_seq)? };
            Ok((place, SignedCheckpoint::new(&row.checkpoint)))
        })
        .collect()
}

/// After one place of a log and up to another, across any epochs between them.
fn within<T: ColumnTrait>(epoch: T, seq: T, after: Position, last: Position) -> Condition {
    Condition::all().add(stands_after(epoch, seq, after)).add(stands_up_to(epoch, seq, last))
}

/// The entry that stands at a place of a log and has this hash: header line, sealed body, report.
pub(super) async fn entry_at<C: ConnectionTrait>(
    connection: &C,
    log: &NodeId,
    place: Position,
    hash: &Hash,
) -> Result<Option<(String, Option<Vec<u8>>, Option<i64>)>, StorageError> {
    let key = (log.to_string(), signed(place.epoch), signed(place.seq));
    let row = entry::Entity::find_by_id(key).one(connection).await?.filter(|row| row.hash == hash.as_bytes());
    Ok(row.map(|row| (row.header, row.body, row.report)))
}

/// The header line at a place, where the body is missing.
pub(super) async fn header_without_body<C: ConnectionTrait>(
    connection: &C,
    log: &NodeId,
    place: Position,
) -> Result<Option<String>, StorageError> {
    let row = entry::Entity::find_by_id((log.to_string(), signed(place.epoch), signed(place.seq)))
        .filter(entry::Column::Body.is_null())
        .one(connection)
        .await?;
    Ok(row.map(|row| row.header))
}

/// Puts a body that came later into its row.
pub(super) async fn set_body<C: ConnectionTrait>(
    connection: &C,
    log: &NodeId,
    place: Position,
    sealed: Vec<u8>,
) -> Result<(), StorageError> {
    entry::Entity::update_many()
        .col_expr(entry::Column::Body, Expr::value(sealed))
        .col_expr(entry::Column::BodyState, Expr::value(BodyState::Here.to_stored()))
        .filter(entry::Column::Log.eq(log.as_str()))
        .filter(entry::Column::Epoch.eq(signed(place.epoch)))
        .filter(entry::Column::Seq.eq(signed(place.seq)))
        .filter(entry::Column::Body.is_null())
        .exec(connection)
        .await?;
    Ok(())
}

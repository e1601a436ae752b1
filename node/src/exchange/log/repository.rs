//! Logs in the database.

use std::collections::BTreeMap;

use hotline_protocol::bytes::Hash;
use hotline_protocol::id::NodeId;
use hotline_protocol::log::{Cursor, Position, SignedCheckpoint};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};

use crate::report::{BodyState, DraftRow};
use crate::storage::entity::{draft, entry, log, run, want};
use crate::storage::{StorageError, insert_batches, key_lists};

pub(super) const INCONSISTENT: StorageError = StorageError::Inconsistent("log");

/// An entry that is to be stored.
pub struct EntryToStore {
    /// Its author.
    pub log: NodeId,
    /// Epoch.
    pub epoch: u64,
    /// Position.
    pub seq: u64,
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
    /// Of our own entries: the draft that it was.
    pub draft: Option<i64>,
}

/// A stored entry, to be verified.
pub(super) struct StoredEntry {
    pub(super) place: Position,
    pub(super) hash: Hash,
    pub(super) header: String,
    pub(super) body: Option<Vec<u8>>,
    pub(super) body_state: BodyState,
}

/// A stored entry on its way to a reader.
pub(super) struct EntryToSend {
    pub(super) seq: u64,
    pub(super) hash: Hash,
    pub(super) header: String,
    pub(super) body: Option<Vec<u8>>,
}

pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn unsigned(number: i64) -> Result<u64, StorageError> {
    u64::try_from(number).map_err(|_| INCONSISTENT)
}

fn cursor(epoch: i64, seq: i64, hash: &[u8]) -> Result<Cursor, StorageError> {
    Ok(Cursor { epoch: unsigned(epoch)?, seq: unsigned(seq)?, hash: Hash::from_slice(hash).ok_or(INCONSISTENT)? })
}

/// How far a log is here; [`Cursor::START`] where nothing is.
pub async fn head<C: ConnectionTrait>(connection: &C, log: &NodeId) -> Result<Cursor, StorageError> {
    match log::Entity::find_by_id(log.as_str()).one(connection).await? {
        Some(row) => cursor(row.epoch, row.seq, &row.hash),
        None => Ok(Cursor::START),
    }
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

pub(super) async fn set_head<C: ConnectionTrait>(
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

pub(super) async fn insert_entries<C: ConnectionTrait>(
    connection: &C,
    entries: Vec<EntryToStore>,
) -> Result<(), StorageError> {
    let rows = entries.into_iter().map(|entry| entry::ActiveModel {
        log: Set(entry.log.to_string()),
        epoch: Set(signed(entry.epoch)),
        seq: Set(signed(entry.seq)),
        hash: Set(entry.hash.as_bytes().to_vec()),
        report: Set(entry.report),
        header: Set(entry.header),
        body: Set(entry.body),
        body_state: Set(entry.body_state.to_stored()),
        draft: Set(entry.draft),
    });
    for rows in insert_batches(rows) {
        entry::Entity::insert_many(rows).exec_without_returning(connection).await?;
    }
    Ok(())
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

pub(super) async fn take_drafts<C: ConnectionTrait>(connection: &C, limit: u64) -> Result<Vec<DraftRow>, StorageError> {
    let rows = draft::Entity::find().order_by_asc(draft::Column::Id).limit(limit).all(connection).await?;
    Ok(rows
        .into_iter()
        .map(|row| DraftRow { number: row.id, report: row.report, tail: row.tail, body: row.body })
        .collect())
}

pub(super) async fn delete_drafts<C: ConnectionTrait>(connection: &C, up_to: i64) -> Result<u64, StorageError> {
    Ok(draft::Entity::delete_many().filter(draft::Column::Id.lte(up_to)).exec(connection).await?.rows_affected)
}

/// The newest draft's number; `None` where nothing waits to be sealed.
pub(super) async fn newest_draft<C: ConnectionTrait>(connection: &C) -> Result<Option<i64>, StorageError> {
    let newest: Option<i64> = draft::Entity::find()
        .select_only()
        .column(draft::Column::Id)
        .order_by_desc(draft::Column::Id)
        .into_tuple()
        .one(connection)
        .await?;
    Ok(newest)
}

/// How many drafts wait to be sealed, and how many bodies that this node is entitled to are not here yet.
pub async fn unfinished<C: ConnectionTrait>(connection: &C) -> Result<(u64, u64), StorageError> {
    let drafts = draft::Entity::find().count(connection).await?;
    let wants = want::Entity::find().count(connection).await?;
    Ok((drafts, wants))
}

/// The hashes of our own entries that these drafts became.
pub(super) async fn hashes_of_drafts<C: ConnectionTrait>(
    connection: &C,
    drafts: &[i64],
) -> Result<Vec<(i64, Hash)>, StorageError> {
    let mut found = Vec::new();
    for drafts in key_lists(drafts) {
        let rows: Vec<(i64, Vec<u8>)> = entry::Entity::find()
            .select_only()
            .columns([entry::Column::Draft, entry::Column::Hash])
            .filter(entry::Column::Draft.is_in(drafts))
            .into_tuple()
            .all(connection)
            .await?;
        for (draft, hash) in rows {
            found.push((draft, Hash::from_slice(&hash).ok_or(INCONSISTENT)?));
        }
    }
    Ok(found)
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

pub(super) async fn entries_between<C: ConnectionTrait>(
    connection: &C,
    log: &NodeId,
    epoch: u64,
    after: u64,
    last: u64,
) -> Result<Vec<EntryToSend>, StorageError> {
    type Row = (i64, Vec<u8>, String, Option<Vec<u8>>);
    let rows: Vec<Row> = entry::Entity::find()
        .select_only()
        .columns([entry::Column::Seq, entry::Column::Hash, entry::Column::Header, entry::Column::Body])
        .filter(entry::Column::Log.eq(log.as_str()))
        .filter(entry::Column::Epoch.eq(signed(epoch)))
        .filter(entry::Column::Seq.gt(signed(after)))
        .filter(entry::Column::Seq.lte(signed(last)))
        .order_by_asc(entry::Column::Seq)
        .into_tuple()
        .all(connection)
        .await?;
    rows.into_iter()
        .map(|(seq, hash, header, body)| {
            Ok(EntryToSend { seq: unsigned(seq)?, hash: Hash::from_slice(&hash).ok_or(INCONSISTENT)?, header, body })
        })
        .collect()
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

/// After one place of a log and up to another, whatever epochs lie between.
fn within<T: ColumnTrait>(epoch: T, seq: T, after: Position, last: Position) -> Condition {
    let later = Condition::any()
        .add(epoch.gt(signed(after.epoch)))
        .add(Condition::all().add(epoch.eq(signed(after.epoch))).add(seq.gt(signed(after.seq))));
    let earlier = Condition::any()
        .add(epoch.lt(signed(last.epoch)))
        .add(Condition::all().add(epoch.eq(signed(last.epoch))).add(seq.lte(signed(last.seq))));
    Condition::all().add(later).add(earlier)
}

/// One stored entry by its hash: header line, sealed body, report.
pub(super) async fn entry_by_hash<C: ConnectionTrait>(
    connection: &C,
    hash: &Hash,
) -> Result<Option<(String, Option<Vec<u8>>, Option<i64>)>, StorageError> {
    let row = entry::Entity::find().filter(entry::Column::Hash.eq(hash.as_bytes().to_vec())).one(connection).await?;
    Ok(row.map(|row| (row.header, row.body, row.report)))
}

/// Puts bodies that came later into their rows. Gives how many were missing.
pub(super) async fn set_body<C: ConnectionTrait>(
    connection: &C,
    hash: &Hash,
    sealed: Vec<u8>,
) -> Result<u64, StorageError> {
    let done = entry::Entity::update_many()
        .col_expr(entry::Column::Body, Expr::value(sealed))
        .col_expr(entry::Column::BodyState, Expr::value(BodyState::Here.to_stored()))
        .filter(entry::Column::Hash.eq(hash.as_bytes().to_vec()))
        .filter(entry::Column::Body.is_null())
        .exec(connection)
        .await?;
    Ok(done.rows_affected)
}

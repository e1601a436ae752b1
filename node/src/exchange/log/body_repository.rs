//! Bodies that are missing here, and bodies that an offer opens to others.

use hotline_protocol::bytes::Hash;
use hotline_protocol::id::NodeId;
use hotline_protocol::log::Position;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, Iterable as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};

use super::repository::{INCONSISTENT, signed, unsigned};
use crate::storage::entity::{opened, want};
use crate::storage::{StorageError, insert_batches, key_lists};

/// Bodies of `log` that this node is entitled to and lacks.
pub async fn wants<C: ConnectionTrait>(connection: &C, log: &NodeId, limit: u64) -> Result<Vec<Hash>, StorageError> {
    let rows: Vec<Vec<u8>> = want::Entity::find()
        .select_only()
        .column(want::Column::Hash)
        .filter(want::Column::Log.eq(log.as_str()))
        .order_by_asc(want::Column::Epoch)
        .order_by_asc(want::Column::Seq)
        .limit(limit)
        .into_tuple()
        .all(connection)
        .await?;
    rows.iter().map(|hash| Hash::from_slice(hash).ok_or(INCONSISTENT)).collect()
}

/// Notes bodies that are missing: log, place, hash.
pub async fn insert_wants<C: ConnectionTrait>(
    connection: &C,
    wanted: &[(NodeId, Position, Hash)],
    now: i64,
) -> Result<(), StorageError> {
    let rows = wanted.iter().map(|(log, place, hash)| want::ActiveModel {
        log: Set(log.to_string()),
        epoch: Set(signed(place.epoch)),
        seq: Set(signed(place.seq)),
        hash: Set(hash.as_bytes().to_vec()),
        since: Set(now),
    });
    for rows in insert_batches(rows) {
        want::Entity::insert_many(rows)
            .on_conflict(OnConflict::columns(want::PrimaryKey::iter()).do_nothing().to_owned())
            .exec_without_returning(connection)
            .await?;
    }
    Ok(())
}

/// Strikes bodies that arrived from the list of missing ones.
pub async fn clear_wants<C: ConnectionTrait>(connection: &C, hashes: &[Hash]) -> Result<(), StorageError> {
    for hashes in key_lists(hashes) {
        want::Entity::delete_many()
            .filter(want::Column::Hash.is_in(hashes.iter().map(|hash| hash.as_bytes().to_vec())))
            .exec(connection)
            .await?;
    }
    Ok(())
}

/// Strikes everything missing of a log whose author is gone.
pub async fn forget_wants<C: ConnectionTrait>(connection: &C, log: &NodeId) -> Result<(), StorageError> {
    want::Entity::delete_many().filter(want::Column::Log.eq(log.as_str())).exec(connection).await?;
    Ok(())
}

/// Opens bodies of our own log to readers beyond their own `to`.
pub async fn open_to_readers<C: ConnectionTrait>(
    connection: &C,
    readers: &[(NodeId, Position, NodeId)],
) -> Result<(), StorageError> {
    let rows = readers.iter().map(|(log, place, reader)| opened::ActiveModel {
        log: Set(log.to_string()),
        epoch: Set(signed(place.epoch)),
        seq: Set(signed(place.seq)),
        reader: Set(reader.to_string()),
    });
    for rows in insert_batches(rows) {
        opened::Entity::insert_many(rows)
            .on_conflict(OnConflict::columns(opened::PrimaryKey::iter()).do_nothing().to_owned())
            .exec_without_returning(connection)
            .await?;
    }
    Ok(())
}

/// Positions of a log, within a range, whose bodies an offer opened to `reader`.
pub(super) async fn opened_to<C: ConnectionTrait>(
    connection: &C,
    log: &NodeId,
    epoch: u64,
    after: u64,
    last: u64,
    reader: &NodeId,
) -> Result<Vec<u64>, StorageError> {
    let rows: Vec<i64> = opened::Entity::find()
        .select_only()
        .column(opened::Column::Seq)
        .filter(
            Condition::all()
                .add(opened::Column::Log.eq(log.as_str()))
                .add(opened::Column::Epoch.eq(signed(epoch)))
                .add(opened::Column::Seq.gt(signed(after)))
                .add(opened::Column::Seq.lte(signed(last)))
                .add(opened::Column::Reader.eq(reader.as_str())),
        )
        .into_tuple()
        .all(connection)
        .await?;
    rows.into_iter().map(unsigned).collect()
}

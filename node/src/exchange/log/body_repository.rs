//! Bodies that are missing here, and bodies that an offer opens to others.

use hotline_protocol::bytes::Hash;
use hotline_protocol::id::NodeId;
use hotline_protocol::log::Position;
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::repository::{INCONSISTENT, unsigned};
use crate::report::signed;
use crate::storage::batch::{Columns, Known};
use crate::storage::entity::log::{opened, want};
use crate::storage::{DatabaseTransaction, StorageError, Value};

const WANT: Columns = Columns { table: "want", names: &["log", "epoch", "seq", "hash", "since"] };
const OPENED: Columns = Columns { table: "opened", names: &["log", "epoch", "seq", "reader"] };

/// Bodies of `log` that this node is entitled to and lacks: where, and the entry's hash.
pub async fn wants<C: ConnectionTrait>(
    connection: &C,
    log: &NodeId,
    limit: u64,
) -> Result<Vec<(Position, Hash)>, StorageError> {
    let rows: Vec<(i64, i64, Vec<u8>)> = want::Entity::find()
        .select_only()
        .columns([want::Column::Epoch, want::Column::Seq, want::Column::Hash])
        .filter(want::Column::Log.eq(log.as_str()))
        .order_by_asc(want::Column::Epoch)
        .order_by_asc(want::Column::Seq)
        .limit(limit)
        .into_tuple()
        .all(connection)
        .await?;
    rows.iter()
        .map(|(epoch, seq, hash)| {
            let place = Position { epoch: unsigned(*epoch)?, seq: unsigned(*seq)? };
            Ok((place, Hash::from_slice(hash).ok_or(INCONSISTENT)?))
        })
        .collect()
}

/// The hashes of the entries without their body, from one place of a log to another, of one epoch.
pub(super) async fn wants_between<C: ConnectionTrait>(
    connection: &C,
    log: &NodeId,
    (first, last): (Position, Position),
) -> Result<Vec<Hash>, StorageError> {
    let rows: Vec<Vec<u8>> = want::Entity::find()
        .select_only()
        .column(want::Column::Hash)
        .filter(want::Column::Log.eq(log.as_str()))
        .filter(want::Column::Epoch.eq(signed(first.epoch)))
        .filter(want::Column::Seq.between(signed(first.seq), signed(last.seq)))
        .into_tuple()
        .all(connection)
        .await?;
    rows.iter().map(|hash| Hash::from_slice(hash).ok_or(INCONSISTENT)).collect()
}

/// Notes bodies that are missing: log, place, hash.
pub async fn insert_wants(
    write: &DatabaseTransaction,
    wanted: &[(NodeId, Position, Hash)],
    now: i64,
) -> Result<(), StorageError> {
    let values = wanted.iter().flat_map(|(log, place, hash)| {
        let hash = hash.as_bytes().to_vec();
        [log.as_str().into(), signed(place.epoch).into(), signed(place.seq).into(), hash.into(), now.into()]
    });
    WANT.insert(write, Known::Left, values.collect()).await
}

/// Strikes a body that arrived from the list of missing ones.
pub(super) async fn clear_want<C: ConnectionTrait>(
    connection: &C,
    log: &NodeId,
    place: Position,
) -> Result<(), StorageError> {
    want::Entity::delete_by_id((log.to_string(), signed(place.epoch), signed(place.seq))).exec(connection).await?;
    Ok(())
}

/// Drops all missing bodies of a log with a gone author from the wants.
pub async fn forget_wants<C: ConnectionTrait>(connection: &C, log: &NodeId) -> Result<(), StorageError> {
    want::Entity::delete_many().filter(want::Column::Log.eq(log.as_str())).exec(connection).await?;
    Ok(())
}

/// Opens bodies of our own log to readers beyond their own `to`.
pub async fn open_to_readers(
    write: &DatabaseTransaction,
    readers: &[(NodeId, Position, NodeId)],
) -> Result<(), StorageError> {
    let values = readers.iter().flat_map(|(log, place, reader)| {
        [log.as_str().into(), signed(place.epoch).into(), signed(place.seq).into(), Value::from(reader.as_str())]
    });
    OPENED.insert(write, Known::Left, values.collect()).await
}

/// Takes back the access that offers opened at some places of our own log: the entitled readers are found anew.
pub(super) async fn close_to_readers(
    write: &DatabaseTransaction,
    own: &NodeId,
    places: &[Position],
) -> Result<(), StorageError> {
    for place in places {
        let at_place = Condition::all()
            .add(opened::Column::Log.eq(own.as_str()))
            .add(opened::Column::Epoch.eq(signed(place.epoch)))
            .add(opened::Column::Seq.eq(signed(place.seq)));
        opened::Entity::delete_many().filter(at_place).exec(write).await?;
    }
    Ok(())
}

/// Positions of a log, within a range, with a body that an offer opened to `reader`.
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

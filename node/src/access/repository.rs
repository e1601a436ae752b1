//! Acts in the database.

use hotline_protocol::bytes::Hash;
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::act::{RecordedAct, SERIES};
use crate::storage::entity::person::audit;
use crate::storage::entity::report::counter;
use crate::storage::{StorageError, Write};

fn of_act(row: audit::Model) -> Result<RecordedAct, StorageError> {
    let hash = Hash::from_slice(&row.hash).ok_or(StorageError::Inconsistent("audit"))?;
    let audit::Model { id, at, who, act, what, origin, .. } = row;
    Ok(RecordedAct { id, at, who, act, what, origin, hash })
}

pub(super) async fn insert_act(write: &Write<'_>, act: RecordedAct) -> Result<(), StorageError> {
    let row = audit::ActiveModel {
        id: Set(act.id),
        at: Set(act.at),
        who: Set(act.who),
        act: Set(act.act),
        what: Set(act.what),
        origin: Set(act.origin),
        hash: Set(act.hash.as_bytes().to_vec()),
    };
    audit::Entity::insert(row).exec_without_returning(&**write).await?;
    Ok(())
}

pub(super) async fn newest_act(write: &Write<'_>) -> Result<Option<RecordedAct>, StorageError> {
    Ok(newest_acts(&**write, i64::MAX, 1).await?.pop())
}

pub(super) async fn newest_acts<C: ConnectionTrait>(
    connection: &C,
    before: i64,
    limit: u64,
) -> Result<Vec<RecordedAct>, StorageError> {
    let earlier = audit::Entity::find().filter(audit::Column::Id.lt(before));
    let rows = earlier.order_by_desc(audit::Column::Id).limit(limit).all(connection).await?;
    rows.into_iter().map(of_act).collect()
}

pub(super) async fn acts_after<C: ConnectionTrait>(
    connection: &C,
    after: i64,
    limit: u64,
) -> Result<Vec<RecordedAct>, StorageError> {
    let later = audit::Entity::find().filter(audit::Column::Id.gt(after));
    let rows = later.order_by_asc(audit::Column::Id).limit(limit).all(connection).await?;
    rows.into_iter().map(of_act).collect()
}

/// The last number that was given to an act.
pub(super) async fn acts_taken<C: ConnectionTrait>(connection: &C) -> Result<i64, StorageError> {
    Ok(counter::Entity::find_by_id(SERIES.to_owned()).one(connection).await?.map_or(0, |row| row.taken))
}

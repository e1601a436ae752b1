//! What was taken of each log in a day, in the database.

use hotline_protocol::id::NodeId;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait as _};

use super::day_budget::DayTaken;
use super::repository::unsigned;
use crate::report::signed;
use crate::storage::entity::day_taken;
use crate::storage::{StorageError, Write};

/// What was taken of a log on the last day on which anything was.
pub(super) async fn taken_of<C: ConnectionTrait>(connection: &C, log: &NodeId) -> Result<DayTaken, StorageError> {
    let row = day_taken::Entity::find_by_id(log.as_str()).one(connection).await?;
    row.as_ref().map_or_else(|| Ok(DayTaken::default()), of_row)
}

/// What was taken of each log on the last day on which anything of it was, by author.
pub async fn taken_of_all<C: ConnectionTrait>(connection: &C) -> Result<Vec<(NodeId, DayTaken)>, StorageError> {
    let rows = day_taken::Entity::find().all(connection).await?;
    let author = |row: &day_taken::Model| row.log.parse().map_err(|_| StorageError::Inconsistent("day_taken"));
    rows.iter().map(|row| Ok((author(row)?, of_row(row)?))).collect()
}

fn of_row(row: &day_taken::Model) -> Result<DayTaken, StorageError> {
    Ok(DayTaken {
        day: row.day,
        entries: unsigned(row.entries)?,
        bytes: unsigned(row.bytes)?,
        epochs: unsigned(row.epochs)?,
    })
}

/// Keeps it.
pub(super) async fn keep_taken(write: &Write<'_>, log: &NodeId, taken: DayTaken) -> Result<(), StorageError> {
    use day_taken::Column::{Bytes, Day, Entries, Epochs, Log};
    let row = day_taken::ActiveModel {
        log: Set(log.to_string()),
        day: Set(taken.day),
        entries: Set(signed(taken.entries)),
        bytes: Set(signed(taken.bytes)),
        epochs: Set(signed(taken.epochs)),
    };
    day_taken::Entity::insert(row)
        .on_conflict(OnConflict::column(Log).update_columns([Day, Entries, Bytes, Epochs]).to_owned())
        .exec_without_returning(&**write)
        .await?;
    Ok(())
}

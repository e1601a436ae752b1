//! The amounts taken of each log in a day, and the grant beside, in the database.

use hotline_protocol::id::NodeId;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, EntityTrait as _};

use super::grant::DayGrant;
use super::taken::{DayTaken, LogDay};
use crate::exchange::log::repository::unsigned;
use crate::report::signed;
use crate::storage::entity::log::day_taken;
use crate::storage::{StorageError, Write};

/// The amounts taken of a log on the last day with any, and the grant.
pub(super) async fn day_of<C: ConnectionTrait>(connection: &C, log: &NodeId) -> Result<LogDay, StorageError> {
    let row = day_taken::Entity::find_by_id(log.as_str()).one(connection).await?;
    row.as_ref().map_or_else(|| Ok(LogDay::default()), of_row)
}

/// The amounts taken of each log on its last day with any, and the grant, by author.
pub async fn days_of_all<C: ConnectionTrait>(connection: &C) -> Result<Vec<(NodeId, LogDay)>, StorageError> {
    let rows = day_taken::Entity::find().all(connection).await?;
    let author = |row: &day_taken::Model| row.log.parse().map_err(|_| StorageError::Inconsistent("day_taken"));
    rows.iter().map(|row| Ok((author(row)?, of_row(row)?))).collect()
}

fn of_row(row: &day_taken::Model) -> Result<LogDay, StorageError> {
    let taken = DayTaken {
        day: row.day,
        entries: unsigned(row.entries)?,
        bytes: unsigned(row.bytes)?,
        epochs: unsigned(row.epochs)?,
    };
    let grant = DayGrant {
        until: row.granted_until,
        entries: unsigned(row.granted_entries)?,
        bytes: unsigned(row.granted_bytes)?,
        epochs: unsigned(row.granted_epochs)?,
    };
    Ok(LogDay { taken, grant })
}

/// Keeps it.
pub(super) async fn keep_day(write: &Write<'_>, log: &NodeId, day: LogDay) -> Result<(), StorageError> {
    use day_taken::Column::{
        Bytes, Day, Entries, Epochs, GrantedBytes, GrantedEntries, GrantedEpochs, GrantedUntil, Log,
    };
    let LogDay { taken, grant } = day;
    let row = day_taken::ActiveModel {
        log: Set(log.to_string()),
        day: Set(taken.day),
        entries: Set(signed(taken.entries)),
        bytes: Set(signed(taken.bytes)),
        epochs: Set(signed(taken.epochs)),
        granted_until: Set(grant.until),
        granted_entries: Set(signed(grant.entries)),
        granted_bytes: Set(signed(grant.bytes)),
        granted_epochs: Set(signed(grant.epochs)),
    };
    let columns = [Day, Entries, Bytes, Epochs, GrantedUntil, GrantedEntries, GrantedBytes, GrantedEpochs];
    day_taken::Entity::insert(row)
        .on_conflict(OnConflict::column(Log).update_columns(columns).to_owned())
        .exec_without_returning(&**write)
        .await?;
    Ok(())
}

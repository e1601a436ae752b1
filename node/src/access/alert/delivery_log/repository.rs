//! The recipients of each alert, in the database.

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};

use super::{Channel, Telling};
use crate::access::alert::Note;
use crate::storage::entity::person::alert_telling as row;
use crate::storage::{StorageError, Write};

/// All on one channel.
pub(super) async fn tellings<C: ConnectionTrait>(
    connection: &C,
    channel: Channel,
) -> Result<Vec<Telling>, StorageError> {
    let rows = row::Entity::find().filter(row::Column::Channel.eq(channel.name())).all(connection).await?;
    rows.into_iter().map(of_row).collect()
}

fn of_row(row: row::Model) -> Result<Telling, StorageError> {
    let row::Model { alert, recipient, tried_at, failures, told_at, end_told_at, .. } = row;
    let failures = u32::try_from(failures).map_err(|_| StorageError::Inconsistent("alert_telling"))?;
    Ok(Telling { alert, recipient, tried_at, failures, told_at, end_told_at })
}

/// Writes a try over those before.
pub(super) async fn write_note(write: &Write<'_>, note: &Note) -> Result<(), StorageError> {
    let key = (note.alert, note.channel.name().to_owned(), note.recipient.clone());
    let before = row::Entity::find_by_id(key).one(&**write).await?.map(of_row).transpose()?;
    let telling = Telling::after(before, note);
    let found = row::ActiveModel {
        alert: Set(telling.alert),
        channel: Set(note.channel.name().to_owned()),
        recipient: Set(telling.recipient),
        tried_at: Set(telling.tried_at),
        failures: Set(i32::try_from(telling.failures).unwrap_or(i32::MAX)),
        told_at: Set(telling.told_at),
        end_told_at: Set(telling.end_told_at),
    };
    let changing = [row::Column::TriedAt, row::Column::Failures, row::Column::ToldAt, row::Column::EndToldAt];
    row::Entity::insert(found)
        .on_conflict(
            OnConflict::columns([row::Column::Alert, row::Column::Channel, row::Column::Recipient])
                .update_columns(changing)
                .to_owned(),
        )
        .exec_without_returning(&**write)
        .await?;
    Ok(())
}

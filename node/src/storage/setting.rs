//! Single values that one process leaves for another.

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, EntityTrait as _};

use super::database::Database;
use super::entity::report::setting;
use super::error::StorageError;
use super::writing::Write;

/// Leaves a value under a name.
pub async fn leave_setting(write: &Write<'_>, name: &str, value: &str) -> Result<(), StorageError> {
    let row = setting::ActiveModel { name: Set(name.to_owned()), value: Set(value.to_owned()) };
    setting::Entity::insert(row)
        .on_conflict(OnConflict::column(setting::Column::Name).update_column(setting::Column::Value).to_owned())
        .exec_without_returning(&**write)
        .await?;
    Ok(())
}

/// Reads a value and leaves it there.
pub async fn read_setting<C: ConnectionTrait>(connection: &C, name: &str) -> Result<Option<String>, StorageError> {
    Ok(setting::Entity::find_by_id(name).one(connection).await?.map(|row| row.value))
}

/// Takes a value away, if one was left.
pub async fn take_setting(database: &Database, name: &str) -> Result<Option<String>, StorageError> {
    let Some(row) = setting::Entity::find_by_id(name).one(database.read()).await? else { return Ok(None) };
    let write = database.write("take_setting").await?;
    setting::Entity::delete_by_id(name).exec(&*write).await?;
    write.commit().await?;
    Ok(Some(row.value))
}

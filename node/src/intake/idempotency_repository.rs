//! Answers that are given again, in the database.

use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};

use crate::storage::entity::report::given_answer::{ActiveModel, Column, Entity, Model};
use crate::storage::{StorageError, Write};

/// The answer that was given under a key after that time (microseconds since 1970): the request's digest, and the sealed
/// answer.
pub(super) async fn given_since<C: ConnectionTrait>(
    connection: &C,
    key: &[u8; 32],
    since: i64,
) -> Result<Option<(Vec<u8>, Vec<u8>)>, StorageError> {
    let found = Entity::find_by_id(key.to_vec()).filter(Column::GivenAt.gt(since)).one(connection).await?;
    Ok(found.map(|Model { request, answer, .. }| (request, answer)))
}

/// Whether there is an answer that was given at that time or earlier.
pub(super) async fn any_until<C: ConnectionTrait>(connection: &C, until: i64) -> Result<bool, StorageError> {
    Ok(Entity::find().filter(Column::GivenAt.lte(until)).one(connection).await?.is_some())
}

/// Removes the answers that were given at that time or earlier.
pub(super) async fn remove_until(write: &Write<'_>, until: i64) -> Result<(), StorageError> {
    Entity::delete_many().filter(Column::GivenAt.lte(until)).exec(&**write).await?;
    Ok(())
}

/// Keeps an answer.
pub(super) async fn keep(
    write: &Write<'_>,
    (key, request): (&[u8; 32], &[u8; 32]),
    answer: Vec<u8>,
    given_at: i64,
) -> Result<(), StorageError> {
    let row = ActiveModel {
        key: Set(key.to_vec()),
        request: Set(request.to_vec()),
        answer: Set(answer),
        given_at: Set(given_at),
    };
    Entity::insert(row).exec_without_returning(&**write).await?;
    Ok(())
}

//! The keys under which logs are verified.

use hotline_protocol::id::NodeId;
use hotline_protocol::log::{BoundKey, KeyHistory, Position};
use hotline_protocol::signature::PublicKey;
use sea_orm::ConnectionTrait;

use super::repository;
use crate::storage::{StorageError, Write};

/// The signing keys of a log, from our own store.
pub async fn load_keys<C: ConnectionTrait>(connection: &C, log: &NodeId) -> Result<KeyHistory, StorageError> {
    repository::keys_of(connection, log).await
}

/// Binds this node's first signing key to its whole log.
pub async fn bind_own_key(write: &Write<'_>, own: &NodeId, key: PublicKey) -> Result<(), StorageError> {
    bind_keys(write, own, &[BoundKey { key, from: Position { epoch: 1, seq: 1 }, to: None, revoked: false }]).await
}

/// Binds keys to a log, as its author's card says.
pub async fn bind_keys(write: &Write<'_>, log: &NodeId, keys: &[BoundKey]) -> Result<(), StorageError> {
    for bound in keys {
        repository::insert_key(&**write, log, bound).await?;
    }
    Ok(())
}

//! Keys of URL digests, sealed: one list for each node, this one's own among them.

use hotline_protocol::id::NodeId;
use hotline_protocol::url::DigestKey;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use zeroize::Zeroizing;

use super::entity::peer::digest_key;
use super::{StorageError, Write};
use crate::secret::{SealKey, SecretError};

/// A node's newest digest key as it is stored; opened with [`SealedDigestKey::open`].
#[derive(Debug)]
pub struct SealedDigestKey {
    node: NodeId,
    sealed: Vec<u8>,
}

impl SealedDigestKey {
    /// Opens it.
    pub fn open(&self, seal: &SealKey) -> Result<DigestKey, SecretError> {
        let plain = seal.open(&place(&self.node), &self.sealed)?;
        let bytes: Zeroizing<[u8; 32]> =
            Zeroizing::new(plain.as_slice().try_into().map_err(|_| SecretError::NotOpened)?);
        Ok(DigestKey::from_bytes(*bytes))
    }
}

/// Returns the associated data for sealing a node's keys.
fn place(node: &NodeId) -> Vec<u8> {
    format!("digest-key/{node}").into_bytes()
}

/// Keeps a new key of `node`'s log. `since` in microseconds since 1970.
pub async fn insert_digest_key(
    write: &Write<'_>,
    seal: &SealKey,
    node: &NodeId,
    key: &DigestKey,
    since: i64,
) -> Result<(), StorageError> {
    let id = data_encoding::HEXLOWER
        .decode(key.id().to_string().as_bytes())
        .map_err(|_| StorageError::Inconsistent("digest_key"))?;
    let row = digest_key::ActiveModel {
        node: Set(node.as_str().to_owned()),
        key_id: Set(id),
        sealed: Set(seal.seal(&place(node), key.secret_bytes())),
        since: Set(since),
    };
    digest_key::Entity::insert(row).exec_without_returning(&**write).await?;
    Ok(())
}

/// The newest key of `node`'s log.
pub async fn newest_digest_key<C: ConnectionTrait>(
    connection: &C,
    node: &NodeId,
) -> Result<Option<SealedDigestKey>, StorageError> {
    let row = digest_key::Entity::find()
        .filter(digest_key::Column::Node.eq(node.as_str()))
        .order_by_desc(digest_key::Column::Since)
        .one(connection)
        .await?;
    Ok(row.map(|row| SealedDigestKey { node: node.clone(), sealed: row.sealed }))
}

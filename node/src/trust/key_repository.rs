//! Signing keys in the database: those of every log, our own included, each with the range that it may sign.

use hotline_protocol::id::NodeId;
use hotline_protocol::log::{BoundKey, KeyHistory, Position};
use hotline_protocol::signature::PublicKey;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};

use crate::storage::StorageError;
use crate::storage::entity::peer_key;

const INCONSISTENT: StorageError = StorageError::Inconsistent("peer_key");

fn to_stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn of_stored(number: i64) -> Result<u64, StorageError> {
    u64::try_from(number).map_err(|_| INCONSISTENT)
}

/// The signing keys of a log, with the range that each may sign.
pub async fn load_keys<C: ConnectionTrait>(connection: &C, log: &NodeId) -> Result<KeyHistory, StorageError> {
    let rows = peer_key::Entity::find().filter(peer_key::Column::Node.eq(log.as_str())).all(connection).await?;
    let keys = rows
        .into_iter()
        .map(|row| {
            let bytes: [u8; 32] = row.public_key.as_slice().try_into().map_err(|_| INCONSISTENT)?;
            let to = match (row.to_epoch, row.to_seq) {
                (Some(epoch), Some(seq)) => Some(Position { epoch: of_stored(epoch)?, seq: of_stored(seq)? }),
                _ => None,
            };
            Ok(BoundKey {
                key: PublicKey::from_bytes(bytes),
                from: Position { epoch: of_stored(row.from_epoch)?, seq: of_stored(row.from_seq)? },
                to,
                revoked: row.revoked,
            })
        })
        .collect::<Result<Vec<_>, StorageError>>()?;
    Ok(KeyHistory::new(keys))
}

/// Binds a key to the range of a log that it may sign; of a key that is bound already, the end and revocation.
pub async fn save_key<C: ConnectionTrait>(connection: &C, node: &NodeId, bound: &BoundKey) -> Result<(), StorageError> {
    let row = peer_key::ActiveModel {
        node: Set(node.to_string()),
        kid: Set(bound.key.kid().as_bytes().to_vec()),
        public_key: Set(bound.key.as_bytes().to_vec()),
        from_epoch: Set(to_stored(bound.from.epoch)),
        from_seq: Set(to_stored(bound.from.seq)),
        to_epoch: Set(bound.to.map(|to| to_stored(to.epoch))),
        to_seq: Set(bound.to.map(|to| to_stored(to.seq))),
        revoked: Set(bound.revoked),
    };
    peer_key::Entity::insert(row)
        .on_conflict(
            OnConflict::columns([peer_key::Column::Node, peer_key::Column::Kid])
                .update_columns([peer_key::Column::ToEpoch, peer_key::Column::ToSeq, peer_key::Column::Revoked])
                .to_owned(),
        )
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

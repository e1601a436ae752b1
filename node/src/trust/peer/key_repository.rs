//! Signing keys in the database: those of every log, our own included, each with the range that it may sign.

use hotline_protocol::bytes::Hash;
use hotline_protocol::id::NodeId;
use hotline_protocol::log::{BoundKey, Cursor, KeyHistory, Position};
use hotline_protocol::signature::PublicKey;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::{Expr, Func, OnConflict};
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};

use crate::storage::StorageError;
use crate::storage::entity::log::{entry, epoch, own_log as log};
use crate::storage::entity::peer::peer_certificate;
use crate::storage::entity::peer::peer_key::{ActiveModel, Column, Entity, Model};

const INCONSISTENT: StorageError = StorageError::Inconsistent("peer_key");

/// A signing key that its log announced and has not switched to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnnouncedKey {
    /// The key.
    pub key: PublicKey,
    /// The announcement's place.
    pub announced: Position,
}

/// A position as two columns.
pub(super) fn to_columns(position: Option<Position>) -> (Option<i64>, Option<i64>) {
    let stored = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    (position.map(|position| stored(position.epoch)), position.map(|position| stored(position.seq)))
}

/// A position from its two columns.
pub(super) fn of_columns(epoch: Option<i64>, seq: Option<i64>) -> Result<Option<Position>, StorageError> {
    let number = |stored: i64| u64::try_from(stored).map_err(|_| INCONSISTENT);
    epoch.zip(seq).map(|(epoch, seq)| Ok(Position { epoch: number(epoch)?, seq: number(seq)? })).transpose()
}

fn key_of(row: &Model) -> Result<PublicKey, StorageError> {
    let bytes = row.public_key.as_slice().try_into().map_err(|_| INCONSISTENT)?;
    Ok(PublicKey::from_bytes(bytes))
}

async fn rows<C: ConnectionTrait>(connection: &C, log: &NodeId) -> Result<Vec<Model>, StorageError> {
    Ok(Entity::find().filter(Column::Node.eq(log.as_str())).all(connection).await?)
}

/// The signing keys of a log, with the range that each may sign. Keys that are only announced sign nothing.
pub async fn load_keys<C: ConnectionTrait>(connection: &C, log: &NodeId) -> Result<KeyHistory, StorageError> {
    let mut keys = Vec::new();
    for row in rows(connection, log).await? {
        let Some(from) = of_columns(row.from_epoch, row.from_seq)? else { continue };
        let to = of_columns(row.to_epoch, row.to_seq)?;
        keys.push(BoundKey { key: key_of(&row)?, from, to, revoked: row.revoked });
    }
    keys.sort_by_key(|bound| bound.from);
    Ok(KeyHistory::new(keys))
}

/// The keys that a log announced and has not switched to.
pub async fn announced_keys<C: ConnectionTrait>(
    connection: &C,
    log: &NodeId,
) -> Result<Vec<AnnouncedKey>, StorageError> {
    let mut announced = Vec::new();
    for row in rows(connection, log).await?.iter().filter(|row| row.from_epoch.is_none() && !row.revoked) {
        if let Some(place) = of_columns(row.announced_epoch, row.announced_seq)? {
            announced.push(AnnouncedKey { key: key_of(row)?, announced: place });
        }
    }
    Ok(announced)
}

/// The keys that a log announced and took back.
pub async fn withdrawn_keys<C: ConnectionTrait>(connection: &C, log: &NodeId) -> Result<Vec<PublicKey>, StorageError> {
    let rows = rows(connection, log).await?;
    rows.iter().filter(|row| row.from_epoch.is_none() && row.revoked).map(key_of).collect()
}

/// How many keys are known of a log: announced, bound or revoked.
pub(super) async fn kept_keys<C: ConnectionTrait>(connection: &C, log: &NodeId) -> Result<u64, StorageError> {
    Ok(Entity::find().filter(Column::Node.eq(log.as_str())).count(connection).await?)
}

/// Whether a key is known of a log, announced, bound or revoked.
pub(super) async fn is_known<C: ConnectionTrait>(
    connection: &C,
    log: &NodeId,
    key: &PublicKey,
) -> Result<bool, StorageError> {
    let row = Entity::find_by_id((log.to_string(), key.kid().as_bytes().to_vec())).one(connection).await?;
    Ok(row.is_some())
}

/// Binds a key to the range of a log that it may sign; of a key that is bound already, the end and revocation.
pub async fn save_key<C: ConnectionTrait>(connection: &C, node: &NodeId, bound: &BoundKey) -> Result<(), StorageError> {
    write(connection, node, &bound.key, Some(bound.from), bound.to, bound.revoked, None).await
}

/// Ends every key of a log with the entry at `last`: one that signs from later on, and one that was only announced, are
/// revoked.
pub async fn end_keys<C: ConnectionTrait>(connection: &C, node: &NodeId, last: Position) -> Result<(), StorageError> {
    for bound in load_keys(connection, node).await?.keys().iter().filter(|bound| !bound.revoked) {
        let ended = if bound.from > last || last.seq == 0 {
            BoundKey { revoked: true, ..bound.clone() }
        } else {
            BoundKey { to: Some(bound.to.map_or(last, |to| to.min(last))), ..bound.clone() }
        };
        save_key(connection, node, &ended).await?;
    }
    for announced in announced_keys(connection, node).await? {
        revoke_announced(connection, node, &announced.key).await?;
    }
    Ok(())
}

/// Notes the entry that a card gives as the end of a key.
pub(super) async fn note_end<C: ConnectionTrait>(
    connection: &C,
    node: &NodeId,
    key: &PublicKey,
    hash: &Hash,
) -> Result<(), StorageError> {
    Entity::update_many()
        .col_expr(Column::ToHash, Expr::value(hash.as_bytes().to_vec()))
        .filter(Column::Node.eq(node.as_str()))
        .filter(Column::Kid.eq(key.kid().as_bytes().to_vec()))
        .exec(connection)
        .await?;
    Ok(())
}

/// Returns the entries that a log's card gives as the ends of keys.
pub async fn ends_on_cards<C: ConnectionTrait>(connection: &C, log: &NodeId) -> Result<Vec<Cursor>, StorageError> {
    let mut ends = Vec::new();
    for row in rows(connection, log).await? {
        let hash = row.to_hash.as_deref().and_then(Hash::from_slice);
        if let (Some(last), Some(hash)) = (of_columns(row.to_epoch, row.to_seq)?, hash) {
            ends.push(Cursor { epoch: last.epoch, seq: last.seq, hash });
        }
    }
    Ok(ends)
}

/// An announcement of our own stands at another place now: it was said again there.
pub async fn move_announcement<C: ConnectionTrait>(
    connection: &C,
    own: &NodeId,
    was: Position,
    now: Position,
) -> Result<(), StorageError> {
    let ((was_epoch, was_seq), (epoch, seq)) = (to_columns(Some(was)), to_columns(Some(now)));
    Entity::update_many()
        .col_expr(Column::AnnouncedEpoch, Expr::value(epoch))
        .col_expr(Column::AnnouncedSeq, Expr::value(seq))
        .filter(Column::Node.eq(own.as_str()))
        .filter(Column::AnnouncedEpoch.eq(was_epoch))
        .filter(Column::AnnouncedSeq.eq(was_seq))
        .exec(connection)
        .await?;
    peer_certificate::Entity::update_many()
        .col_expr(peer_certificate::Column::AnnouncedEpoch, Expr::value(epoch))
        .col_expr(peer_certificate::Column::AnnouncedSeq, Expr::value(seq))
        .filter(peer_certificate::Column::Node.eq(own.as_str()))
        .filter(peer_certificate::Column::AnnouncedEpoch.eq(was_epoch))
        .filter(peer_certificate::Column::AnnouncedSeq.eq(was_seq))
        .exec(connection)
        .await?;
    Ok(())
}

/// Whether a later epoch of a log has left this place behind.
pub(super) async fn is_left_behind<C: ConnectionTrait>(
    connection: &C,
    log: &NodeId,
    place: Position,
) -> Result<bool, StorageError> {
    let later = epoch::Entity::find().filter(epoch::Column::Log.eq(log.as_str())).all(connection).await?;
    let mut left = false;
    for row in later {
        let opened = of_columns(Some(row.epoch), Some(0))?.is_some_and(|opened| opened.epoch > place.epoch);
        left |= opened && of_columns(Some(row.from_epoch), Some(row.from_seq))?.is_some_and(|from| from < place);
    }
    Ok(left)
}

/// Keeps a key that its log announced at a place.
pub(super) async fn save_announced<C: ConnectionTrait>(
    connection: &C,
    node: &NodeId,
    announced: &AnnouncedKey,
) -> Result<(), StorageError> {
    write(connection, node, &announced.key, None, None, false, Some(announced.announced)).await
}

/// Revokes a key that was announced.
pub(super) async fn revoke_announced<C: ConnectionTrait>(
    connection: &C,
    node: &NodeId,
    key: &PublicKey,
) -> Result<(), StorageError> {
    write(connection, node, key, None, None, true, None).await
}

async fn write<C: ConnectionTrait>(
    connection: &C,
    node: &NodeId,
    key: &PublicKey,
    from: Option<Position>,
    to: Option<Position>,
    revoked: bool,
    announced: Option<Position>,
) -> Result<(), StorageError> {
    let (from_epoch, from_seq) = to_columns(from);
    let (to_epoch, to_seq) = to_columns(to);
    let (announced_epoch, announced_seq) = to_columns(announced);
    let row = ActiveModel {
        node: Set(node.to_string()),
        kid: Set(key.kid().as_bytes().to_vec()),
        public_key: Set(key.as_bytes().to_vec()),
        from_epoch: Set(from_epoch),
        from_seq: Set(from_seq),
        to_epoch: Set(to_epoch),
        to_seq: Set(to_seq),
        to_hash: NotSet,
        revoked: Set(revoked),
        announced_epoch: announced.map_or(NotSet, |_| Set(announced_epoch)),
        announced_seq: announced.map_or(NotSet, |_| Set(announced_seq)),
    };
    // The beginning of a key's signatures stays; only a key that was announced gets a beginning later.
    let kept = |column: Column, given: Option<i64>| Func::coalesce([Expr::col((Entity, column)), Expr::val(given)]);
    Entity::insert(row)
        .on_conflict(
            OnConflict::columns([Column::Node, Column::Kid])
                .update_columns([Column::ToEpoch, Column::ToSeq, Column::Revoked])
                .value(Column::FromEpoch, kept(Column::FromEpoch, from_epoch))
                .value(Column::FromSeq, kept(Column::FromSeq, from_seq))
                .to_owned(),
        )
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

/// How far a log is here, where it is kept.
pub(super) async fn log_end<C: ConnectionTrait>(
    connection: &C,
    node: &NodeId,
) -> Result<Option<Position>, StorageError> {
    let row = log::Entity::find_by_id(node.as_str()).one(connection).await?;
    row.map(|row| of_columns(Some(row.epoch), Some(row.seq))).transpose().map(Option::flatten)
}

/// The hash of the entry at a place of a log; `None` where it is not here.
pub(super) async fn find_entry<C: ConnectionTrait>(
    connection: &C,
    log: &NodeId,
    place: Position,
) -> Result<Option<Hash>, StorageError> {
    let (epoch, seq) = to_columns(Some(place));
    let key = (log.to_string(), epoch.unwrap_or_default(), seq.unwrap_or_default());
    let row = entry::Entity::find_by_id(key).one(connection).await?;
    row.map(|row| Hash::from_slice(&row.hash).ok_or(INCONSISTENT)).transpose()
}

/// The entry that stands at a place of a log, where a key's range ends.
pub(super) async fn entry_at<C: ConnectionTrait>(
    connection: &C,
    log: &NodeId,
    place: Position,
) -> Result<Cursor, StorageError> {
    let hash = find_entry(connection, log, place).await?.ok_or(INCONSISTENT)?;
    Ok(Cursor { epoch: place.epoch, seq: place.seq, hash })
}

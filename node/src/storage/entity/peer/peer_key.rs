//! Signing keys of every log, our own included, with the range that each may sign.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "peer_key")]
pub struct Model {
    /// Log.
    #[sea_orm(primary_key, auto_increment = false)]
    pub node: String,
    /// SHA-256 of the key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kid: Vec<u8>,
    /// 32 bytes.
    pub public_key: Vec<u8>,
    /// First position: epoch; empty while the key is announced and not switched to.
    pub from_epoch: Option<i64>,
    /// Sequence number.
    pub from_seq: Option<i64>,
    /// Last position: epoch,
    pub to_epoch: Option<i64>,
    /// sequence number.
    pub to_seq: Option<i64>,
    /// The hash of the entry there, where a card says it.
    pub to_hash: Option<Vec<u8>>,
    /// Verifies nothing any more.
    pub revoked: bool,
    /// Where its log announced it: epoch; empty where a card brought it,
    pub announced_epoch: Option<i64>,
    /// sequence number.
    pub announced_seq: Option<i64>,
}

/// No relations are declared: joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

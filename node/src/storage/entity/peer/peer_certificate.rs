//! Pinned certificates of peers, and our own.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "peer_certificate")]
pub struct Model {
    /// The peer.
    #[sea_orm(primary_key, auto_increment = false)]
    pub node: String,
    /// SHA-256 of the public key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub pin: Vec<u8>,
    /// The certificate.
    pub der: Vec<u8>,
    /// announced, active, retiring, retired, revoked.
    pub state: String,
    /// Seconds since 1970.
    pub not_before: i64,
    /// Seconds since 1970.
    pub not_after: i64,
    /// Where its log announced it: epoch; empty where a card brought it,
    pub announced_epoch: Option<i64>,
    /// sequence number.
    pub announced_seq: Option<i64>,
    /// Of our own, when it is to be retired: seconds since 1970.
    pub retire_at: Option<i64>,
}

/// No relations are declared: joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

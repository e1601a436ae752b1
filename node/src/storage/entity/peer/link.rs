//! How the exchange with one peer stands.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "link")]
pub struct Model {
    /// The peer.
    #[sea_orm(primary_key, auto_increment = false)]
    pub node: String,
    /// The peer's durable cursor for our log: epoch,
    pub ack_epoch: i64,
    /// position,
    pub ack_seq: i64,
    /// hash.
    pub ack_hash: Vec<u8>,
    /// Microseconds since 1970.
    pub last_contact_at: Option<i64>,
    /// In a row.
    pub failures: i32,
    /// Microseconds since 1970.
    pub next_try_at: Option<i64>,
    /// The last failure.
    pub fault: Option<String>,
    /// Since when something is undelivered.
    pub behind_since: Option<i64>,
    /// The peer's newest start.
    pub boot: Option<String>,
    /// Their clock less ours.
    pub clock_skew_seconds: Option<i64>,
    /// automatic or manual.
    pub accept: Option<String>,
    /// It has shown its head of our log since our last start.
    pub head_shown: bool,
    /// Since when it refuses our start as an earlier one, microseconds since 1970.
    pub clone_suspected_at: Option<i64>,
    /// When an earlier start of it last spoke after a later one, microseconds since 1970.
    pub spoke_twice_at: Option<i64>,
}

/// No relations are declared: joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

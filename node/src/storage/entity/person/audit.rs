//! Actions with their actor and time; each row is chained to the one before.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit")]
pub struct Model {
    /// Number, from 1 without gaps.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// Microseconds since 1970.
    pub at: i64,
    /// The host's user.
    pub who: String,
    /// The use case.
    pub act: String,
    /// The object of the action, never a URL.
    pub what: String,
    /// From where: cli, api, node.
    pub origin: String,
    /// SHA-256 over the row before and this row.
    pub hash: Vec<u8>,
}

/// No relations are declared: joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

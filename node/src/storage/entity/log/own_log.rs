//! The logs that this node keeps, and how far.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "log")]
pub struct Model {
    /// Author.
    #[sea_orm(primary_key, auto_increment = false)]
    pub node: String,
    /// Newest entry: epoch,
    pub epoch: i64,
    /// position,
    pub seq: i64,
    /// hash.
    pub hash: Vec<u8>,
    /// Microseconds since 1970.
    pub moved_at: i64,
}

/// No relations are declared: joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

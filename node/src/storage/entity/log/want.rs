//! Bodies that this node is entitled to and lacks: asked for by name until they are here.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "want")]
pub struct Model {
    /// Author.
    #[sea_orm(primary_key, auto_increment = false)]
    pub log: String,
    /// Epoch.
    #[sea_orm(primary_key, auto_increment = false)]
    pub epoch: i64,
    /// Position.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// Entry hash.
    pub hash: Vec<u8>,
    /// Microseconds since 1970.
    pub since: i64,
}

/// No relations are declared: joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

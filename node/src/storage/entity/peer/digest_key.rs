//! Keys of URL digests: our own, and those that peers gave us. Sealed.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "digest_key")]
pub struct Model {
    /// The author of the log that it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub node: String,
    /// Eight bytes.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key_id: Vec<u8>,
    /// The key, sealed.
    pub sealed: Vec<u8>,
    /// Microseconds since 1970.
    pub since: i64,
}

/// No relations are declared: joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

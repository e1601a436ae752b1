//! Where names led to at name servers.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sighting")]
pub struct Model {
    /// The address: 4 bytes or 16.
    #[sea_orm(primary_key, auto_increment = false)]
    pub address: Vec<u8>,
    /// The name server that gave it, with its port.
    #[sea_orm(primary_key, auto_increment = false)]
    pub resolver: String,
    /// Eight bytes of a keyed digest of the name's registrable domain: names never stand here.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: Vec<u8>,
    /// Microseconds since 1970.
    pub seen_at: i64,
}

/// No relations are declared: joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

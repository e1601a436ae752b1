//! Nodes with an added card.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "peer")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub node: String,
    /// active, suspended, removed.
    pub state: String,
    /// The newest card, as signed.
    pub card: String,
    /// Its counter.
    pub card_number: i64,
    /// Name.
    pub name: String,
    /// Countries, separated by commas, seat first.
    pub countries: String,
    /// Exchange URL.
    pub endpoint: String,
    /// Microseconds since 1970.
    pub added_at: i64,
}

/// No relations are declared: joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Entries of our own log that a peer had and this database lacked when an epoch was opened: they count for nothing.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "lost_entry")]
pub struct Model {
    /// Epoch.
    #[sea_orm(primary_key, auto_increment = false)]
    pub epoch: i64,
    /// Position.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// Entry hash.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hash: Vec<u8>,
    /// The report's id.
    pub report: String,
    /// The type of the entry.
    pub entry_type: String,
    /// The peer that has it.
    pub peer: String,
}

/// No relations are declared: joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

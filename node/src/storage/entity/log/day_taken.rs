//! The intake of each log on its last day with any, and the grant beside its days.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "day_taken")]
pub struct Model {
    /// The log's author.
    #[sea_orm(primary_key, auto_increment = false)]
    pub log: String,
    /// The day (UTC), in days since 1970.
    pub day: i64,
    /// Entries that were taken on it,
    pub entries: i64,
    /// bytes of their header lines and of bodies that were kept,
    pub bytes: i64,
    /// new epochs.
    pub epochs: i64,
    /// The first day (UTC) after the grant, in days since 1970.
    pub granted_until: i64,
    /// The rest of the grant: entries,
    pub granted_entries: i64,
    /// bytes,
    pub granted_bytes: i64,
    /// new epochs.
    pub granted_epochs: i64,
}

/// No relations are declared: joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

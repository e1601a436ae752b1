//! Proofs that authors have signed two entries under one place of their logs: the first one of each epoch.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "fork")]
pub struct Model {
    /// Author.
    #[sea_orm(primary_key, auto_increment = false)]
    pub log: String,
    /// Epoch.
    #[sea_orm(primary_key, auto_increment = false)]
    pub epoch: i64,
    /// Position.
    pub seq: i64,
    /// As it goes over the wire.
    pub proof: String,
    /// The node that showed the other version, or gave the proof.
    pub told_by: String,
    /// Microseconds since 1970.
    pub found_at: i64,
}

/// No relations are declared: joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

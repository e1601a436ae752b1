//! Further epochs of logs, and the last entry before each that still counts.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "epoch")]
pub struct Model {
    /// Author.
    #[sea_orm(primary_key, auto_increment = false)]
    pub log: String,
    /// The epoch, from 2.
    #[sea_orm(primary_key, auto_increment = false)]
    pub epoch: i64,
    /// The last entry that still counts: epoch,
    pub from_epoch: i64,
    /// position; 0 where nothing counts.
    pub from_seq: i64,
}

/// No relations are declared: joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Where a keyed digest of a URL leads.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "digest")]
pub struct Model {
    /// First eight bytes of the digest.
    #[sea_orm(primary_key, auto_increment = false)]
    pub prefix: i64,
    /// The report.
    #[sea_orm(primary_key, auto_increment = false)]
    pub report: i64,
}

/// No relations are declared: joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! What our log will say next: recorded in the transaction that changed the report, sealed later.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "draft")]
pub struct Model {
    /// Number, in the order of commits.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// The report.
    pub report: Option<i64>,
    /// The header from `ts` on.
    pub tail: String,
    /// The body line, sealed.
    pub body: Option<Vec<u8>>,
}

/// No relations are declared: joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

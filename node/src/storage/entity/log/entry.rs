//! Entries of all logs, exactly as their authors wrote them.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "entry")]
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
    /// The report.
    pub report: Option<i64>,
    /// The line.
    pub header: String,
    /// The body line, sealed.
    pub body: Option<Vec<u8>>,
    /// See `exchange::log::BodyState`.
    pub body_state: i16,
}

/// No relations are declared: joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

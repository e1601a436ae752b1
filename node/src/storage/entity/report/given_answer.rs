//! Answers of the public API that are given again to the same request.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "given_answer")]
pub struct Model {
    /// Keyed digest of the request's own key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: Vec<u8>,
    /// Keyed digest of the request.
    pub request: Vec<u8>,
    /// The answer, sealed: it holds the reporter's secret.
    pub answer: Vec<u8>,
    /// Microseconds since 1970.
    pub given_at: i64,
}

/// No relations are declared: joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

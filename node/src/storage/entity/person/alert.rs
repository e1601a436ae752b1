//! Matters for a person, until the cause ends or somebody acknowledges the alert.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "alert")]
pub struct Model {
    /// Number.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Microseconds since 1970.
    pub raised_at: i64,
    /// Code.
    pub kind: String,
    /// Its subject: a node id or a report's id, never a URL.
    pub subject: String,
    /// How far its cause has gone.
    pub stage: String,
    /// One sentence for people.
    pub text: String,
    /// The values in its text, by name: a JSON object of texts.
    pub details: String,
    /// When somebody took note.
    pub acknowledged_at: Option<i64>,
    /// The person that acknowledged it.
    pub acknowledged_by: Option<String>,
    /// Since when its cause is gone, while that may change again.
    pub gone_since: Option<i64>,
    /// When it ended by itself.
    pub resolved_at: Option<i64>,
    /// Another stage of the same has taken its place.
    pub superseded: bool,
}

/// No relations are declared: joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

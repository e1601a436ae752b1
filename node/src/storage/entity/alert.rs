//! What needs a person, until somebody acknowledges it.

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
    /// What it is about: a node id or a report's id, never a URL.
    pub subject: String,
    /// One sentence for people.
    pub text: String,
    /// When somebody took note.
    pub acknowledged_at: Option<i64>,
    /// Who.
    pub acknowledged_by: Option<String>,
    /// When it was last tried to send it by mail, microseconds since 1970.
    pub mail_tried_at: Option<i64>,
    /// How many tries in a row failed, the last one included; 0 where that one was taken.
    pub mail_failures: i32,
    /// As `mail_tried_at`, for the webhook.
    pub webhook_tried_at: Option<i64>,
    /// As `mail_failures`, for the webhook.
    pub webhook_failures: i32,
}

/// No relations are declared: joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

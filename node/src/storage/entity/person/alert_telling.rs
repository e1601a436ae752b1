//! Recipients of alerts, and the channel for each.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "alert_telling")]
pub struct Model {
    /// The alert.
    #[sea_orm(primary_key, auto_increment = false)]
    pub alert: i64,
    /// `mail` or `webhook`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub channel: String,
    /// The recipient: an address of this hotline's people; empty for the webhook, and in rows of the first version for
    /// everybody.
    #[sea_orm(primary_key, auto_increment = false)]
    pub recipient: String,
    /// When it was last tried, microseconds since 1970.
    pub tried_at: i64,
    /// How many tries in a row failed, the last one included; 0 where that one was taken.
    pub failures: i32,
    /// When it was last taken.
    pub told_at: Option<i64>,
    /// When the end was taken.
    pub end_told_at: Option<i64>,
}

/// No relations are declared: joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

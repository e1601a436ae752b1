//! People that may enter the office.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    /// Name.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// admin, analyst, partner, auditor.
    pub role: String,
    /// Of a partner: his peer.
    pub peer: Option<String>,
    /// invited, active, disabled.
    pub state: String,
    /// Raised by every event that ends all sessions: those of an older generation are over.
    pub generation: i64,
    /// Argon2id as a PHC string; none before the invitation was accepted.
    pub password: Option<String>,
    /// The secret of the second factor, sealed.
    pub totp_secret: Vec<u8>,
    /// The step of the newest code that was accepted; no code counts twice.
    pub totp_step: i64,
    /// SHA-256 of the token of an invitation that nobody accepted.
    pub invitation: Option<Vec<u8>>,
    /// When it was made, microseconds since 1970.
    pub invited_at: i64,
    /// How many sign-ins in a row were refused.
    pub failures: i32,
    /// The last of them, microseconds since 1970.
    pub failed_at: i64,
    /// The last sign-in, microseconds since 1970.
    pub signed_in_at: Option<i64>,
    /// Microseconds since 1970.
    pub added_at: i64,
}

/// No relations are declared: joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

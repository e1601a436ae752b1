//! Reports: our own, those offered to us, and those of others that we know by their headers.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "report")]
pub struct Model {
    /// This node's own key, in the order of arrival.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// Origin.
    pub origin: String,
    /// UUIDv7.
    pub rid: Uuid,
    /// Year times 100,000,000 plus the number in that year; null where the report is none of ours.
    pub number: Option<i64>,
    /// The fold's state; `received` before it is published.
    pub state: String,
    /// held or closed: only in the house.
    pub house: Option<String>,
    /// Who holds it.
    pub holder: String,
    /// Depth of the walk; 0 before it is published.
    pub tenure: i32,
    /// Whom the open offer addresses.
    pub offer_target: Option<String>,
    /// Which entry offers.
    pub offer_entry: Option<Vec<u8>>,
    /// The open offer's refusal: its reason.
    pub refused: Option<String>,
    /// Where the refuser finds it.
    pub refused_country: Option<String>,
    /// Hosting country.
    pub country: Option<String>,
    /// Network.
    pub asn: Option<i64>,
    /// Its operator.
    pub organisation: Option<String>,
    /// Keyed digest of the canonical URL.
    pub url_digest: Option<Vec<u8>>,
    /// Top-level domain, or onion, or ip.
    pub tld: Option<String>,
    /// Route: node.
    pub destination: Option<String>,
    /// Route: reason code.
    pub route_reason: Option<String>,
    /// Offence as it was reported.
    pub reported_offence: Option<String>,
    /// Offence after qualification.
    pub offence: Option<String>,
    /// Present assessment.
    pub assessment: Option<String>,
    /// Why it is not illegal, or not ours.
    pub reason: Option<String>,
    /// Urgency.
    pub urgency: Option<String>,
    /// Source.
    pub source: Option<String>,
    /// Channel.
    pub channel: Option<String>,
    /// The import's reference, as a number from its keyed digest.
    pub reference: Option<i64>,
    /// Keyed digest of the imported row.
    pub reference_content: Option<Vec<u8>>,
    /// What is known in the house, sealed.
    pub content: Option<Vec<u8>>,
    /// Digest of the reporter's secret.
    pub case_secret: Option<Vec<u8>>,
    /// Microseconds since 1970.
    pub received_at: i64,
    /// Microseconds since 1970.
    pub updated_at: i64,
    /// Since when the open offer waits for its answer; null without one.
    pub waits_since: Option<i64>,
    /// The wait was alarmed.
    pub alarmed: bool,
}

/// No relations are declared: joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

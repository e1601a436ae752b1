//! Reports: our own, those offered to us, and those of others that we know by their headers.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "report")]
#[expect(clippy::struct_excessive_bools, reason = "each is a column of its own")]
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
    /// Its holder.
    pub holder: String,
    /// Depth of the walk; 0 before it is published.
    pub tenure: i32,
    /// The target of the open offer.
    pub offer_target: Option<String>,
    /// The entry of the open offer.
    pub offer_entry: Option<Vec<u8>>,
    /// When it was made, seconds since 1970, as its author wrote; null where it counts as none.
    pub offer_at: Option<i64>,
    /// Where it says that the content is hosted.
    pub offer_country: Option<String>,
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
    /// The content as known in the house, sealed.
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
    /// How often this hotline informed the police.
    pub lea_count: i64,
    /// It stands as removed or unavailable.
    pub is_gone: bool,
    /// When this hotline offered it to the hotline that accepted it; this and all that follow in seconds since 1970.
    pub offered_at: Option<i64>,
    /// Seconds until a holder by an offer accepted that offer.
    pub accept_seconds: Option<i64>,
    /// When the hotline that holds it by an offer took it over.
    pub assigned_at: Option<i64>,
    /// It was assigned by being received.
    pub at_home: bool,
    /// When another hotline first acted after taking it over from this one.
    pub acted_at: Option<i64>,
    /// When somebody first received it; null, as all that follow, where it is none of this hotline's business.
    pub first_received_at: Option<i64>,
    /// When it was first assessed.
    pub assessed_at: Option<i64>,
    /// When the finding was made that the codes are of.
    pub found_at: Option<i64>,
    /// Kind of site.
    pub site_type: Option<String>,
    /// Whether somebody earns by it.
    pub commerciality: Option<String>,
    /// Kinds of media, joined by a bar.
    pub media: Option<String>,
    /// The youngest age group.
    pub age: Option<String>,
    /// Sex.
    pub sex: Option<String>,
    /// Circumstances of production.
    pub production: Option<String>,
    /// Conduct.
    pub behaviours: Option<String>,
    /// Kinds of terrorist content.
    pub terrorism_types: Option<String>,
    /// Made by a computer.
    pub is_virtual: bool,
    /// Made by the persons shown.
    pub self_generated: bool,
    /// Posed.
    pub child_modelling: bool,
    /// When the police were first informed, by any hotline.
    pub lea_at: Option<i64>,
    /// When the hoster was first informed, by any hotline.
    pub isp_at: Option<i64>,
    /// When this hotline first informed the police.
    pub own_lea_at: Option<i64>,
    /// When this hotline first informed the hoster.
    pub own_isp_at: Option<i64>,
    /// When the reporter was answered.
    pub replied_at: Option<i64>,
    /// When it was last said to be gone.
    pub gone_said_at: Option<i64>,
    /// When it was first seen to be gone.
    pub gone_at: Option<i64>,
    /// A case of the past: the country of the hotline that it was sent to.
    pub sent_to: Option<String>,
    /// A case of the past: the country of the hotline that it came from.
    pub received_from: Option<String>,
}

/// No relations are declared: joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

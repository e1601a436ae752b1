//! The figures, as `statistics --json` shows them.

use std::collections::BTreeMap;

use hotline_protocol::country::Country;
use hotline_protocol::id::NodeId;
use serde::Serialize;

use super::period::Period;

/// A figure that the database does not count yet: null, never 0.
pub type NotCounted = Option<u64>;

/// Numbers by code; every code of the list is there, and `unknown` where something has none.
pub type ByCode = BTreeMap<&'static str, u64>;

/// All figures of a period. Shares are of the whole population, from 0 to 1, rounded to four digits.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Statistics {
    /// From when to when.
    pub period: Period,
    /// Reports of this hotline.
    pub reported: u64,
    /// Of those, assessed as baseline, national or illegal.
    pub illegal: u64,
    /// `reported` by the offence as it was reported, `illegal` by the offence after qualification.
    pub by_offence: BTreeMap<&'static str, OffenceCount>,
    /// By who reported.
    pub by_source: ByCode,
    /// By which way they came.
    pub by_channel: ByCode,
    /// Reports received: the same as `reported`.
    pub received: u64,
    /// Different URLs among them.
    pub unique_urls: u64,
    /// Reports of a URL beyond its first.
    pub duplicates: u64,
    /// Waiting for an analyst.
    pub pending: u64,
    /// Not illegal, by reason.
    pub not_illegal: ByCode,
    /// What was done.
    pub actions: Actions,
    /// Hosting countries of assessed csam.
    pub hosting: Vec<CountryCount>,
    /// Hosting countries of assessed reports by offence.
    pub hosting_by_offence: BTreeMap<&'static str, Vec<CountryCount>>,
    /// Of `hosting`, the countries of Europe.
    pub hosting_europe: Vec<CountryCount>,
    /// Hosting countries that the headers of all logs name.
    pub federation_hosting: Vec<CountryCount>,
    /// Not counted yet.
    pub site_types: NotCounted,
    /// Top-level domains of illegal csam.
    pub tlds: Vec<TldCount>,
    /// Assessed csam on onion services.
    pub onion: u64,
    /// Not counted yet.
    pub victims: Victims,
    /// Not counted yet.
    pub production: NotCounted,
    /// Not counted yet.
    pub behaviours: NotCounted,
    /// Not counted yet.
    pub terrorism_types: NotCounted,
    /// Not counted yet.
    pub content: ContentFigures,
    /// Not counted yet.
    pub commerciality: NotCounted,
    /// Not counted yet.
    pub media: NotCounted,
    /// Not counted yet.
    pub handling: Handling,
    /// Not counted yet.
    pub removal: NotCounted,
    /// With each peer, by id.
    pub exchange: Vec<PeerFigures>,
    /// Every year that is held, oldest first, whatever the period.
    pub series: Vec<YearFigures>,
    /// The period before.
    pub previous: Option<Previous>,
    /// Against the period before.
    pub change: Option<Change>,
}

/// Reports of one offence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct OffenceCount {
    /// Reported as such.
    pub reported: u64,
    /// Assessed as such, and illegal.
    pub illegal: u64,
}

/// Reports with at least one such act.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Actions {
    /// Not counted yet.
    pub lea: NotCounted,
    /// Not counted yet.
    pub lea_transmissions: NotCounted,
    /// Not counted yet.
    pub isp: NotCounted,
    /// Offered to a peer.
    pub sent_to_peers: u64,
    /// Offered by a peer.
    pub received_from_peers: u64,
    /// Not counted yet.
    pub replies: NotCounted,
}

/// Reports hosted in one country.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CountryCount {
    /// Where; null where unknown.
    pub country: Option<Country>,
    /// How many.
    pub n: u64,
    /// Of the whole population.
    pub share: f64,
}

/// Reports under one top-level domain.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TldCount {
    /// Without its dot; `onion`, or `ip` where the host has no name; null where unknown.
    pub tld: Option<String>,
    /// How many.
    pub n: u64,
    /// Of the whole population.
    pub share: f64,
}

/// Not counted yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Victims {
    /// By sex.
    pub sex: NotCounted,
    /// By age.
    pub age: NotCounted,
}

/// Not counted yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ContentFigures {
    /// Made by the persons shown.
    pub self_generated: NotCounted,
    /// Made by a computer.
    #[serde(rename = "virtual")]
    pub virtual_content: NotCounted,
    /// Posed.
    pub child_modelling: NotCounted,
}

/// Not counted yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Handling {
    /// Until somebody assessed it.
    pub received_to_assessed: NotCounted,
    /// Until the police were informed.
    pub assessed_to_lea: NotCounted,
    /// Until the hoster was informed.
    pub assessed_to_isp: NotCounted,
    /// Until the other hotline acted.
    pub offered_to_first_action: NotCounted,
}

/// The exchange with one peer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PeerFigures {
    /// The peer.
    pub peer: NodeId,
    /// Its seat.
    pub country: Country,
    /// Our reports that it holds, or is offered.
    pub sent: u64,
    /// Of those, held by it.
    pub accepted: u64,
    /// Of those, refused by it.
    pub refused: u64,
    /// Its reports that it offered us.
    pub received: u64,
    /// Our reports that it holds and whose content it saw removed.
    pub removed: u64,
    /// Not counted yet.
    pub median_accept_seconds: NotCounted,
}

/// One year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct YearFigures {
    /// The calendar year in UTC.
    pub year: i32,
    /// As in [`Statistics::by_offence`].
    pub by_offence: BTreeMap<&'static str, OffenceCount>,
}

/// The period before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Previous {
    /// From when to when.
    #[serde(flatten)]
    pub period: Period,
    /// Reports of this hotline.
    pub reported: u64,
    /// Of those, illegal.
    pub illegal: u64,
}

/// Against the period before, as a share of it; null where it had none.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// More or fewer reports.
    pub reported: Option<f64>,
    /// More or fewer illegal ones.
    pub illegal: Option<f64>,
}

//! The figures, as `statistics --json` shows them.

use std::collections::BTreeMap;

use hotline_protocol::country::{Country, CountryCode};
use hotline_protocol::id::NodeId;
use serde::{Deserialize, Serialize};

use super::code;
use super::period::Period;
use crate::zone::Zone;

/// A code of a list, or one of the few words that figures have beside those.
pub type Code = &'static str;

/// Numbers by code; every code of the list is there, and `unknown` where something has none.
pub type ByCode = BTreeMap<&'static str, u64>;

/// All figures of a period. Shares are of the whole population, from 0 to 1, rounded to four digits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Statistics {
    /// From when to when.
    pub period: Period,
    /// The zone of all days and years here.
    pub time_zone: Zone,
    /// Reports of this hotline.
    pub reported: u64,
    /// Of those, assessed as baseline, national or illegal.
    pub illegal: u64,
    /// `reported` by the offence as it was reported, `illegal` by the offence after qualification.
    #[serde(deserialize_with = "code::by_code")]
    pub by_offence: BTreeMap<&'static str, OffenceCount>,
    /// By kind of reporter.
    #[serde(deserialize_with = "code::by_code")]
    pub by_source: ByCode,
    /// By channel of receipt.
    #[serde(deserialize_with = "code::by_code")]
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
    #[serde(deserialize_with = "code::by_code")]
    pub not_illegal: ByCode,
    /// Actions taken.
    pub actions: Actions,
    /// Hosting countries of assessed csam.
    pub hosting: Vec<CountryCount>,
    /// Hosting countries of assessed reports by offence.
    #[serde(deserialize_with = "code::by_code")]
    pub hosting_by_offence: BTreeMap<&'static str, Vec<CountryCount>>,
    /// Of `hosting`, the countries of Europe.
    pub hosting_europe: Vec<CountryCount>,
    /// Hosting countries that the headers of all logs name.
    pub federation_hosting: Vec<CountryCount>,
    /// Kinds of site of illegal csam, those that occur.
    pub site_types: Vec<CodeCount>,
    /// Top-level domains of illegal csam.
    pub tlds: Vec<TldCount>,
    /// Assessed csam on onion services.
    pub onion: u64,
    /// Victims shown in illegal csam.
    pub victims: Victims,
    /// Illegal csam by circumstances of production; one report may have several, or none.
    #[serde(deserialize_with = "code::by_code")]
    pub production: ByCode,
    /// Illegal csam by conduct; one report may have several, or none.
    #[serde(deserialize_with = "code::by_code")]
    pub behaviours: ByCode,
    /// Illegal terrorist content by its kinds; one report may have several, or none.
    #[serde(deserialize_with = "code::by_code")]
    pub terrorism_types: ByCode,
    /// How illegal csam was made.
    pub content: ContentFigures,
    /// Illegal csam by whether somebody earns by it.
    #[serde(deserialize_with = "code::by_code")]
    pub commerciality: ByCode,
    /// Illegal csam by kinds of media; one report may have several, or none.
    #[serde(deserialize_with = "code::by_code")]
    pub media: ByCode,
    /// How fast it was handled.
    pub handling: Handling,
    /// How fast illegal csam was removed, by each definition of the clock.
    pub removal: Vec<Removal>,
    /// The outcomes of this hotline's notices to hosters in the period, regardless of the reports' time of receipt:
    /// most notices first.
    pub notices: Vec<NoticeFigures>,
    /// With each peer, by id.
    pub exchange: Vec<PeerFigures>,
    /// Every year with reports, oldest first, regardless of the period.
    pub series: Vec<YearFigures>,
    /// The period before.
    pub previous: Option<Previous>,
    /// Against the period before.
    pub change: Option<Change>,
}

/// Reports of one offence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OffenceCount {
    /// Reported as such.
    pub reported: u64,
    /// Assessed as such, and illegal.
    pub illegal: u64,
}

/// Reports with at least one such act of this hotline, of any offence. Acts of other hotlines are theirs to count.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actions {
    /// Told to law enforcement.
    pub lea: u64,
    /// How often something was told to law enforcement: a report that was told of twice counts twice, a case of the
    /// past once.
    pub lea_transmissions: u64,
    /// Told to the hoster.
    pub isp: u64,
    /// Offered to a peer; and cases of the past that were sent to another country's hotline, unless only one peer is
    /// asked for.
    pub sent_to_peers: u64,
    /// Offered by a peer; and cases of the past that came from another country's hotline, unless only one peer is asked
    /// for.
    pub received_from_peers: u64,
    /// Reports with an answer to the reporter. Only cases of the past say so: a reporter through the public API asks
    /// himself.
    pub replies: u64,
}

/// Reports hosted in one country.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CountryCount {
    /// Where; null where unknown.
    pub country: Option<Country>,
    /// How many.
    pub n: u64,
    /// Of the whole population.
    pub share: f64,
}

/// Reports under one top-level domain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TldCount {
    /// Without its dot; `onion`, or `ip` where the host has no name; null where unknown.
    pub tld: Option<String>,
    /// How many.
    pub n: u64,
    /// Of the whole population.
    pub share: f64,
}

/// Reports with one code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CodeCount {
    /// A code of the list, or `unknown` for one that this version does not have.
    #[serde(deserialize_with = "code::code")]
    pub code: Code,
    /// How many.
    pub n: u64,
    /// Of the whole population.
    pub share: f64,
}

/// The victims shown. Reports are counted, not persons.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Victims {
    /// By sex.
    #[serde(deserialize_with = "code::by_code")]
    pub sex: ByCode,
    /// By age; of several groups the youngest counts.
    #[serde(deserialize_with = "code::by_code")]
    pub age: ByCode,
}

/// How content was made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentFigures {
    /// Made by the persons shown.
    pub self_generated: u64,
    /// Made by a computer.
    #[serde(rename = "virtual")]
    pub virtual_content: u64,
    /// Posed.
    pub child_modelling: u64,
}

/// How fast reports of any offence were handled. A report counts where both moments are known; a second moment that is
/// before the first counts as no time at all, as the clocks of two houses differ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Handling {
    /// From when this hotline received it until the first finding; reports that peers offered were assessed before.
    pub received_to_assessed: Durations,
    /// From the first finding, or from when it came here if that is later, until this hotline first told the police.
    pub assessed_to_lea: Durations,
    /// The same, until this hotline first told the hoster.
    pub assessed_to_isp: Durations,
    /// From the offer that another hotline accepted until the first action told by a hotline that held it then, by the
    /// times of the log's entries.
    pub offered_to_first_action: Durations,
}

/// How long something took. Minutes are rounded up, and beyond two days hours; hours are given to two digits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Durations {
    /// How many there are.
    pub n: u64,
    /// The shortest time that covers half of them; null of nothing.
    pub median_hours: Option<f64>,
    /// The shortest time that covers nine in ten of them.
    pub p90_hours: Option<f64>,
    /// How many took so many days at most, each of 24 hours.
    #[serde(deserialize_with = "code::by_number")]
    pub within_days: BTreeMap<u32, u64>,
}

/// Removal by one definition of the clock. It ends when the content was first seen to be gone, as told by the hotline
/// that called it removed or unavailable; else when that hotline said so.
///
/// | clock | starts |
/// | --- | --- |
/// | A | at the first receipt that is known: the origin's, where a body tells it, else ours |
/// | B | at the first notice to the hoster, by any hotline |
/// | C | when the police were first told, by any hotline |
/// | D | when the hotline that holds it accepted it; at receipt for content that is hosted in our own countries and came to us, and for a case of the past that was not sent on |
/// | E | at the first finding: nobody is known to have seen the content before |
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Removal {
    /// The letter of its definition.
    pub clock: char,
    /// Wherever it was hosted.
    #[serde(flatten)]
    pub all: RemovalCount,
    /// `here` in our own countries, `member` in those of a peer that is not removed now, `non_member` in any other,
    /// `unknown` where the country is.
    #[serde(deserialize_with = "code::by_code")]
    pub by_hosting: BTreeMap<&'static str, RemovalCount>,
    /// The share still online so long after the clock started.
    pub survival: Survival,
}

/// A curve of the share left online (Kaplan and Meier): content online now counts until its present age, and is never
/// taken for gone. Content gone at an unknown time is left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Survival {
    /// How many reports it is made of.
    pub n: u64,
    /// The shortest time that covers half of them by the curve; null where it does not fall so far.
    pub median_hours: Option<f64>,
    /// The curve after 0 to 7, 10, 14, 21, 28, 60, 90, 180 and 365 days, as far as any report was watched.
    pub points: Vec<SurvivalPoint>,
}

/// A place of a curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SurvivalPoint {
    /// So many days, each of 24 hours, after the clock started.
    pub days: u32,
    /// The share that is still online then, from 0 to 1.
    pub online: f64,
    /// How many were watched for longer, and were online.
    pub at_risk: u64,
    /// How many were gone by then.
    pub gone: u64,
}

/// Notices to one provider, as Article 22(3) of the Digital Services Act has trusted flaggers report them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NoticeFigures {
    /// The hoster: its name, or its network (`AS64496`) where that has none; null where unknown.
    pub provider: Option<String>,
    /// Of any offence.
    #[serde(flatten)]
    pub all: NoticeCount,
    /// By the type of allegedly illegal content: the offences that occur, and `unknown`.
    #[serde(deserialize_with = "code::by_code")]
    pub by_offence: BTreeMap<&'static str, NoticeCount>,
}

/// Reports with a notice from this hotline to a hoster, by the outcome until now.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct NoticeCount {
    /// All of them.
    pub notices: u64,
    /// The content was removed.
    pub removed: u64,
    /// The content is not available any more.
    pub unavailable: u64,
    /// Nothing is known to have been done.
    pub no_action: u64,
    /// From the notice: the shortest time that covers half of those that are gone.
    pub median_hours: Option<f64>,
}

/// Illegal csam with a started clock.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RemovalCount {
    /// Standing as removed or unavailable. When that was may be unknown: such a report counts in no `within_days`.
    pub removed: u64,
    /// Those of them that were gone before the clock started: counted in no `within_days` and no median.
    #[serde(default)]
    pub removed_before: u64,
    /// All others: nobody said that they are gone.
    pub still_online: u64,
    /// The shortest time that covers half of those removed; content still online has none.
    pub median_hours: Option<f64>,
    /// How many were removed in so many days at most, each of 24 hours.
    #[serde(deserialize_with = "code::by_number")]
    pub within_days: BTreeMap<u32, u64>,
}

/// The exchange with one peer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerFigures {
    /// The peer.
    pub peer: NodeId,
    /// Its seat, known here or not.
    pub country: CountryCode,
    /// Our reports that it holds, or is offered.
    pub sent: u64,
    /// Of those, held by it.
    pub accepted: u64,
    /// Of those, refused by it.
    pub refused: u64,
    /// Its reports that it offered us.
    pub received: u64,
    /// Our reports that it holds, with content that it saw removed.
    pub removed: u64,
    /// From an offer to its acceptance, by the times of the log's entries: within so many seconds half of our reports
    /// that it holds were accepted. Beyond an hour in whole minutes, rounded up.
    pub median_accept_seconds: Option<u64>,
}

/// One year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct YearFigures {
    /// The calendar year.
    pub year: i32,
    /// As in [`Statistics::by_offence`].
    #[serde(deserialize_with = "code::by_code")]
    pub by_offence: BTreeMap<&'static str, OffenceCount>,
}

/// The period before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// More or fewer reports.
    pub reported: Option<f64>,
    /// More or fewer illegal ones.
    pub illegal: Option<f64>,
}

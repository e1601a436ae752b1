//! A new report, and everything needed to publish it: pure.

use hotline_protocol::country::Country;
use hotline_protocol::entry::{Body, BodyLine, BodyRefused, Content, EntryType, Status};
use hotline_protocol::id::{NodeId, ReportId};
use hotline_protocol::url::UrlDigest;
use hotline_protocol::vocabulary::{Assessment, Channel, Offence, Reason, RouteReason, Source, Urgency};

use crate::report::model::Route;
use crate::report::view::PrivateContent;

/// A report as it comes in, located and routed where it was assessed.
pub struct NewReport {
    /// The URL and everything else known; its salt is set when it is published.
    pub body: Body,
    /// The content that stays in the house.
    pub private: PrivateContent,
    /// Offence as it was reported.
    pub reported_offence: Offence,
    /// Offence, after qualification where there was one.
    pub offence: Offence,
    /// Assessment.
    pub assessment: Assessment,
    /// Why it is not illegal, or not ours.
    pub reason: Option<Reason>,
    /// How soon.
    pub urgency: Urgency,
    /// The kind of reporter.
    pub source: Source,
    /// The way in.
    pub channel: Channel,
    /// When this hotline received it, microseconds since 1970.
    pub received_at: i64,
    /// An imported row's reference, as a number, and the keyed digest of its content.
    pub reference: Option<(i64, [u8; 32])>,
    /// Digest of the reporter's secret.
    pub case_secret: Option<[u8; 32]>,
    /// Where it is hosted, and where it goes; none while nobody assessed it, and where it goes nowhere.
    pub publication: Option<Publication>,
}

/// The hosting place of a report, and its addressee.
#[derive(Debug, Clone)]
pub struct Publication {
    /// The addressee, and the reason.
    pub route: Route,
    /// Hosting country.
    pub country: Option<Country>,
    /// Network.
    pub asn: Option<u32>,
    /// Its operator.
    pub organisation: Option<String>,
    /// Countries that it may not be passed to.
    pub not: Vec<Country>,
    /// Keyed digests of the URL.
    pub digests: Vec<UrlDigest>,
}

/// Only csam that was assessed as illegal goes to peers.
#[must_use]
pub const fn is_exchanged(offence: Offence, assessment: Assessment) -> bool {
    matches!(offence, Offence::Csam) && matches!(assessment, Assessment::Baseline | Assessment::National)
}

/// The create entry and its body line. `now` in seconds since 1970.
pub(super) fn create_entry(
    own: &NodeId,
    id: &ReportId,
    publication: &Publication,
    body: &Body,
    now: i64,
) -> Result<(Content, BodyLine), BodyRefused> {
    let line = body.to_line()?;
    let mut content = Content::new(EntryType::Create, now);
    content.org = Some(id.origin.clone());
    content.rid = Some(id.rid);
    content.tenure = Some(1);
    let target = publication.route.destination.as_ref().filter(|node| *node != own);
    match target {
        Some(target) => {
            content.target = Some(target.clone());
            content.to = vec![target.clone()];
        }
        None if publication.route.reason == RouteReason::HostedHere => content.status = Some(Status::Accepted),
        None => content.status = Some(Status::Assessed),
    }
    content.not = publication.not.iter().copied().map(Into::into).collect();
    content.digests.clone_from(&publication.digests);
    content.country = publication.country.map(Into::into);
    content.commit(line.commitment());
    Ok((content, line))
}

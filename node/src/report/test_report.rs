//! A report for tests.

use hotline_protocol::entry::{Body, Salt};
use hotline_protocol::vocabulary::{Assessment, Channel, Offence, RouteReason, Source, Urgency};

use super::lifecycle::{NewReport, Publication};
use super::model::Route;
use super::view::PrivateContent;

/// One of a URL at `a.example`, assessed as baseline: offered to `target`, or hosted at home.
pub(crate) fn csam_report(target: Option<&str>) -> NewReport {
    let mut body = Body::new(Salt::from_bytes([0; 16]));
    body.url = Some("https://a.example/b".parse().expect("a URL"));
    let reason = if target.is_some() { RouteReason::HostedThere } else { RouteReason::HostedHere };
    NewReport {
        body,
        private: PrivateContent::default(),
        reported_offence: Offence::Csam,
        offence: Offence::Csam,
        assessment: Assessment::Baseline,
        reason: None,
        urgency: Urgency::Routine,
        source: Source::Public,
        channel: Channel::Computer,
        received_at: 0,
        reference: None,
        case_secret: None,
        publication: Some(Publication {
            route: Route { destination: target.map(|node| node.parse().expect("a node id")), reason },
            country: None,
            asn: None,
            organisation: None,
            not: Vec::new(),
            digests: Vec::new(),
        }),
    }
}

//! The party that a report waits for, where it does not go on by itself: pure.

use hotline_protocol::country::Country;
use hotline_protocol::id::NodeId;
use hotline_protocol::vocabulary::{RouteReason, State};
use serde::Serialize;

use crate::report::model::{House, Report};

/// The party that a report waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "who", rename_all = "snake_case")]
pub enum WaitsFor {
    /// An analyst of this hotline, for the assessment.
    Analyst,
    /// A person of this hotline, for the decision where it goes.
    Person,
    /// That hotline's answer, or its being heard from again.
    Hotline(NodeId),
    /// A hotline of that country that is enrolled here.
    Enrolment(Country),
}

impl WaitsFor {
    /// Returns the party that a report waits for. Returns `None` where it is at work with its holder, has ended, or
    /// nobody can be waited for.
    #[must_use]
    pub fn of(report: &Report) -> Option<Self> {
        let route = report.route.as_ref();
        if report.house == Some(House::Held) {
            let destination = route.and_then(|route| route.destination.clone());
            let is_for_a_peer = route.is_some_and(|route| route.reason == RouteReason::NoPeer);
            let enrolment = report.country.filter(|_| is_for_a_peer).map(Self::Enrolment);
            return Some(destination.map(Self::Hotline).or(enrolment).unwrap_or(Self::Person));
        }
        match report.shown_state() {
            State::Received => Some(Self::Analyst),
            State::Offered | State::Moved | State::Refused => {
                report.offer.as_ref().map(|offer| Self::Hotline(offer.target.clone()))
            }
            _ => None,
        }
    }

    /// Its key among texts: `waits-analyst` and so on.
    #[must_use]
    pub const fn text_key(&self) -> &'static str {
        match self {
            Self::Analyst => "waits-analyst",
            Self::Person => "waits-person",
            Self::Hotline(_) => "waits-hotline",
            Self::Enrolment(_) => "waits-enrolment",
        }
    }

    /// The hotline or the country; empty where a person of this house is waited for.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Analyst | Self::Person => String::new(),
            Self::Hotline(node) => node.to_string(),
            Self::Enrolment(country) => country.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{OpenOffer, Route};

    #[test]
    fn what_is_held_names_whom_it_waits_for() {
        let id = "fr-example/01890a5d-ac96-774b-bcce-b302099a8057".parse().expect("an id");
        let nl: NodeId = "nl-example".parse().expect("a node id");
        let country: Country = "NL".parse().expect("a country");
        let unknown = Report::unknown(1, id, 0);
        let with = |house, reason, destination: Option<&NodeId>| Report {
            state: State::Assessed,
            house,
            country: Some(country),
            route: Some(Route { destination: destination.cloned(), reason }),
            ..unknown.clone()
        };
        let held = Some(House::Held);
        for (report, expected) in [
            (unknown.clone(), Some(WaitsFor::Analyst)),
            (with(held, RouteReason::Held, Some(&nl)), Some(WaitsFor::Hotline(nl.clone()))),
            (with(held, RouteReason::NoPeer, None), Some(WaitsFor::Enrolment(country))),
            (with(held, RouteReason::LegalBlock, None), Some(WaitsFor::Person)),
            (with(None, RouteReason::NoHotline, None), None),
        ] {
            assert_eq!(WaitsFor::of(&report), expected);
        }
        let entry = hotline_protocol::bytes::Hash::of(&[b"an offer"]);
        let offer = OpenOffer { entry, target: nl.clone(), at: None, country: None, refused: None };
        let offered = Report { state: State::Offered, offer: Some(offer), ..unknown };
        assert_eq!(WaitsFor::of(&offered), Some(WaitsFor::Hotline(nl)));
    }
}

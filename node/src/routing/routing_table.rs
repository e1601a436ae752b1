//! The hotlines that answer for each country, and the decision.

use std::collections::BTreeMap;

use hotline_protocol::country::{Country, CountryCode};
use hotline_protocol::id::NodeId;
use hotline_protocol::vocabulary::RouteReason;

use super::hotline_countries::has_hotline;
use crate::geolocation::{Doubt, Verdict};
use crate::report::Route;

/// A peer and the countries that its card names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerArea {
    /// The peer.
    pub id: NodeId,
    /// The countries that it answers for.
    pub countries: Vec<Country>,
    /// Whether it may be offered anything.
    pub active: bool,
}

/// The result of location.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Traced {
    /// A country.
    In(Country),
    /// No address of a server.
    Nowhere,
    /// An address, and no country that is certain: a person decides.
    Unsure(Doubt),
    /// The name servers did not answer: ask again later.
    NotYet,
}

impl From<Verdict> for Traced {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::In(country, _) => Self::In(country),
            Verdict::Unsure(doubt) => Self::Unsure(doubt),
            Verdict::Untraceable(_) => Self::Nowhere,
            Verdict::NotYet => Self::NotYet,
        }
    }
}

/// The word of a route that a doubt ends.
const fn reason_of(doubt: Doubt) -> RouteReason {
    match doubt {
        Doubt::Disputed => RouteReason::Disputed,
        Doubt::OriginHidden => RouteReason::OriginHidden,
        Doubt::BlockedAnswer => RouteReason::BlockedAnswer,
        Doubt::UnknownCode => RouteReason::UnknownCode,
        Doubt::UnknownCountry => RouteReason::UnknownCountry,
    }
}

/// The words of [`Traced::Unsure`].
pub const DOUBTS: [RouteReason; 5] = [
    RouteReason::Disputed,
    RouteReason::OriginHidden,
    RouteReason::BlockedAnswer,
    RouteReason::UnknownCode,
    RouteReason::UnknownCountry,
];

/// Everything that the decision needs.
#[derive(Debug, Clone)]
pub struct RoutingTable {
    /// This node.
    pub own: NodeId,
    /// Its countries.
    pub countries: Vec<Country>,
    /// Its peers, removed ones left out.
    pub peers: Vec<PeerArea>,
    /// For countries with several hotlines, their order (`routing.hotlines`).
    pub order: BTreeMap<Country, Vec<NodeId>>,
    /// Countries that no report is passed to (`routing.legal_block`).
    pub blocked: Vec<Country>,
}

impl RoutingTable {
    /// The destination of a report with a server traced so. Nodes in `refused` have refused it already, and countries
    /// in `not` are forbidden to it.
    #[must_use]
    pub fn route(&self, traced: Traced, refused: &[NodeId], not: &[CountryCode]) -> Route {
        let to_nobody = |reason| Route { destination: None, reason };
        let country = match traced {
            Traced::In(country) => country,
            Traced::Nowhere => return to_nobody(RouteReason::Untraceable),
            Traced::Unsure(doubt) => return to_nobody(reason_of(doubt)),
            Traced::NotYet => return to_nobody(RouteReason::Held),
        };
        if self.countries.contains(&country) {
            return Route { destination: Some(self.own.clone()), reason: RouteReason::HostedHere };
        }
        let forbidden = |code: &CountryCode| self.blocked.iter().any(|blocked| code == blocked) || not.contains(code);
        if forbidden(&country.into()) {
            return to_nobody(RouteReason::LegalBlock);
        }
        let answering: Vec<&PeerArea> = self.peers.iter().filter(|peer| peer.countries.contains(&country)).collect();
        if answering.is_empty() {
            return to_nobody(if has_hotline(country) { RouteReason::NoPeer } else { RouteReason::NoHotline });
        }
        let mut able: Vec<&NodeId> = answering
            .into_iter()
            .filter(|peer| peer.active && !refused.contains(&peer.id) && !forbidden(&peer.id.seat()))
            .map(|peer| &peer.id)
            .collect();
        // A further card may name any country. A hotline with its seat there stays first, so that no card of another
        // takes that country's reports.
        able.sort_unstable_by_key(|id| (id.seat() != CountryCode::from(country), *id));
        let preferred = self.order.get(&country).into_iter().flatten().find(|id| able.contains(id));
        match preferred.or(able.first().copied()) {
            Some(id) => Route { destination: Some(id.clone()), reason: RouteReason::HostedThere },
            None => to_nobody(RouteReason::Held),
        }
    }

    /// All nodes that answer for a country, this one included.
    #[must_use]
    pub fn answering(&self, country: Country) -> Vec<NodeId> {
        let own = self.countries.contains(&country).then(|| self.own.clone());
        let peers = self.peers.iter().filter(|peer| peer.countries.contains(&country)).map(|peer| peer.id.clone());
        own.into_iter().chain(peers).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn country(code: &str) -> Country {
        code.parse().expect("a country's code")
    }

    fn node(id: &str) -> NodeId {
        id.parse().expect("a node id")
    }

    fn routing_table() -> RoutingTable {
        let peer = |id: &str, countries: &[&str], active| PeerArea {
            id: node(id),
            countries: countries.iter().map(|code| country(code)).collect(),
            active,
        };
        RoutingTable {
            own: node("fr-a"),
            countries: vec![country("FR"), country("GP")],
            peers: vec![
                peer("nl-a", &["NL"], true),
                peer("de-b", &["DE"], true),
                peer("de-a", &["DE"], true),
                peer("us-a", &["US", "PR"], false),
            ],
            order: BTreeMap::new(),
            blocked: vec![country("JP")],
        }
    }

    #[test]
    fn a_route_is_chosen_by_the_table() {
        for (traced, destination, reason) in [
            (Traced::In(country("FR")), Some("fr-a"), RouteReason::HostedHere),
            (Traced::In(country("GP")), Some("fr-a"), RouteReason::HostedHere),
            (Traced::In(country("NL")), Some("nl-a"), RouteReason::HostedThere),
            (Traced::In(country("DE")), Some("de-a"), RouteReason::HostedThere),
            (Traced::In(country("PR")), None, RouteReason::Held),
            (Traced::In(country("CZ")), None, RouteReason::NoPeer),
            (Traced::In(country("RU")), None, RouteReason::NoHotline),
            (Traced::In(country("JP")), None, RouteReason::LegalBlock),
            (Traced::Nowhere, None, RouteReason::Untraceable),
            (Traced::NotYet, None, RouteReason::Held),
            (Traced::Unsure(Doubt::Disputed), None, RouteReason::Disputed),
            (Traced::Unsure(Doubt::OriginHidden), None, RouteReason::OriginHidden),
            (Traced::Unsure(Doubt::BlockedAnswer), None, RouteReason::BlockedAnswer),
            (Traced::Unsure(Doubt::UnknownCode), None, RouteReason::UnknownCode),
            (Traced::Unsure(Doubt::UnknownCountry), None, RouteReason::UnknownCountry),
            (Traced::In(country("XK")), None, RouteReason::NoHotline),
        ] {
            let route = routing_table().route(traced, &[], &[]);
            assert_eq!((route.destination, route.reason), (destination.map(node), reason), "{traced:?}");
        }
    }

    #[test]
    fn the_configurations_order_comes_before_the_lowest_id() {
        let mut routing_table = routing_table();
        routing_table.order.insert(country("DE"), vec![node("de-x"), node("de-b")]);
        assert_eq!(routing_table.route(Traced::In(country("DE")), &[], &[]).destination, Some(node("de-b")));
    }

    #[test]
    fn a_hotline_of_the_country_itself_comes_before_others_that_say_they_answer_for_it() {
        let mut routing_table = routing_table();
        let more = PeerArea { id: node("ad-a"), countries: vec![country("AD"), country("DE")], active: true };
        routing_table.peers.push(more);
        let here = Traced::In(country("DE"));
        assert_eq!(routing_table.route(here, &[], &[]).destination, Some(node("de-a")));
        assert_eq!(routing_table.route(here, &[node("de-a"), node("de-b")], &[]).destination, Some(node("ad-a")));
        routing_table.order.insert(country("DE"), vec![node("ad-a")]);
        assert_eq!(routing_table.route(here, &[], &[]).destination, Some(node("ad-a")));
    }

    #[test]
    fn nobody_is_offered_twice_what_it_refused_and_the_reports_own_blocks_hold() {
        let here = Traced::In(country("DE"));
        assert_eq!(routing_table().route(here, &[node("de-a")], &[]).destination, Some(node("de-b")));
        assert_eq!(routing_table().route(here, &[node("de-a"), node("de-b")], &[]).reason, RouteReason::Held);
        assert_eq!(routing_table().route(here, &[], &[country("DE").into()]).reason, RouteReason::LegalBlock);
    }
}

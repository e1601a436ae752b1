//! The next place for a report after its offer came to nothing: pure.
//!
//! Our own new finding comes first, then the countries that refusers found, the latest first. Where our own finding is
//! in doubt, a person decides: a refuser's finding is one witness more, and nobody is offered a report by chance. A
//! refuser that finds our own country where we do not leaves it to a person, too. A node that refused is never offered
//! the report again. One that only left an offer unanswered is passed over until it is heard from again; where nobody
//! else answers for these countries, the report waits for it in a person's sight.

use std::collections::BTreeMap;

use hotline_protocol::country::{Country, CountryCode};
use hotline_protocol::entry::EntryType;
use hotline_protocol::id::NodeId;
use hotline_protocol::log::Position;
use hotline_protocol::state::{Fold, Offer};
use hotline_protocol::vocabulary::RouteReason;

use crate::exchange::Link;
use crate::report::Route;
use crate::report::replay::Recorded;
use crate::routing::{RoutingTable, Traced};

/// When each node was last heard from, seconds since 1970; without the nodes that were never heard from.
pub(super) type Contacts = BTreeMap<NodeId, i64>;

/// When each node was last heard from, by the links to them.
pub(super) fn contacts(links: &[(NodeId, Link)]) -> Contacts {
    links.iter().filter_map(|(node, link)| Some((node.clone(), link.last_contact? / 1_000_000))).collect()
}

/// Where a report goes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    /// It is offered to this node.
    Offer {
        /// The node.
        target: NodeId,
        /// The country that it answers for.
        country: Country,
    },
    /// It is held until this node is heard from later than `since` (seconds since 1970).
    Await {
        /// The node.
        node: NodeId,
        /// When its last unanswered offer was taken back.
        since: i64,
    },
    /// It stays with us: it is hosted here, or there is nobody to offer it to.
    Stay(Route),
}

impl Next {
    /// As it is kept with the report. A report that waits for a node is held, and names the node.
    pub(super) fn route(&self) -> Route {
        match self {
            Self::Offer { target, .. } => Route { destination: Some(target.clone()), reason: RouteReason::HostedThere },
            Self::Await { node, .. } => Route { destination: Some(node.clone()), reason: RouteReason::Held },
            Self::Stay(route) => route.clone(),
        }
    }
}

/// Where a report goes next that was traced so. `silent` are the nodes that [`silent_nodes`] finds.
pub(super) fn next_destination(
    routing_table: &RoutingTable,
    traced: Traced,
    fold: &Fold,
    silent: &BTreeMap<NodeId, i64>,
) -> Next {
    let refused: Vec<NodeId> =
        fold.offers.iter().filter(|offer| offer.refusal.is_some()).map(|offer| offer.target.clone()).collect();
    let not: Vec<CountryCode> = fold.not.iter().copied().collect();
    let passed_over: Vec<NodeId> = refused.iter().chain(silent.keys()).cloned().collect();
    let told = fold.offers.iter().rev().filter_map(|offer| offer.refusal.as_ref()?.country).map(Traced::In);
    if let Traced::Unsure(_) = traced {
        return Next::Stay(routing_table.route(traced, &refused, &not));
    }
    let told = told.filter(|told| !matches!(told, Traced::In(country) if routing_table.countries.contains(country)));
    let found: Vec<Traced> = std::iter::once(traced).chain(told).collect();
    let first_place = |without: &[NodeId]| {
        found.iter().find_map(|traced| {
            let Traced::In(country) = *traced else { return None };
            let route = routing_table.route(*traced, without, &not);
            Some((route.destination.clone()?, country, route))
        })
    };
    if let Some((target, country, route)) = first_place(&passed_over) {
        return if target == routing_table.own { Next::Stay(route) } else { Next::Offer { target, country } };
    }
    match first_place(&refused) {
        Some((node, ..)) if silent.contains_key(&node) => Next::Await { since: silent[&node], node },
        _ => Next::Stay(routing_table.route(traced, &refused, &not)),
    }
}

/// The nodes that left an offer of ours unanswered and were not heard from since it was taken back, with the time of
/// that. Times are seconds since 1970 by our own clock: it alone writes and compares them. An offer that is still open
/// is being taken back `now`.
pub(super) fn silent_nodes(
    own: &NodeId,
    fold: &Fold,
    entries: &[Recorded],
    contacts: &Contacts,
    now: i64,
) -> BTreeMap<NodeId, i64> {
    let mut silent = BTreeMap::new();
    let unanswered = |offer: &&Offer| offer.by == *own && offer.accepted.is_none() && offer.refusal.is_none();
    for offer in fold.offers.iter().filter(unanswered) {
        let since = if offer.resumed { taken_back_at(own, entries, offer).unwrap_or(now) } else { now };
        // In the order of the walk: a later offer to the same node replaces the earlier one.
        silent.insert(offer.target.clone(), since);
    }
    silent.retain(|node, since| contacts.get(node).is_none_or(|heard| heard <= since));
    silent
}

fn taken_back_at(own: &NodeId, entries: &[Recorded], offer: &Offer) -> Option<i64> {
    let resume = entries.iter().find(|entry| {
        let content = &entry.content;
        entry.log == *own && content.entry_type == EntryType::Resume && content.of == Some(offer.entry)
    });
    i64::try_from(resume?.content.ts).ok()
}

/// Whether the target is silent, rather than this node deaf. Somebody was heard from since `lately`, and nobody of
/// those shows more of the target's log than is here, up to `held`. For a resume wins against an accept that it did not
/// see: a report accepted long ago would be taken away from its holder. A peer's shown head counts for a while:
/// meanwhile that peer or another brings the entries, or nothing proves it.
pub(super) fn is_known_silent(
    target: &NodeId,
    held: Position,
    links: &[(NodeId, Link)],
    (lately, now): (i64, i64),
) -> bool {
    let is_heard = |link: &&Link| link.head_shown && link.last_contact.is_some_and(|at| at >= lately);
    let mut heard = links.iter().map(|(_, link)| link).filter(is_heard).peekable();
    heard.peek().is_some() && !heard.any(|link| link.may_have_more(target, held, now))
}

#[cfg(test)]
mod tests;

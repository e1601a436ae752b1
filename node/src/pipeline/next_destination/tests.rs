//! The rule of the next place, and the test for the silent side.

use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::Content;
use hotline_protocol::log::Cursor;
use hotline_protocol::state::Refusal;
use hotline_protocol::vocabulary::State;

use super::*;
use crate::geolocation::Doubt;
use crate::pipeline::test_house::{country, node};
use crate::report::BodyState;
use crate::routing::PeerArea;

const OWN: &str = "fr-a";

fn routing_table() -> RoutingTable {
    let peer =
        |id: &str, active| PeerArea { id: node(id), countries: node(id).seat().known().into_iter().collect(), active };
    RoutingTable {
        own: node(OWN),
        countries: vec![country("FR")],
        peers: vec![peer("nl-a", true), peer("nl-b", true), peer("de-a", true), peer("us-a", false)],
        order: BTreeMap::new(),
        blocked: Vec::new(),
    }
}

/// Outcome of an offer.
#[derive(Clone, Copy)]
enum Came {
    Open,
    Resumed,
    Refused(Option<&'static str>),
}

fn hash(number: usize) -> Hash {
    Hash::of(&[&number.to_be_bytes()])
}

fn fold(offers: &[(&str, Came)]) -> Fold {
    let offer = |(at, (target, came)): (usize, &(&str, Came))| Offer {
        entry: hash(at),
        by: node(OWN),
        target: node(target),
        country: None,
        accepted: None,
        refusal: match came {
            Came::Refused(found) => {
                Some(Refusal { entry: hash(100 + at), why: "other".into(), country: found.map(country) })
            }
            _ => None,
        },
        resumed: !matches!(came, Came::Open),
    };
    Fold {
        create: hash(0),
        state: State::Assessed,
        holder: node(OWN),
        hold: hash(0),
        tenure: 1,
        last: hash(0),
        country: None,
        not: std::collections::BTreeSet::new(),
        offers: offers.iter().enumerate().map(offer).collect(),
        counted: Vec::new(),
        amends: Vec::new(),
        stale: Vec::new(),
        waiting: Vec::new(),
    }
}

/// The node and country of the next offer, the node that the report waits for, or the reason why it stays.
fn shown(next: &Next) -> String {
    match next {
        Next::Offer { target, country } => format!("{target} for {country}"),
        Next::Await { node, since } => format!("wait for {node} since {since}"),
        Next::Stay(route) => route.reason.to_string(),
    }
}

#[test]
fn the_next_place_is_chosen_by_the_table() {
    use Came::{Refused, Resumed};
    let nl = Traced::In(country("NL"));
    for (traced, offers, silent, next) in [
        // Our own new finding, when it is another node.
        (Traced::In(country("DE")), &[("nl-a", Resumed)][..], &["nl-a"][..], "de-a for DE"),
        (nl, &[("de-a", Resumed)], &["de-a"], "nl-a for NL"),
        // Another hotline of the same country.
        (nl, &[("nl-a", Resumed)], &["nl-a"], "nl-b for NL"),
        (nl, &[("nl-a", Refused(None))], &[], "nl-b for NL"),
        // Only the silent nodes are left.
        (nl, &[("nl-a", Resumed), ("nl-b", Resumed)], &["nl-a", "nl-b"], "wait for nl-a since 7"),
        (nl, &[("nl-a", Refused(None)), ("nl-b", Resumed)], &["nl-b"], "wait for nl-b since 7"),
        // Heard from again.
        (nl, &[("nl-a", Resumed), ("nl-b", Resumed)], &["nl-b"], "nl-a for NL"),
        // Never again to a node that refused, however often it is heard from.
        (nl, &[("nl-a", Refused(None)), ("nl-b", Refused(None))], &[], "held"),
        (nl, &[("nl-a", Resumed), ("nl-a", Refused(None)), ("nl-b", Refused(None))], &[], "held"),
        // The country that a refuser found, the latest first, where our own finding leads nowhere.
        (nl, &[("nl-a", Refused(Some("DE"))), ("nl-b", Refused(None))], &[], "de-a for DE"),
        (nl, &[("nl-a", Refused(Some("DE"))), ("nl-b", Refused(Some("US")))], &[], "de-a for DE"),
        (nl, &[("nl-a", Refused(Some("DE"))), ("nl-b", Resumed)], &["nl-b"], "de-a for DE"),
        (
            nl,
            &[("nl-a", Refused(None)), ("nl-b", Refused(Some("DE"))), ("de-a", Resumed)],
            &["de-a"],
            "wait for de-a since 7",
        ),
        // Home, or nowhere.
        (Traced::In(country("FR")), &[("nl-a", Resumed)], &["nl-a"], "hosted_here"),
        (Traced::In(country("CZ")), &[("nl-a", Resumed)], &["nl-a"], "no_peer"),
        (Traced::In(country("US")), &[("nl-a", Resumed)], &["nl-a"], "held"),
        (Traced::Nowhere, &[("nl-a", Resumed)], &["nl-a"], "untraceable"),
        (Traced::NotYet, &[("nl-a", Resumed)], &["nl-a"], "held"),
        // A doubt is a person's, for any finding of a refuser.
        (Traced::Unsure(Doubt::Disputed), &[("nl-a", Refused(Some("DE")))], &[], "disputed"),
        (Traced::Unsure(Doubt::OriginHidden), &[("nl-a", Resumed)], &["nl-a"], "origin_hidden"),
        (Traced::Unsure(Doubt::BlockedAnswer), &[("nl-a", Refused(None))], &[], "blocked_answer"),
        // A refuser says that it is hosted here, and we do not find that.
        (nl, &[("nl-a", Refused(Some("FR"))), ("nl-b", Refused(Some("FR")))], &[], "held"),
        (nl, &[("nl-a", Refused(Some("DE"))), ("nl-b", Refused(Some("FR")))], &[], "de-a for DE"),
        (Traced::Nowhere, &[("nl-a", Refused(Some("FR")))], &[], "untraceable"),
    ] {
        let silent = silent.iter().map(|id| (node(id), 7)).collect();
        let found = next_destination(&routing_table(), traced, &fold(offers), &silent);
        assert_eq!(shown(&found), next, "{traced:?}");
    }
}

#[test]
fn what_waits_names_the_node_and_is_held() {
    let waits = Next::Await { node: node("nl-a"), since: 7 };
    assert_eq!(waits.route(), Route { destination: Some(node("nl-a")), reason: RouteReason::Held });
    let goes = Next::Offer { target: node("nl-a"), country: country("NL") };
    assert_eq!(goes.route(), Route { destination: Some(node("nl-a")), reason: RouteReason::HostedThere });
}

/// The resume of the offer with this number, at a time.
fn resume(offer: usize, at: i64) -> Recorded {
    let mut content = Content::new(EntryType::Resume, at);
    content.of = Some(hash(offer));
    Recorded { hash: hash(200 + offer), log: node(OWN), place: (1, 1), content, body_state: BodyState::None }
}

#[test]
fn a_node_is_silent_from_when_its_offer_was_taken_back_until_it_is_heard_from() {
    use Came::{Open, Refused, Resumed};
    let (none, entries) = (None, [resume(0, 50), resume(1, 60)]);
    for (offers, heard, silent) in [
        (&[("nl-a", Resumed)][..], none, Some(50)),
        (&[("nl-a", Resumed)], Some(49), Some(50)),
        (&[("nl-a", Resumed)], Some(50), Some(50)),
        (&[("nl-a", Resumed)], Some(51), none),
        (&[("nl-a", Resumed), ("nl-a", Resumed)], Some(55), Some(60)),
        (&[("nl-a", Resumed), ("nl-a", Resumed)], Some(61), none),
        // Being taken back now: it has not been heard from later.
        (&[("nl-a", Open)], Some(99), Some(100)),
        (&[("nl-a", Resumed), ("nl-a", Open)], Some(99), Some(100)),
        (&[("nl-a", Refused(None))], none, none),
    ] {
        let contacts: Contacts = heard.map(|at| (node("nl-a"), at)).into_iter().collect();
        let found = silent_nodes(&node(OWN), &fold(offers), &entries, &contacts, 100);
        assert_eq!(found.get(&node("nl-a")).copied(), silent, "{heard:?}");
    }
}

#[test]
fn another_holders_unanswered_offer_says_nothing_of_ours() {
    let mut others = fold(&[("nl-a", Came::Resumed)]);
    others.offers[0].by = node("de-a");
    assert!(silent_nodes(&node(OWN), &others, &[], &Contacts::new(), 100).is_empty());
}

#[test]
fn a_silence_may_be_ours() {
    let target = node("nl-a");
    let link = |heard: Option<i64>, shown: bool, head: Option<u64>| Link {
        last_contact: heard,
        head_shown: shown,
        heads: head.map(|seq| (target.clone(), Cursor { seq, ..Cursor::START })).into_iter().collect(),
        ..Link::default()
    };
    let held = Position { epoch: 1, seq: 5 };
    for (what, links, known) in [
        ("nobody", vec![], false),
        ("nobody was heard from", vec![link(None, false, None)], false),
        ("nobody was lately", vec![link(Some(99), true, Some(5))], false),
        ("nobody since our start", vec![link(Some(100), false, None)], false),
        ("somebody who has no more", vec![link(Some(100), true, Some(5))], true),
        ("somebody who has less", vec![link(Some(100), true, Some(2))], true),
        ("somebody who has nothing", vec![link(Some(100), true, None)], true),
        ("somebody who has more", vec![link(Some(100), true, Some(6))], false),
        ("one of two has more", vec![link(Some(100), true, Some(5)), link(Some(100), true, Some(6))], false),
        ("who has more was heard from long ago", vec![link(Some(100), true, None), link(Some(9), true, Some(6))], true),
    ] {
        let links: Vec<(NodeId, Link)> = links.into_iter().map(|link| (node("de-a"), link)).collect();
        assert_eq!(is_known_silent(&target, held, &links, (100, 100)), known, "{what}");
    }
}

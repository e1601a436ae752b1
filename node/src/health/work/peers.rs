//! Peers: whether each gets our entries, is heard from, and shows a certificate that will hold.

use std::collections::HashMap;

use hotline_protocol::id::NodeId;
use hotline_protocol::log::Cursor;

use super::day_used_up::day_used_up;
use super::facts::Facts;
use super::peer_trouble::Trouble;
use crate::access::alert::Cause;
use crate::clock::time_of_micros;
use crate::config::section::ExchangeSection;
use crate::context::Context;
use crate::exchange::log::fork::standing_forks;
use crate::exchange::log::{LogDay, LogError, days_of_all, heads};
use crate::exchange::{Link, stored_links};
use crate::health::check::{Check, CheckName, Status};
use crate::health::examine::House;
use crate::plural::counted;
use crate::report::head;
use crate::storage::StorageError;
use crate::trust::certificate::{days_left, says_days_left};
use crate::trust::peer::{Peer, PeerStanding, certificates, peers};

/// Every peer that was ever added, with its link: as it is now in a node that serves, else as it was last written down.
pub(in crate::health) async fn links(house: &House<'_>, context: &Context) -> Result<Vec<(Peer, Link)>, StorageError> {
    let connection = context.database.read();
    let mut stored: HashMap<NodeId, Link> = match house.running {
        Some(running) => running.hub.links.all().into_iter().collect(),
        None => stored_links(connection).await?.into_iter().map(|stored| (stored.peer, stored.link)).collect(),
    };
    let with_link = |peer: Peer| {
        let link = stored.remove(&peer.id).unwrap_or_default();
        (peer, link)
    };
    Ok(peers(connection).await?.into_iter().map(with_link).collect())
}

/// One check a peer.
pub(in crate::health) async fn check(
    house: &House<'_>,
    context: &Context,
    links: &[(Peer, Link)],
) -> Result<Vec<Check>, LogError> {
    let connection = context.database.read();
    let own_head = head(connection, &context.own).await?;
    let pinned = certificates(connection).await?;
    let forks = standing_forks(connection).await?;
    let days: HashMap<NodeId, LogDay> = days_of_all(connection).await?.into_iter().collect();
    let here = heads(connection).await?;
    let known = links.iter().filter(|(peer, _)| peer.standing != PeerStanding::Removed);
    let now = house.clock.now().timestamp_micros();
    let checks: Vec<Check> = known
        .map(|(peer, link)| {
            let counting = pinned.iter().filter(|it| it.node == peer.id && it.counts()).collect();
            let fork = forks.get(&peer.id).copied();
            let day = days.get(&peer.id).copied().unwrap_or_default();
            let held = here.get(&peer.id).map_or(Cursor::START, |(head, _)| *head);
            let lacking = lacking(&peer.id, &held, links);
            judge(&Facts { peer, link, counting, own_head, fork, day, lacking }, &house.config.exchange, now)
        })
        .collect();
    if checks.is_empty() {
        let advice = "exchange cards with another hotline: hotline-node identity card, hotline-node peer add";
        return Ok(vec![Check::warning(CheckName::Peers, "none was added yet", advice)]);
    }
    Ok(checks)
}

/// Returns the number of entries that a log has beyond those here, by the farthest of its signed heads that a member
/// has shown. A head that no key verifies says nothing.
fn lacking(log: &NodeId, held: &Cursor, links: &[(Peer, Link)]) -> u64 {
    let shown = links.iter().filter_map(|(_, link)| link.heads.get(log));
    let known = shown.filter(|shown| i64::try_from(shown.seq).is_ok());
    known.map(|shown| shown.entries_beyond(held)).max().unwrap_or(0)
}

fn judge(facts: &Facts<'_>, exchange: &ExchangeSection, now: i64) -> Check {
    let (peer, link) = (facts.peer, facts.link);
    if peer.standing == PeerStanding::Suspended {
        let text = "suspended here: nothing is exchanged with it";
        // Others bring its log.
        let used_up = day_used_up(facts, &exchange.day_budget(), now).and_then(|trouble| trouble.cause);
        return Check::ok(CheckName::Peer, text).about(peer.id.as_str()).calling(used_up);
    }
    let contact = link.last_contact.and_then(time_of_micros);
    let heard = contact.map_or_else(|| "never heard from".to_owned(), |at| format!("heard from at {at}"));
    let behind = facts.own_head.entries_beyond(&link.acknowledged);
    let last_end = facts.counting.iter().map(|certificate| certificate.not_after).max();
    let certificate = last_end.map_or_else(
        || "no certificate of it counts".to_owned(),
        |end| format!("its certificate {}", says_days_left(days_left(end, now / 1_000_000))),
    );
    let mut troubles = Trouble::all_of(facts, exchange, now);
    // Stable: the worst first.
    troubles.sort_by_key(|trouble| trouble.status != Status::Fault);
    let mut text = format!("active, {heard}, lacks {} of ours, {certificate}", counted(behind, "entry"));
    for trouble in &troubles {
        text = format!("{text}; {}", trouble.text);
    }
    let causes: Vec<Cause> = troubles.iter().filter_map(|trouble| trouble.cause.clone()).collect();
    let check = match troubles.into_iter().next() {
        None => Check::ok(CheckName::Peer, text),
        Some(worst) => Check::of(CheckName::Peer, worst.status, text, worst.advice),
    };
    check.about(peer.id.as_str()).calling(causes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trust::handshake::test_certificate::TestCertificate;
    use crate::trust::peer::StoredCertificate;

    const NOW: i64 = 1_800_000_000_000_000;
    const MINUTE: i64 = 60_000_000;

    fn peer(standing: PeerStanding) -> Peer {
        let id: NodeId = "de-example".parse().expect("a node id");
        Peer {
            countries: vec![id.seat()],
            id,
            standing,
            name: "Example".to_owned(),
            endpoint: "https://node.example:7443".to_owned(),
            card: String::new(),
            card_number: 1,
            added_at: NOW - 60 * MINUTE,
        }
    }

    fn judged(peer: &Peer, link: &Link, days: Option<i64>) -> Check {
        let pinned = days.map(ends_in);
        let facts = Facts {
            peer,
            link,
            counting: pinned.iter().collect(),
            own_head: Cursor { seq: 3, ..Cursor::START },
            fork: None,
            day: LogDay::default(),
            lacking: 0,
        };
        judge(&facts, &ExchangeSection::default(), NOW)
    }

    fn ends_in(days: i64) -> StoredCertificate {
        let certificate = TestCertificate::of("de-example").stored("de-example", "active");
        StoredCertificate { not_after: NOW / 1_000_000 + days * 86_400, ..certificate }
    }

    #[test]
    fn a_peer_s_certificate_is_warned_of_at_each_threshold() {
        let (peer, link) = (peer(PeerStanding::Active), Link { last_contact: Some(NOW), ..Link::default() });
        for (days, status, text) in [
            (61, Status::Ok, "ends in 61 days"),
            (60, Status::Warning, "ends in 60 days"),
            (30, Status::Warning, "ends in 30 days"),
            (14, Status::Warning, "ends in 14 days"),
            (7, Status::Warning, "ends in 7 days"),
            (1, Status::Warning, "ends in 1 day"),
            (-1, Status::Fault, "ended a day ago"),
        ] {
            let check = judged(&peer, &link, Some(days));
            assert!(check.status == status && check.text.contains(text), "{days}: {check:?}");
        }
    }

    #[test]
    fn each_certificate_whose_end_is_near_is_named() {
        let (peer, link) = (peer(PeerStanding::Active), Link { last_contact: Some(NOW), ..Link::default() });
        let (near, far) = (ends_in(14), ends_in(100));
        let facts = Facts {
            peer: &peer,
            link: &link,
            counting: vec![&near, &far],
            own_head: Cursor { seq: 3, ..Cursor::START },
            fork: None,
            day: LogDay::default(),
            lacking: 0,
        };
        let check = judge(&facts, &ExchangeSection::default(), NOW);
        assert_eq!(check.status, Status::Warning);
        assert!(check.text.contains(&format!("{} ends in 14 days", near.pin)), "{}", check.text);
        assert!(!check.text.contains(&far.pin.to_string()), "{}", check.text);
        assert!(check.text.contains("its certificate ends in 100 days"), "{}", check.text);
        assert!(check.advice.is_some());
    }

    #[test]
    fn each_trouble_is_found_and_the_worst_counts() {
        let well = Link { last_contact: Some(NOW - MINUTE), ..Link::default() };
        let late = Link { behind_since: Some(NOW - 15 * MINUTE), ..well.clone() };
        let faulty = Link { fault: Some("not reachable".to_owned()), ..well.clone() };
        let off = Link { clock_skew_seconds: Some(400), ..well.clone() };
        let silent = Link { last_contact: Some(NOW - 15 * MINUTE), ..Link::default() };
        for (link, days, status) in [
            (&well, Some(100), Status::Ok),
            (&well, Some(30), Status::Warning),
            (&well, Some(-1), Status::Fault),
            (&well, None, Status::Fault),
            (&late, Some(100), Status::Fault),
            (&faulty, Some(100), Status::Warning),
            (&faulty, Some(-1), Status::Fault),
            (&off, Some(100), Status::Warning),
            (&silent, Some(100), Status::Warning),
            (&Link::default(), Some(100), Status::Warning),
        ] {
            let check = judged(&peer(PeerStanding::Active), link, days);
            assert_eq!(check.status, status, "{}", check.text);
            assert_eq!(check.advice.is_some(), status != Status::Ok);
        }
        assert_eq!(judged(&peer(PeerStanding::Suspended), &late, None).status, Status::Ok);
    }
}

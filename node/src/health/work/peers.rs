//! Peers: whether each gets what is ours, is heard from, and shows a certificate that will hold.

use std::collections::HashMap;

use hotline_protocol::id::NodeId;
use hotline_protocol::log::Cursor;

use crate::clock::time_of_micros;
use crate::config::ExchangeSection;
use crate::context::Context;
use crate::exchange::log::{LogError, head};
use crate::exchange::{Link, SKEW_ALARM_SECONDS, stored_links};
use crate::health::check::{Check, CheckName, Status};
use crate::health::identity::urgency;
use crate::trust::{
    Peer, PeerStanding, StoredCertificate, certificates, days_left, ending_certificates, peers, says_days_left,
};

/// Everything that one peer is judged by.
struct Facts<'a> {
    peer: &'a Peer,
    link: &'a Link,
    /// Its pinned certificates that count.
    counting: Vec<&'a StoredCertificate>,
    /// The end of our log.
    own_head: Cursor,
}

/// Something that wants attention.
struct Trouble {
    status: Status,
    text: String,
    advice: String,
}

/// One check a peer, as far as the last `serve` wrote it down.
pub(in crate::health) async fn check(context: &Context, exchange: &ExchangeSection) -> Result<Vec<Check>, LogError> {
    let connection = context.database.read();
    let own_head = head(connection, &context.own).await?;
    let links: HashMap<NodeId, Link> =
        stored_links(connection).await?.into_iter().map(|stored| (stored.peer, stored.link)).collect();
    let pinned = certificates(connection).await?;
    let known = peers(connection).await?.into_iter().filter(|peer| peer.standing != PeerStanding::Removed);
    let now = context.now_micros();
    let checks: Vec<Check> = known
        .map(|peer| {
            let counting = pinned.iter().filter(|it| it.node == peer.id && it.counts()).collect();
            let link = links.get(&peer.id).cloned().unwrap_or_default();
            judge(&Facts { peer: &peer, link: &link, counting, own_head }, exchange, now)
        })
        .collect();
    if checks.is_empty() {
        let advice = "exchange cards with another hotline: hotline-node identity card, hotline-node peer add";
        return Ok(vec![Check::warning(CheckName::Peers, "none was added yet", advice)]);
    }
    Ok(checks)
}

fn judge(facts: &Facts<'_>, exchange: &ExchangeSection, now: i64) -> Check {
    let (peer, link) = (facts.peer, facts.link);
    if peer.standing == PeerStanding::Suspended {
        let text = "suspended here: nothing is exchanged with it";
        return Check::ok(CheckName::Peer, text).about(peer.id.as_str());
    }
    let contact = link.last_contact.and_then(time_of_micros);
    let heard = contact.map_or_else(|| "never heard from".to_owned(), |at| format!("heard from at {at}"));
    let behind = facts.own_head.entries_beyond(&link.acknowledged);
    let last_end = facts.counting.iter().map(|certificate| certificate.not_after).max();
    let certificate = last_end.map_or_else(
        || "no certificate of it counts".to_owned(),
        |end| format!("its certificate {}", says_days_left(days_left(end, now / 1_000_000))),
    );
    let others = [clock(link), delivery(facts, exchange, now), contact_lost(facts, exchange, now)];
    let mut troubles: Vec<_> = cloned(link)
        .into_iter()
        .chain(twice(link, now))
        .chain(others.into_iter().flatten())
        .chain(ends(facts, now))
        .collect();
    // Stable: the worst first, and among equals the order above.
    troubles.sort_by_key(|trouble| trouble.status != Status::Fault);
    let mut text = format!("active, {heard}, lacks {behind} entries of ours, {certificate}");
    for trouble in &troubles {
        text = format!("{text}; {}", trouble.text);
    }
    let check = match troubles.into_iter().next() {
        None => Check::ok(CheckName::Peer, text),
        Some(worst) => Check::of(CheckName::Peer, worst.status, text, worst.advice),
    };
    check.about(peer.id.as_str())
}

/// It is not to be mended there: somebody runs a copy of this node.
fn cloned(link: &Link) -> Option<Trouble> {
    link.clone_suspected?;
    Some(Trouble {
        status: Status::Fault,
        text: "it takes this node for a copy and refuses it: another machine runs, or ran, as this node; stop every \
               other copy of this node and remove its folder, then start this one again"
            .into(),
        advice: "README, \"Backups\"".into(),
    })
}

fn twice(link: &Link, now: i64) -> Option<Trouble> {
    link.speaks_twice(now).then(|| Trouble {
        status: Status::Warning,
        text: "two machines seem to run as it: an earlier start of it spoke after a later one".into(),
        advice: "call that hotline: it must stop every copy of its node, and start the right one again".into(),
    })
}

/// A clock that is far off makes times wrong in every statistic.
fn clock(link: &Link) -> Option<Trouble> {
    let skew = link.clock_skew_seconds.filter(|skew| skew.abs() > SKEW_ALARM_SECONDS)?;
    let text = format!("its clock and ours are {skew} seconds apart");
    Some(Trouble { status: Status::Warning, text, advice: "find out whose clock is wrong".into() })
}

fn delivery(facts: &Facts<'_>, exchange: &ExchangeSection, now: i64) -> Option<Trouble> {
    let waited = (now - facts.link.behind_since?) / 1_000_000;
    let late = waited >= i64::from(exchange.delivery_alarm_seconds);
    late.then(|| Trouble {
        status: Status::Fault,
        text: format!("nothing was delivered for {} minutes", waited / 60),
        advice: format!("run: hotline-node peer check {}", facts.peer.id),
    })
}

/// Nodes that serve say hello every minute, so a longer silence has a reason.
fn contact_lost(facts: &Facts<'_>, exchange: &ExchangeSection, now: i64) -> Option<Trouble> {
    let silent_since = facts.link.last_contact.unwrap_or(facts.peer.added_at);
    let silent = now - silent_since >= i64::from(exchange.delivery_alarm_seconds) * 1_000_000;
    let text = match (&facts.link.fault, silent) {
        (Some(fault), _) => format!("the last try failed: {fault}"),
        (None, true) => "it is silent".to_owned(),
        (None, false) => return None,
    };
    let advice = format!("run: hotline-node peer check {}", facts.peer.id);
    Some(Trouble { status: Status::Warning, text, advice })
}

/// One for each certificate whose end is near, or for none that counts.
fn ends(facts: &Facts<'_>, now: i64) -> Vec<Trouble> {
    let advice = "ask that hotline for a card with a new certificate: hotline-node peer add CARD_FILE";
    let trouble = |status, text| Trouble { status, text, advice: advice.into() };
    if facts.counting.is_empty() {
        return vec![trouble(Status::Fault, "it needs a new certificate".to_owned())];
    }
    let near = ending_certificates(facts.counting.iter().copied(), now / 1_000_000);
    near.into_iter()
        .map(|(certificate, _)| {
            let days = days_left(certificate.not_after, now / 1_000_000);
            trouble(urgency(days), format!("its certificate {} {}", certificate.pin, says_days_left(days)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trust::test_certificate::TestCertificate;

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
        let facts =
            Facts { peer, link, counting: pinned.iter().collect(), own_head: Cursor { seq: 3, ..Cursor::START } };
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

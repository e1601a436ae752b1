//! Possible faults between a peer and this node, and whether a person is called for them.

use super::day_used_up::day_used_up;
use super::facts::Facts;
use super::peer_trouble::Trouble;
use crate::access::alert::{AlertKind, Cause};
use crate::config::section::ExchangeSection;
use crate::exchange::SKEW_ALARM_SECONDS;
use crate::health::check::Status;
use crate::health::identity::{end_of, urgency};
use crate::plural::counted;
use crate::trust::certificate::{days_left, ending_certificates, says_days_left};

impl Trouble {
    /// Everything that is wrong with a peer at `now` (microseconds since 1970).
    pub(super) fn all_of(facts: &Facts<'_>, exchange: &ExchangeSection, now: i64) -> Vec<Self> {
        let others = [
            cloned(facts),
            twice(facts, now),
            clock(facts),
            copy(facts),
            forked(facts),
            refused(facts),
            suspends(facts),
            over_limits(facts, now),
            delivery(facts, exchange, now),
            contact_lost(facts, exchange, now),
            day_used_up(facts, &exchange.day_budget(), now),
        ];
        others.into_iter().flatten().chain(ends(facts, now)).collect()
    }

    /// Makes a trouble with further details in `peer check`.
    fn new(facts: &Facts<'_>, status: Status, text: impl Into<String>) -> Self {
        let advice = format!("run: hotline-node peer check {}", facts.peer.id);
        Self { status, text: text.into(), advice, cause: None }
    }

    /// Adds a call to a person in these words.
    fn calling(self, facts: &Facts<'_>, kind: AlertKind, text: &str) -> Self {
        let id = &facts.peer.id;
        let text = format!("{text}; look at: hotline-node peer check {id}");
        Self { cause: Some(Cause::new(kind, id.as_str(), text).with("peer", id)), ..self }
    }

    fn with(self, name: &str, value: impl ToString) -> Self {
        Self { cause: self.cause.map(|cause| cause.with(name, value)), ..self }
    }
}

fn fault_of<'a>(facts: &'a Facts<'_>) -> &'a str {
    let waits = facts.link.takes_again_at.map(|_| "it takes no more of this node's log today");
    facts.link.fault.as_deref().or(waits).unwrap_or("no fault is known")
}

/// It is not to be mended there: somebody runs a copy of this node.
fn cloned(facts: &Facts<'_>) -> Option<Trouble> {
    let id = &facts.peer.id;
    facts.link.clone_suspected?;
    let called = format!(
        "{id} takes this node for a copy of itself and refuses it: it says that it has heard from a later start of this \
         node. If so, another machine runs, or ran, with this node's folder. Nothing is delivered to {id}. Find every other \
         copy, stop it and remove its folder; then start this node again, and {id} takes it: its start is the latest then. \
         Where there is no copy, it is that hotline's word alone: call it. Where a copy has signed something, an alert says \
         so, and what to do"
    );
    Some(Trouble {
        status: Status::Fault,
        text: "it takes this node for a copy and refuses it: it says that another machine runs, or ran, as this node; stop \
               every other copy of this node and remove its folder, then start this one again"
            .into(),
        advice: "node/docs/incidents.md, \"Two copies of a node\"".into(),
        cause: Some(Cause::new(AlertKind::CloneSuspected, id.as_str(), called).with("peer", id)),
    })
}

fn twice(facts: &Facts<'_>, now: i64) -> Option<Trouble> {
    let id = &facts.peer.id;
    let called = format!(
        "two machines seem to run as {id}: an earlier start of it spoke after a later one, and is refused. Call that \
         hotline: it must stop every copy of its node, and start the right one again"
    );
    facts.link.speaks_twice(now).then(|| Trouble {
        status: Status::Warning,
        text: "two machines seem to run as it: an earlier start of it spoke after a later one".into(),
        advice: "call that hotline: it must stop every copy of its node, and start the right one again".into(),
        cause: Some(Cause::new(AlertKind::PeerRunsTwice, id.as_str(), called).with("peer", id)),
    })
}

/// A clock that is far off makes times wrong in every statistic.
fn clock(facts: &Facts<'_>) -> Option<Trouble> {
    let skew = facts.link.clock_skew_seconds.filter(|skew| skew.abs() > SKEW_ALARM_SECONDS)?;
    let called = format!("the clock of {} and ours are {skew} seconds apart", facts.peer.id);
    let trouble = Trouble::new(facts, Status::Warning, format!("its clock and ours are {skew} seconds apart"));
    let trouble = trouble.calling(facts, AlertKind::PeerClock, &called).with("seconds", skew);
    Some(Trouble { advice: "find out whose clock is wrong".into(), ..trouble })
}

/// Somebody else has signed for this node, or two copies of it have run: if the peer shows a signature of our key. Its
/// word alone is a note about the peer.
fn copy(facts: &Facts<'_>) -> Option<Trouble> {
    let (id, link) = (&facts.peer.id, facts.link);
    if !link.contradicts {
        return (link.copy_differs || link.cursor_differs).then(|| Trouble {
            status: Status::Warning,
            text: "it says that its copy of this node's log is another one, and shows nothing that this node has signed to \
                   prove it"
                .into(),
            advice: "its word alone: if nothing is delivered to it, call that hotline".into(),
            cause: None,
        });
    }
    let text = format!(
        "{id} shows an entry of this node's log that this node's key has signed and that is not the one here: somebody \
         else has signed for this node, or a copy of it has run. Call that hotline. hotline-node log open-epoch --confirm \
         ID asks the peers how far their copies agree, says it, and goes on after that"
    );
    Some(Trouble {
        status: Status::Fault,
        text: "its copy of this node's log is another one, and this node's key has signed it".into(),
        advice: "call that hotline; node/docs/incidents.md, \"Two copies of a node\"".into(),
        cause: Some(Cause::new(AlertKind::PeerCopy, id.as_str(), text).with("peer", id)),
    })
}

/// A person was called when it was found.
fn forked(facts: &Facts<'_>) -> Option<Trouble> {
    let place = facts.fork?;
    Some(Trouble {
        status: Status::Warning,
        text: format!(
            "it has signed two entries as entry {} of epoch {} of its log, and nothing of it is taken beyond that",
            place.seq, place.epoch
        ),
        advice: format!("call that hotline: hotline-node log evidence {}", facts.peer.id),
        cause: None,
    })
}

fn refused(facts: &Facts<'_>) -> Option<Trouble> {
    let called = format!("who answers for {} is refused ({})", facts.peer.id, fault_of(facts));
    let trouble = || Trouble::new(facts, Status::Fault, "who answers for it is refused");
    facts.link.refused.then(|| trouble().calling(facts, AlertKind::PeerRefused, &called))
}

/// A hotline that takes nothing from us has its reasons; a person asks for them.
fn suspends(facts: &Facts<'_>) -> Option<Trouble> {
    let called = format!("{} has suspended this node: nothing is exchanged; ask that hotline why", facts.peer.id);
    let trouble = || Trouble::new(facts, Status::Fault, "it has suspended this node");
    facts.link.suspended_there.then(|| trouble().calling(facts, AlertKind::PeerSuspends, &called))
}

/// Its node is broken, or somebody there means harm. It keeps only its own requests waiting.
fn over_limits(facts: &Facts<'_>, now: i64) -> Option<Trouble> {
    let limited = facts.link.limited.filter(|limited| limited.lasts(now))?;
    let minutes = (limited.last - limited.since) / 60_000_000;
    let text = format!("it asks for more than it may have at once, for {minutes} minutes");
    let called = format!(
        "{} asks for more than it may have at once, again and again: it is told to come back, and others are served as ever; \
         ask that hotline what its node does",
        facts.peer.id
    );
    let trouble = Trouble::new(facts, Status::Warning, text);
    Some(trouble.calling(facts, AlertKind::PeerOverLimits, &called))
}

fn delivery(facts: &Facts<'_>, exchange: &ExchangeSection, now: i64) -> Option<Trouble> {
    let waited = (now - facts.link.behind_since?) / 1_000_000;
    let minutes = exchange.delivery_alarm_seconds / 60;
    let called =
        format!("nothing was delivered to {} for {} ({})", facts.peer.id, counted(minutes, "minute"), fault_of(facts));
    (waited >= i64::from(exchange.delivery_alarm_seconds)).then(|| {
        Trouble::new(facts, Status::Fault, format!("nothing was delivered for {}", counted(waited / 60, "minute")))
            .calling(facts, AlertKind::PeerBehind, &called)
            .with("minutes", minutes)
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
    Some(Trouble::new(facts, Status::Warning, text))
}

/// Returns one for each certificate near its end, or one if no certificate counts.
fn ends(facts: &Facts<'_>, now: i64) -> Vec<Trouble> {
    let id = &facts.peer.id;
    let advice = "ask that hotline for a card with a new certificate: hotline-node peer add CARD_FILE";
    let trouble = |status, text, cause| Trouble { status, text, advice: advice.into(), cause };
    if facts.counting.is_empty() {
        return vec![trouble(Status::Fault, "it needs a new certificate".to_owned(), None)];
    }
    let near = ending_certificates(facts.counting.iter().copied(), now / 1_000_000);
    near.into_iter()
        .map(|(certificate, ending)| {
            let days = days_left(certificate.not_after, now / 1_000_000);
            let (pin, says) = (certificate.pin, says_days_left(days));
            let called = format!("the certificate {pin} of {id} {says}; {advice}");
            let cause = end_of(id, certificate.not_after, ending, &called).with("days", days);
            trouble(urgency(days), format!("its certificate {pin} {says}"), Some(cause))
        })
        .collect()
}

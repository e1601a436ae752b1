//! Calling a person: where a peer gets nothing of ours, answers nothing, is not who it should be, has another time or
//! another copy of our log.
//!
//! An alarm is raised once while its reason lasts: what was acknowledged is not raised again before it was over.

use std::collections::BTreeSet;

use hotline_protocol::id::NodeId;

use crate::access::alert;
use crate::context::Context;
use crate::exchange::{HubSettings, Link, SKEW_ALARM_SECONDS};
use crate::report::{OverdueOffers, mark_alarmed, overdue_offers};
use crate::storage::StorageError;

/// What may be wrong between a peer and us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    Behind,
    Refused,
    Clock,
    Copy,
    Clone,
    Twice,
}

impl Fault {
    const ALL: [Self; 6] = [Self::Behind, Self::Refused, Self::Clock, Self::Copy, Self::Clone, Self::Twice];

    /// The alert's kind.
    const fn kind(self) -> &'static str {
        match self {
            Self::Behind => "peer_behind",
            Self::Refused => "peer_refused",
            Self::Clock => "peer_clock",
            Self::Copy => "peer_copy",
            Self::Clone => "clone_suspected",
            Self::Twice => "peer_runs_twice",
        }
    }

    fn stands(self, link: &Link, settings: &HubSettings, now: i64) -> bool {
        match self {
            Self::Behind => link.behind_since.is_some_and(|since| now - since >= micros(settings.delivery_alarm)),
            Self::Refused => link.refused,
            Self::Clock => link.clock_skew_seconds.is_some_and(|skew| skew.abs() > SKEW_ALARM_SECONDS),
            Self::Copy => link.copy_differs,
            Self::Clone => link.clone_suspected.is_some(),
            Self::Twice => link.speaks_twice(now),
        }
    }

    fn text(self, peer: &NodeId, link: &Link, settings: &HubSettings) -> String {
        let fault = link.fault.as_deref().unwrap_or("no fault is known");
        let found = match self {
            Self::Behind => {
                let minutes = settings.delivery_alarm.as_secs() / 60;
                format!("nothing was delivered to {peer} for {minutes} minutes ({fault})")
            }
            Self::Refused => format!("who answers for {peer} is refused ({fault})"),
            Self::Clock => {
                let skew = link.clock_skew_seconds.unwrap_or(0);
                format!("the clock of {peer} and ours are {skew} seconds apart")
            }
            Self::Clone => {
                return format!(
                    "{peer} takes this node for a copy of itself and refuses it: it has heard from a later start of this \
                     node, so another machine runs, or ran, with this node's folder. Nothing is delivered to {peer}. Find \
                     every other copy, stop it and remove its folder; then start this node again, and {peer} takes it: \
                     its start is the latest then. Where the copy has signed something, an alert says so, and what to do"
                );
            }
            Self::Twice => {
                return format!(
                    "two machines seem to run as {peer}: an earlier start of it spoke after a later one, and is refused. \
                     Call that hotline: it must stop every copy of its node, and start the right one again"
                );
            }
            Self::Copy => {
                return format!(
                    "the copy of this node's log at {peer} is another one, so nothing is delivered to it: somebody else has \
                     signed for this node; call that hotline. hotline-node log open-epoch --confirm ID asks the peers how \
                     far their copies agree, says it, and goes on after that"
                );
            }
        };
        format!("{found}; look at: hotline-node peer check {peer}")
    }
}

/// What is wrong with which peer at present, and was told.
#[derive(Debug, Default)]
pub struct Alarms(BTreeSet<(NodeId, Fault)>);

/// Raises what is new. `links` are those of active peers, `targets` everybody to whom we may have offered anything, with
/// their links. Gives the number of alerts that were written.
pub async fn raise_alarms(
    context: &Context,
    settings: &HubSettings,
    active: &[(NodeId, Link)],
    targets: &[(NodeId, Link)],
    alarms: &mut Alarms,
) -> Result<usize, StorageError> {
    let now = context.now_micros();
    let standing = standing_faults(settings, active, now);
    let overdue = overdue(context, settings, targets, now).await?;
    let new: Vec<_> = active
        .iter()
        .flat_map(|(peer, link)| Fault::ALL.map(|fault| (peer, link, fault)))
        .filter(|(peer, _, fault)| {
            let key = ((*peer).clone(), *fault);
            standing.contains(&key) && !alarms.0.contains(&key)
        })
        .collect();
    let mut raised = 0;
    if !new.is_empty() || !overdue.is_empty() {
        let write = context.database.write("raise_alarms").await?;
        for (peer, link, fault) in new {
            let text = fault.text(peer, link, settings);
            raised += usize::from(alert::raise(&write, &context.clock, fault.kind(), peer.as_str(), &text).await?);
        }
        for (target, before, offers) in overdue {
            let text = unanswered(&target, now - before, &offers);
            let kind = "offer_unanswered";
            raised += usize::from(alert::raise(&write, &context.clock, kind, target.as_str(), &text).await?);
            mark_alarmed(&write, &context.own, &target, before).await?;
        }
        write.commit().await?;
    }
    alarms.0 = standing;
    Ok(raised)
}

fn standing_faults(settings: &HubSettings, active: &[(NodeId, Link)], now: i64) -> BTreeSet<(NodeId, Fault)> {
    let all = active.iter().flat_map(|(peer, link)| Fault::ALL.map(|fault| (peer, link, fault)));
    all.filter(|(_, link, fault)| fault.stands(link, settings, now))
        .map(|(peer, _, fault)| (peer.clone(), fault))
        .collect()
}

/// Overdue offers by their target, with the time since when an offer to it is overdue.
async fn overdue(
    context: &Context,
    settings: &HubSettings,
    targets: &[(NodeId, Link)],
    now: i64,
) -> Result<Vec<(NodeId, i64, OverdueOffers)>, StorageError> {
    let mut found = Vec::new();
    for (target, link) in targets {
        let before = now - answer_within(link, settings);
        if let Some(offers) = overdue_offers(context.database.read(), &context.own, target, before).await? {
            found.push((target.clone(), before, offers));
        }
    }
    Ok(found)
}

/// How long an offer may wait, in microseconds. A machine answers at once, a person need not; what was not delivered,
/// nobody can answer, and that has an alarm of its own.
fn answer_within(link: &Link, settings: &HubSettings) -> i64 {
    let by_machine = link.accept.as_deref() == Some("automatic") && link.behind_since.is_none();
    micros(if by_machine { settings.delivery_alarm } else { settings.answer_alarm })
}

fn unanswered(target: &NodeId, waited: i64, offers: &OverdueOffers) -> String {
    let waited = match waited / 60_000_000 {
        minutes if minutes < 120 => format!("{minutes} minutes"),
        minutes => format!("{} hours", minutes / 60),
    };
    let OverdueOffers { count, oldest } = offers;
    format!(
        "{target} has left offers without an answer for {waited} (in number: {count}; longest: {oldest}); ask that \
         hotline, or take one back at once: hotline-node report resume ID; after exchange.answer_alarm_hours each is \
         taken back by itself and offered elsewhere, or held for you"
    )
}

fn micros(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX / 2)
}

#[cfg(test)]
#[path = "alarm_tests.rs"]
mod tests;

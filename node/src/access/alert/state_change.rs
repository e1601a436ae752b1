//! Changes to alerts after causes were checked again: a pure rule.

use std::time::Duration;

use super::kind::{AlertKind, Nature};
use super::model::{Alert, Cause};

/// Changes to be made to alerts.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// Alerts to be raised.
    pub open: Vec<Cause>,
    /// Alerts that end, each with whether the same came to another stage.
    pub resolve: Vec<(i64, bool)>,
    /// Alerts with a cause that is gone but may come back.
    pub gone: Vec<i64>,
    /// Alerts with a cause that has come back in time.
    pub back: Vec<i64>,
}

impl Plan {
    pub(super) const fn is_empty(&self) -> bool {
        self.open.is_empty() && self.resolve.is_empty() && self.gone.is_empty() && self.back.is_empty()
    }
}

/// Holds the causes that were found at `now` (microseconds since 1970) against the alerts that are not resolved.
/// `kinds` are the kinds searched for all their causes.
pub(super) fn plan(unresolved: &[Alert], kinds: &[AlertKind], causes: &[Cause], now: i64) -> Plan {
    let mut plan = Plan::default();
    for cause in causes {
        let same: Vec<&Alert> = unresolved.iter().filter(|alert| cause.is_of(alert)).collect();
        let others = same.iter().filter(|alert| alert.stage != cause.stage);
        // Only an alert that is told now speaks for the one before. Where it came back to a stage that is open or
        // acknowledged already, nobody would hear that the worse one is over.
        let is_new = !same.iter().any(|alert| alert.stage == cause.stage);
        plan.resolve.extend(others.map(|alert| (alert.id, is_new)));
        match same.iter().find(|alert| alert.stage == cause.stage) {
            Some(alert) if alert.gone_since.is_some() => plan.back.push(alert.id),
            Some(_) => {}
            None if plan.open.iter().any(|open| open.kind == cause.kind && open.subject == cause.subject) => {}
            None => plan.open.push(cause.clone()),
        }
    }
    for alert in unresolved {
        let kind = AlertKind::of(&alert.kind).filter(|kind| kinds.contains(kind) && kind.nature() == Nature::Lasting);
        let Some(kind) = kind else { continue };
        if causes.iter().any(|cause| cause.is_of(alert)) {
            continue;
        }
        let settled = |since: i64| now.saturating_sub(since) >= micros(kind.resolves_after());
        match alert.gone_since {
            Some(since) if settled(since) => plan.resolve.push((alert.id, false)),
            Some(_) => {}
            None if settled(now) => plan.resolve.push((alert.id, false)),
            None => plan.gone.push(alert.id),
        }
    }
    plan
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &[AlertKind] = AlertKind::ALL;
    const SECOND: i64 = 1_000_000;

    fn behind(subject: &str) -> Cause {
        Cause::new(AlertKind::PeerBehind, subject, "late")
    }

    fn alert(id: i64, cause: &Cause) -> Alert {
        Alert::held(id, 0, cause.clone())
    }

    #[test]
    fn what_is_new_opens_what_lasts_stays_and_what_is_gone_ends() {
        let (one, other) = (behind("de-example"), behind("it-example"));
        let opened = plan(&[], ALL, &[one.clone(), one.clone(), other.clone()], 0);
        assert_eq!(opened.open, [one.clone(), other.clone()]);
        let acknowledged = Alert { acknowledged_at: Some(1), ..alert(1, &one) };
        assert!(plan(std::slice::from_ref(&acknowledged), ALL, std::slice::from_ref(&one), 9).is_empty());
        let ended = plan(&[acknowledged, alert(2, &other)], ALL, &[], 9);
        assert_eq!(ended, Plan { resolve: vec![(1, false), (2, false)], ..Plan::default() });
    }

    #[test]
    fn only_kinds_that_were_looked_for_end_and_events_never_do() {
        let event = Cause::new(AlertKind::EpochOpened, "de-example epoch 2", "again");
        let alerts = [alert(1, &behind("de-example")), alert(2, &event)];
        assert!(plan(&alerts, &[AlertKind::PeerClock], &[], 9).is_empty());
        assert_eq!(plan(&alerts, ALL, &[], 9).resolve, [(1, false)]);
        let unknown = Alert { kind: "of_another_version".into(), ..alert(3, &event) };
        assert!(plan(&[unknown], ALL, &[], 9).is_empty());
    }

    #[test]
    fn a_new_stage_is_a_new_alert_and_ends_the_one_before_in_silence() {
        let ends = |stage: &str| Cause::new(AlertKind::CertificateEnds, "fr-example", "ends").at(stage);
        let found = plan(&[alert(1, &ends("30 days"))], ALL, &[ends("14 days")], 9);
        assert_eq!(found, Plan { open: vec![ends("14 days")], resolve: vec![(1, true)], ..Plan::default() });
    }

    #[test]
    fn a_worse_stage_that_is_over_is_told_where_the_one_before_is_there_still() {
        let disk = |stage: &str| Cause::new(AlertKind::Disk, "node", "little room").at(stage);
        let low = Alert { acknowledged_at: Some(1), ..alert(1, &disk("low")) };
        let found = plan(&[low, alert(2, &disk("full"))], ALL, &[disk("low")], 9);
        assert_eq!(found, Plan { resolve: vec![(2, false)], ..Plan::default() });
    }

    #[test]
    fn a_cause_that_is_gone_for_a_moment_ends_nothing() {
        let cause = Cause::new(AlertKind::PeerRefused, "de-example", "refused");
        let open = alert(1, &cause);
        let gone = plan(std::slice::from_ref(&open), ALL, &[], SECOND);
        assert_eq!(gone, Plan { gone: vec![1], ..Plan::default() });
        let open = Alert { gone_since: Some(SECOND), ..open };
        assert!(plan(std::slice::from_ref(&open), ALL, &[], 30 * SECOND).is_empty());
        let back = plan(std::slice::from_ref(&open), ALL, &[cause], 30 * SECOND);
        assert_eq!(back, Plan { back: vec![1], ..Plan::default() });
        assert_eq!(plan(&[open], ALL, &[], 31 * SECOND).resolve, [(1, false)]);
    }
}

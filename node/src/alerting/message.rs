//! The messages: a mail of all alerts together, a JSON document of each.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use chrono::{DateTime, SecondsFormat};
use hotline_protocol::id::NodeId;
use serde::Serialize;

use crate::access::alert::{Alert, AlertState, Details};

/// The kind of the alert that `alert test` sends; no alert in the database has it.
const TEST: &str = "test";
/// So many alerts stand in a mail; with more, a person looks at the node anyhow.
const MAIL_ALERTS_LIMIT: usize = 50;

/// So many kinds stand in a subject line.
const SUBJECT_KINDS_LIMIT: usize = 3;

/// Returns an alert that is sent to see whether it arrives. Its number is 0; no alert in the database has it.
pub(super) fn test_alert(own: &NodeId, now: i64) -> Alert {
    Alert {
        id: 0,
        raised_at: now,
        kind: TEST.into(),
        subject: own.to_string(),
        stage: String::new(),
        text: "This is a test that somebody asked for; nothing is to be done".into(),
        details: Details::new(),
        acknowledged_at: None,
        gone_since: None,
        resolved_at: None,
        superseded: false,
    }
}

fn has_ended(alert: &Alert) -> bool {
    alert.state() == AlertState::Resolved
}

/// Returns a mail's subject line: the number of alerts, and their kinds.
pub(super) fn subject(own: &NodeId, alerts: &[Alert]) -> String {
    if alerts.iter().any(|alert| alert.kind == TEST) {
        return format!("[hotline-node] {own}: test");
    }
    let (ended, open): (Vec<&Alert>, Vec<&Alert>) = alerts.iter().partition(|alert| has_ended(alert));
    let part = |alerts: &[&Alert], one: &str, several: &str| {
        let count = alerts.len();
        let says = if count == 1 { format!("1 {one}") } else { format!("{count} {several}") };
        (count > 0).then(|| format!("{says}: {}", kinds(alerts)))
    };
    let open = part(&open, "alert needs a person", "alerts need a person");
    let ended = part(&ended, "alert has ended", "alerts have ended");
    let parts: Vec<String> = open.into_iter().chain(ended).collect();
    format!("[hotline-node] {own}: {}", parts.join("; "))
}

fn kinds(alerts: &[&Alert]) -> String {
    let kinds: BTreeSet<&str> = alerts.iter().map(|alert| alert.kind.as_str()).collect();
    let more = if kinds.len() > SUBJECT_KINDS_LIMIT { ", …" } else { "" };
    kinds.into_iter().take(SUBJECT_KINDS_LIMIT).collect::<Vec<_>>().join(", ") + more
}

/// A mail's text.
pub(super) fn text(own: &NodeId, alerts: &[Alert], repeat_hours: u64) -> String {
    let mut text = format!("The node {own} says:\n");
    for alert in alerts.iter().take(MAIL_ALERTS_LIMIT) {
        let Alert { id, kind, subject, text: sentence, .. } = alert;
        let name = if *id < 0 { "Alert not stored yet".to_owned() } else { format!("Alert {id}") };
        let raised = time(alert.raised_at);
        let ended = alert.resolved_at.map(|at| format!(", ended by itself {}", time(at))).unwrap_or_default();
        write!(text, "\n{name}, {kind}, about {subject}, raised {raised}{ended}\n{sentence}.\n").expect("a String");
    }
    if let Some(more @ 1..) = alerts.len().checked_sub(MAIL_ALERTS_LIMIT) {
        write!(text, "\nAnd {more} more: hotline-node alert list\n").expect("a String");
    }
    if alerts.iter().any(|alert| alert.kind != TEST && !has_ended(alert)) {
        let hours = if repeat_hours == 1 { "every hour".into() } else { format!("every {repeat_hours} hours") };
        write!(text, "\nWhat is not acknowledged is sent again {hours}: hotline-node alert acknowledge NUMBER\n")
            .expect("a String");
    }
    no_envelope(&text)
}

/// A line that begins with "From " looks like another mail to programs that keep mail in one file (mbox), and some
/// servers write ">From " there.
fn no_envelope(text: &str) -> String {
    let line = |line: &str| if line.starts_with("From ") { format!(" {line}") } else { line.to_owned() };
    text.split_inclusive('\n').map(line).collect()
}

/// The document that is posted to a webhook.
#[derive(Debug, Serialize)]
pub(super) struct Document<'a> {
    /// The node.
    node: &'a NodeId,
    /// The alert's number; 0 in a test, negative while it cannot be stored.
    alert: i64,
    /// Code, such as `offer_unanswered`.
    kind: &'a str,
    /// A node id or a report's id.
    subject: &'a str,
    /// One sentence for people.
    text: &'a str,
    /// RFC 3339 in UTC.
    raised_at: String,
    /// `open`, or `resolved` where its cause has ended.
    state: &'static str,
    /// When that was, RFC 3339 in UTC.
    resolved_at: Option<String>,
}

impl<'a> Document<'a> {
    pub(super) fn new(own: &'a NodeId, alert: &'a Alert) -> Self {
        let Alert { id, raised_at, kind, subject, text, resolved_at, .. } = alert;
        let (state, raised_at, resolved_at) = (alert.state().code(), time(*raised_at), resolved_at.map(time));
        Self { node: own, alert: *id, kind, subject, text, raised_at, state, resolved_at }
    }
}

fn time(micros: i64) -> String {
    let time = DateTime::from_timestamp_micros(micros).unwrap_or_default();
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alert(id: i64) -> Alert {
        Alert {
            id,
            raised_at: 1_764_000_000_000_000,
            kind: "peer_behind".into(),
            subject: "nl-example".into(),
            text: "nothing was delivered to nl-example for 15 minutes".into(),
            ..test_alert(&own(), 0)
        }
    }

    fn own() -> NodeId {
        "fr-example".parse().expect("an id")
    }

    #[test]
    fn a_mail_names_the_node_and_each_alert() {
        let alerts = [alert(3), alert(7)];
        assert_eq!(subject(&own(), &alerts[..1]), "[hotline-node] fr-example: 1 alert needs a person: peer_behind");
        assert_eq!(subject(&own(), &alerts), "[hotline-node] fr-example: 2 alerts need a person: peer_behind");
        let expected = "The node fr-example says:\n\n\
            Alert 3, peer_behind, about nl-example, raised 2025-11-24T16:00:00Z\n\
            nothing was delivered to nl-example for 15 minutes.\n\n\
            Alert 7, peer_behind, about nl-example, raised 2025-11-24T16:00:00Z\n\
            nothing was delivered to nl-example for 15 minutes.\n\n\
            What is not acknowledged is sent again every 24 hours: hotline-node alert acknowledge NUMBER\n";
        assert_eq!(text(&own(), &alerts, 24), expected);
    }

    #[test]
    fn a_mail_has_a_limit_and_says_how_many_more_there_are() {
        let alerts: Vec<Alert> = (1..=60).map(alert).collect();
        let text = text(&own(), &alerts, 1);
        assert!(text.contains("Alert 50,") && !text.contains("Alert 51,"), "{text}");
        assert!(text.contains("And 10 more") && text.contains("every hour"), "{text}");
    }

    #[test]
    fn a_test_says_that_it_is_one() {
        let alerts = [test_alert(&own(), 0)];
        assert_eq!(subject(&own(), &alerts), "[hotline-node] fr-example: test");
        assert!(text(&own(), &alerts, 24).ends_with("nothing is to be done.\n"));
        let document = serde_json::to_value(Document::new(&own(), &alerts[0])).expect("serialises");
        assert_eq!((&document["alert"], &document["kind"]), (&0.into(), &"test".into()));
    }

    #[test]
    fn the_end_of_an_alert_is_told_with_its_time_and_a_subject_names_each_kind_once() {
        let ended = Alert { resolved_at: Some(1_764_000_060_000_000), ..alert(3) };
        let alerts = [ended.clone(), Alert { kind: "disk".into(), ..alert(4) }, alert(5)];
        let expected =
            "[hotline-node] fr-example: 2 alerts need a person: disk, peer_behind; 1 alert has ended: peer_behind";
        assert_eq!(subject(&own(), &alerts), expected);
        let text = text(&own(), std::slice::from_ref(&ended), 24);
        assert!(text.contains("raised 2025-11-24T16:00:00Z, ended by itself 2025-11-24T16:01:00Z\n"), "{text}");
        assert!(!text.contains("sent again"), "{text}");
        let document = serde_json::to_value(Document::new(&own(), &ended)).expect("serialises");
        assert_eq!(
            (&document["state"], &document["resolved_at"]),
            (&"resolved".into(), &"2025-11-24T16:01:00Z".into())
        );
    }

    #[test]
    fn no_line_of_a_mail_looks_like_the_beginning_of_another() {
        let from = Alert { text: "first\nFrom here on".into(), ..alert(1) };
        let text = text(&own(), &[from], 24);
        assert!(text.contains("\n From here on") && !text.contains("\nFrom "), "{text}");
        assert!(!text.starts_with("From "));
    }
}

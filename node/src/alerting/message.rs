//! What is told: a mail of all alerts together, a JSON document of each.

use std::fmt::Write as _;

use chrono::{DateTime, SecondsFormat};
use hotline_protocol::id::NodeId;
use serde::Serialize;

use crate::access::alert::Alert;

/// The kind of what `alert test` sends; no alert in the database has it.
const TEST: &str = "test";
/// So many alerts stand in a mail; with more, a person looks at the node anyhow.
const MAIL_ALERTS_LIMIT: usize = 50;

/// What is sent to see whether it arrives. Its number is 0, which no alert has.
pub(super) fn test_alert(own: &NodeId, now: i64) -> Alert {
    Alert {
        id: 0,
        raised_at: now,
        kind: TEST.into(),
        subject: own.to_string(),
        text: "This is a test that somebody asked for; nothing is to be done".into(),
    }
}

/// A mail's subject line.
pub(super) fn subject(own: &NodeId, alerts: &[Alert]) -> String {
    match alerts {
        [alert] if alert.kind == TEST => format!("[hotline-node] {own}: test"),
        [_] => format!("[hotline-node] {own}: 1 alert needs a person"),
        _ => format!("[hotline-node] {own}: {} alerts need a person", alerts.len()),
    }
}

/// A mail's text.
pub(super) fn text(own: &NodeId, alerts: &[Alert], repeat_hours: u64) -> String {
    let mut text = format!("From the node {own}:\n");
    for alert in alerts.iter().take(MAIL_ALERTS_LIMIT) {
        let Alert { id, kind, subject, text: sentence, .. } = alert;
        let raised = time(alert.raised_at);
        write!(text, "\nAlert {id}, {kind}, about {subject}, raised {raised}\n{sentence}.\n").expect("a String");
    }
    if let Some(more @ 1..) = alerts.len().checked_sub(MAIL_ALERTS_LIMIT) {
        write!(text, "\nAnd {more} more: hotline-node alert list\n").expect("a String");
    }
    if alerts.iter().any(|alert| alert.kind != TEST) {
        let hours = if repeat_hours == 1 { "every hour".into() } else { format!("every {repeat_hours} hours") };
        write!(text, "\nWhat is not acknowledged is sent again {hours}: hotline-node alert acknowledge NUMBER\n")
            .expect("a String");
    }
    text
}

/// What is posted to a webhook.
#[derive(Debug, Serialize)]
pub(super) struct Document<'a> {
    /// The node.
    node: &'a NodeId,
    /// The alert's number; 0 in a test.
    alert: i64,
    /// Code, such as `offer_unanswered`.
    kind: &'a str,
    /// A node id or a report's id.
    subject: &'a str,
    /// One sentence for people.
    text: &'a str,
    /// RFC 3339 in UTC.
    raised_at: String,
}

impl<'a> Document<'a> {
    pub(super) fn new(own: &'a NodeId, alert: &'a Alert) -> Self {
        let Alert { id, raised_at, kind, subject, text } = alert;
        Self { node: own, alert: *id, kind, subject, text, raised_at: time(*raised_at) }
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
        }
    }

    fn own() -> NodeId {
        "fr-example".parse().expect("an id")
    }

    #[test]
    fn a_mail_names_the_node_and_each_alert() {
        let alerts = [alert(3), alert(7)];
        assert_eq!(subject(&own(), &alerts[..1]), "[hotline-node] fr-example: 1 alert needs a person");
        assert_eq!(subject(&own(), &alerts), "[hotline-node] fr-example: 2 alerts need a person");
        let expected = "From the node fr-example:\n\n\
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
}

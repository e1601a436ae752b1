//! Alerts and checks, as a page shows them in the reader's language.

use crate::access::alert::Alert;
use crate::clock::time_of_micros;
use crate::health::{Check, Status};
use crate::web::shell::{Frame, Language};

/// An alert that waits for a person.
pub(super) struct Open {
    pub(super) id: i64,
    pub(super) raised_at: Option<String>,
    kind: String,
    /// The kind in the reader's language.
    pub(super) name: String,
    pub(super) subject: String,
    pub(super) text: String,
}

impl Open {
    /// The node writes English, and that says most; another language has one text for each kind.
    pub(super) fn of(alert: Alert, frame: &Frame) -> Self {
        let key = format!("alert-text-{}", alert.kind).replace('_', "-");
        let in_language = (frame.language != Language::English).then(|| frame.text_of_alert(&key, &alert.details));
        let text = in_language.flatten().unwrap_or(alert.text);
        let Alert { id, raised_at, kind, subject, .. } = alert;
        Self { id, raised_at: time_of_micros(raised_at), name: frame.code("alert-kind", &kind), kind, subject, text }
    }
}

/// A kind of alert with several that wait.
pub(super) struct Several {
    pub(super) kind: String,
    /// The button's text.
    pub(super) text: String,
}

impl Several {
    pub(super) fn among(alerts: &[Open], frame: &Frame) -> Vec<Self> {
        let mut found: Vec<(&Open, u64)> = Vec::new();
        for alert in alerts {
            match found.iter_mut().find(|(first, _)| first.kind == alert.kind) {
                Some((_, count)) => *count += 1,
                None => found.push((alert, 1)),
            }
        }
        found.retain(|(_, count)| *count > 1);
        let button = |(alert, count): (&Open, u64)| {
            let values = [("kind", alert.name.clone().into()), ("number", frame.number(count).into())];
            let text = frame.language.text_with("alerts-acknowledge-kind", &values);
            Self { kind: alert.kind.clone(), text }
        };
        found.into_iter().map(button).collect()
    }
}

/// A check that is not well.
pub(super) struct NotWell {
    pub(super) name: String,
    pub(super) about: String,
    pub(super) status: String,
    pub(super) is_fault: bool,
}

impl NotWell {
    pub(super) fn among(checks: &[Check], frame: &Frame) -> Vec<Self> {
        let not_well = checks.iter().filter(|check| check.status != Status::Ok);
        let row = |check: &Check| {
            let code = match (check.status, check.stops) {
                (_, true) => "stop",
                (Status::Fault, _) => "fault",
                _ => "warning",
            };
            Self {
                name: frame.code("check", check.check.code()),
                about: check.subject.clone().unwrap_or_else(|| "–".to_owned()),
                status: frame.code("check-status", code),
                is_fault: check.status == Status::Fault,
            }
        };
        not_well.map(row).collect()
    }
}

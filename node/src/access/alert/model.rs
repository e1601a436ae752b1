//! An alert, and its parts.

use std::collections::BTreeMap;

use super::kind::AlertKind;

/// The values in an alert's text, by name, so that pages can say it in the reader's language. Never a URL or a host.
pub type Details = BTreeMap<String, String>;

/// A matter to be told to a person: found wrong just now, or just happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// The kind.
    pub kind: AlertKind,
    /// The subject: a node id, with the part concerned where that matters, or a report's id; never a URL.
    pub subject: String,
    /// How far it has gone, where that wants a person again: a certificate that ends in 7 days and no more in 30.
    pub stage: String,
    /// One sentence for people, without a full stop.
    pub text: String,
    /// The values in the text.
    pub details: Details,
}

impl Cause {
    /// One without stages and details.
    #[must_use]
    pub fn new(kind: AlertKind, subject: impl Into<String>, text: impl Into<String>) -> Self {
        Self { kind, subject: subject.into(), stage: String::new(), text: text.into(), details: Details::new() }
    }

    /// At this stage.
    #[must_use]
    pub fn at(self, stage: impl Into<String>) -> Self {
        Self { stage: stage.into(), ..self }
    }

    /// With something that stands in the text.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "callers give numbers, ids and texts alike")]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.details.insert(name.to_owned(), value.to_string());
        self
    }

    pub(super) fn is_of(&self, alert: &Alert) -> bool {
        self.kind.code() == alert.kind && self.subject == alert.subject
    }
}

/// How an alert stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertState {
    /// It waits for a person.
    Open,
    /// A person has taken note; its cause may last.
    Acknowledged,
    /// Its cause has ended.
    Resolved,
}

impl AlertState {
    /// As it is shown.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Acknowledged => "acknowledged",
            Self::Resolved => "resolved",
        }
    }
}

/// An alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Number; negative while it could not be written to the database.
    pub id: i64,
    /// Microseconds since 1970.
    pub raised_at: i64,
    /// Code of its [`AlertKind`], or one of another version.
    pub kind: String,
    /// The subject: a node id, with the part concerned where that matters, or a report's id; never a URL.
    pub subject: String,
    /// As [`Cause::stage`].
    pub stage: String,
    /// One sentence for people.
    pub text: String,
    /// As [`Cause::details`].
    pub details: Details,
    /// When somebody took note, microseconds since 1970.
    pub acknowledged_at: Option<i64>,
    /// Since when its cause is gone, while it is not sure that it stays so: microseconds since 1970.
    pub gone_since: Option<i64>,
    /// When it ended by itself, microseconds since 1970.
    pub resolved_at: Option<i64>,
    /// It ended because the same cause came to another stage, with an alert of its own: nobody is told of the end.
    pub superseded: bool,
}

impl Alert {
    /// One that is not written yet.
    pub(super) fn held(id: i64, raised_at: i64, cause: Cause) -> Self {
        let Cause { kind, subject, stage, text, details } = cause;
        Self {
            id,
            raised_at,
            kind: kind.code().to_owned(),
            subject,
            stage,
            text,
            details,
            acknowledged_at: None,
            gone_since: None,
            resolved_at: None,
            superseded: false,
        }
    }

    /// How it stands.
    #[must_use]
    pub const fn state(&self) -> AlertState {
        match (self.resolved_at, self.acknowledged_at) {
            (Some(_), _) => AlertState::Resolved,
            (None, Some(_)) => AlertState::Acknowledged,
            (None, None) => AlertState::Open,
        }
    }
}

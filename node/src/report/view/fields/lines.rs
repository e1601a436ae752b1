//! A report's content, line by line, for the terminal and for the page: both show the same, each in its own words.

use hotline_protocol::vocabulary::{Channel, Offence, Reason, Source};
use serde_json::Value;

use super::content::ContentView;
use super::record::is_time;
use crate::report::view::report::ReportView;

/// Lines that belong together.
#[derive(Debug, PartialEq, Eq)]
pub struct Section {
    /// Its heading's key: `content`, `reporter`, `assessment`, `action`, `informed`, `finding`, `replaced`, `past`.
    pub heading: &'static str,
    /// Its lines; never empty.
    pub lines: Vec<Line>,
}

/// One thing that is known.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    /// The subject of the line: a key as in JSON.
    pub key: String,
    /// The known value.
    pub told: Told,
}

/// The known value of one thing.
#[derive(Debug, PartialEq, Eq)]
pub enum Told {
    /// Text.
    Text(String),
    /// A URL, in the view's form.
    Url(String),
    /// Codes of a list of the vocabulary, such as `site_type`.
    Codes(&'static str, Vec<String>),
    /// A time, RFC 3339.
    Time(String),
    /// Whether it is so.
    Flag(bool),
    /// It is there, and shown only where it is revealed.
    Kept,
}

/// The list of the vocabulary that a key's codes are of.
fn list_of(key: &str) -> Option<&'static str> {
    Some(match key {
        "assessment" => "assessment",
        "offence" | "reported_offence" => "offence",
        "reason" => "reason",
        "behaviour" => "behaviour",
        "terrorism_type" => "terrorism_type",
        "site_type" => "site_type",
        "commerciality" => "commerciality",
        "payment_methods" => "payment_method",
        "media" => "media",
        "age" => "age",
        "sex" => "sex",
        "production" => "production",
        "action" => "action",
        "decision" => "location_decision",
        "outcome" => "state",
        "urgency" => "urgency",
        "source" => "source",
        "channel" => "channel",
        _ => return None,
    })
}

impl Line {
    /// Whether it is words or a URL: those want the whole width.
    #[must_use]
    pub fn is_long(&self) -> bool {
        matches!(&self.told, Told::Url(_)) || matches!(&self.told, Told::Text(text) if text.len() > 40)
    }

    fn new(key: impl Into<String>, told: Told) -> Self {
        Self { key: key.into(), told }
    }

    /// A value of a record under its own key; `None` for null, and for empty texts and lists.
    fn of_value(key: &str, value: &Value) -> Option<Self> {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let told = match value {
            Value::Null => return None,
            Value::Array(items) if items.is_empty() => return None,
            Value::String(text) if text.is_empty() => return None,
            Value::Bool(is_so) => Told::Flag(*is_so),
            Value::Array(items) => match list_of(key) {
                Some(list) => Told::Codes(list, items.iter().map(text).collect()),
                None => Told::Text(items.iter().map(text).collect::<Vec<_>>().join(", ")),
            },
            value => match list_of(key) {
                Some(list) => Told::Codes(list, vec![text(value)]),
                None if is_time(key) => Told::Time(text(value)),
                None => Told::Text(text(value)),
            },
        };
        Some(Self::new(key, told))
    }
}

impl Section {
    fn new(heading: &'static str, lines: Vec<Line>) -> Option<Self> {
        (!lines.is_empty()).then_some(Self { heading, lines })
    }

    /// A decision about the server's place: its witnesses are a line each.
    fn of_decision(decision: &Value) -> Option<Self> {
        let mut section = Self::of_record("location", decision)?;
        section.lines.retain(|line| line.key != "witnesses");
        for witness in decision.get("witnesses").and_then(Value::as_array).into_iter().flatten() {
            let fields = witness.as_object().into_iter().flatten();
            let told: Vec<String> = fields.filter_map(|(key, value)| in_words(key, value)).collect();
            section.lines.push(Line::new("witness", Told::Text(told.join(" · "))));
        }
        Some(section)
    }

    /// A record under its own keys.
    fn of_record(heading: &'static str, record: &Value) -> Option<Self> {
        let fields = record.as_object()?;
        Self::new(heading, fields.iter().filter_map(|(key, value)| Line::of_value(key, value)).collect())
    }
}

/// A value of a witness; a flag that is set is told by its name.
fn in_words(key: &str, value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Bool(false) => None,
        Value::Bool(true) => Some(key.to_owned()),
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => Some(items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")),
        other => Some(other.to_string()),
    }
}

impl ReportView {
    /// Returns the report's content beside its state and history, in an order for people.
    #[must_use]
    pub fn sections(&self) -> Vec<Section> {
        let content = &self.content;
        let mut sections: Vec<Section> = Vec::new();
        sections.extend(Section::new("content", content.lines()));
        sections.extend(Section::new("reporter", content.reporter_lines()));
        let lists = [
            ("assessment", &self.assessments),
            ("action", &self.actions),
            ("informed", &content.informed),
            ("finding", &content.findings),
        ];
        for (heading, records) in lists {
            sections.extend(records.iter().filter_map(|record| Section::of_record(heading, record)));
        }
        // The last decision has a table of its own.
        let earlier = content.locations.split_last().map_or(&[][..], |(_, earlier)| earlier);
        sections.extend(earlier.iter().filter_map(Section::of_decision));
        let replaced = content.replaced.iter().map(|it| serde_json::to_value(it).unwrap_or_default());
        sections.extend(replaced.filter_map(|record| Section::of_record("replaced", &record)));
        sections.extend(content.past.as_ref().and_then(|past| Section::of_record("past", past)));
        sections
    }
}

impl ContentView {
    fn lines(&self) -> Vec<Line> {
        let text = |key: &str, told: &Option<String>| told.clone().map(|told| Line::new(key, Told::Text(told)));
        let url = |key: &str, told: &Option<String>| told.clone().map(|told| Line::new(key, Told::Url(told)));
        let code = |key: &str, code: Option<&str>| Line::of_value(key, &code.into());
        let access = &self.access;
        let mut lines: Vec<Line> = Vec::new();
        lines.extend(url("page", &self.page));
        lines.extend(url("referrer", &self.referrer));
        if access.is_given && access.username.is_none() && access.password.is_none() {
            lines.push(Line::new("access", Told::Kept));
        }
        lines.extend(text("access_username", &access.username));
        lines.extend(text("access_password", &access.password));
        lines.extend(text("group", &self.group));
        lines.extend(text("reference", &self.reference));
        lines.extend(text("memo", &self.memo));
        lines.extend(text("note", &self.note));
        lines.extend(code("reported_offence", self.reported_offence.map(Offence::code)));
        lines.extend(code("reason", self.reason.map(Reason::code)));
        lines.extend(code("source", self.source.map(Source::code)));
        lines.extend(code("channel", self.channel.map(Channel::code)));
        lines.extend(self.received_by_origin_at.clone().map(|at| Line::new("received_by_origin_at", Told::Time(at))));
        lines
    }

    fn reporter_lines(&self) -> Vec<Line> {
        let reporter = &self.reporter;
        let mut lines = Vec::new();
        if reporter.has_email {
            lines.push(Line::new("has_email", Told::Flag(true)));
        }
        lines.extend(reporter.language.clone().map(|language| Line::new("language", Told::Text(language))));
        if let Some(comment) = &reporter.comment {
            lines.push(Line::new("comment", Told::Text(comment.clone())));
        } else if reporter.has_comment {
            lines.push(Line::new("comment", Told::Kept));
        }
        lines
    }
}

//! A report's content beside its state: everything, by right.

use hotline_protocol::entry::{Access, Body};
use hotline_protocol::id::NodeId;
use hotline_protocol::vocabulary::{Channel, Offence, Reason, Source};
use serde::Serialize;
use serde_json::Value;

use super::record::{decision, finding, informed, past};
use crate::clock::time_of_seconds;
use crate::report::model::Report;
use crate::report::view::detail::{PrivateContent, Replaced, ReportDetail};
use crate::report::view::reveal::Urls;

/// Data that came with a report, and notes about it. Every key is present, null where unknown or not shown to the
/// viewer. Data that leads to the content (URLs, referrer, group, reference, remarks) is shown to viewers that may see
/// URLs. The reporter's words and the access data are shown where they are revealed.
#[derive(Serialize)]
pub struct ContentView {
    /// The reference of its import.
    pub reference: Option<String>,
    /// The references given by police and hosters, as this hotline noted them; oldest first.
    pub references: Vec<String>,
    /// The group, shared by everything found together.
    pub group: Option<String>,
    /// The page where it was found.
    pub page: Option<String>,
    /// From where that page was reached.
    pub referrer: Option<String>,
    /// The access data.
    pub access: AccessView,
    /// A remark for the other hotline; the last one said.
    pub memo: Option<String>,
    /// The house's own note: there is none yet.
    pub note: Option<String>,
    /// Its reporter.
    pub reporter: ReporterView,
    /// The kind of reporter.
    pub source: Option<Source>,
    /// The way in.
    pub channel: Option<Channel>,
    /// The offence as it was reported.
    pub reported_offence: Option<Offence>,
    /// Why it is not illegal, or not ours.
    pub reason: Option<Reason>,
    /// When the origin received it, RFC 3339.
    pub received_by_origin_at: Option<String>,
    /// Every finding of the server's place, oldest first; times in RFC 3339.
    pub findings: Vec<Value>,
    /// Every decision about the server's place with its witnesses, oldest first; times in RFC 3339. The last one stands
    /// in `hosting` too.
    pub locations: Vec<Value>,
    /// The parties that this hotline informed, with the means and their reference, oldest first; times in RFC 3339.
    pub informed: Vec<Value>,
    /// Values replaced by something later, oldest first.
    pub replaced: Vec<ReplacedView>,
    /// Work done on a case of the past; times in RFC 3339.
    pub past: Option<Value>,
    /// `own` where this hotline has another report of this URL, `federation` where only others have; looked up where
    /// one report is shown, null in lists.
    pub known: Option<&'static str>,
    /// The oldest other report of this URL here that came in before this one, by its number; looked up likewise.
    pub duplicate_of: Option<String>,
    /// All other reports of this URL here, by their numbers, newest first, at most 20; looked up likewise.
    pub same_url: Vec<String>,
    /// Nobody claims a report yet.
    pub claimed_by: Option<String>,
    /// No report follows another one yet.
    pub follows: Option<String>,
    /// No reports are joined yet.
    pub joined: Option<String>,
    /// No report has a due date yet.
    pub due_at: Option<String>,
    /// Nothing waits to be taken back yet.
    pub take_back_until: Option<String>,
}

/// The access data of the content; null unless revealed.
#[derive(Debug, Default, Serialize)]
pub struct AccessView {
    /// User name.
    pub username: Option<String>,
    /// Password.
    pub password: Option<String>,
    /// Whether either is known.
    pub is_given: bool,
}

/// Of the reporter. The address is shown to nobody.
#[derive(Debug, Default, Serialize)]
pub struct ReporterView {
    /// Whether an address was left.
    pub has_email: bool,
    /// The language of the report: not asked for yet.
    pub language: Option<String>,
    /// Whether there is a remark.
    pub has_comment: bool,
    /// The reporter's remark; null unless revealed.
    pub comment: Option<String>,
}

/// A value that something later replaced.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct ReplacedView {
    /// The name of the field.
    pub field: &'static str,
    /// As it was, in the same form as the present one; null where that is not shown.
    pub value: Option<String>,
    /// The author of the later value.
    pub by: NodeId,
    /// When, by that hotline's clock, RFC 3339.
    pub at: Option<String>,
}

impl ContentView {
    /// Everything of a detail and its row that the rest of the view does not show. Both are taken apart whole.
    pub(in crate::report) fn new(report: &Report, detail: &ReportDetail, urls: Urls<'_>) -> Self {
        let ReportDetail { known, private, replaced, unreadable: _ } = detail;
        let Body {
            salt: _,
            // Shown in the view itself: the URL, its urgency, and the assessments and actions.
            url: _,
            urgency: _,
            assessments: _,
            actions: _,
            page,
            group,
            referrer,
            access,
            received_at,
            hosting,
            location,
            memo,
        } = known;
        let PrivateContent {
            comment,
            email,
            reference,
            past: past_case,
            informed: noted,
            location: own_location,
            body: _,
        } = private;
        let has_comment = comment.is_some();
        Self {
            reference: urls.beside(reference.clone()),
            references: noted.iter().filter_map(|it| it.reference.clone()).collect(),
            group: urls.text(group.as_deref()),
            page: urls.url(page.as_ref()),
            referrer: urls.address(referrer.as_deref()),
            access: AccessView::new(access.as_ref(), urls),
            memo: urls.text(memo.as_deref()),
            note: None,
            reporter: ReporterView {
                has_email: email.is_some(),
                language: None,
                has_comment,
                comment: urls.revealed(comment.clone()),
            },
            source: report.source,
            channel: report.channel,
            reported_offence: report.reported_offence,
            reason: report.reason,
            received_by_origin_at: received_at.and_then(time_of_seconds),
            findings: hosting.iter().map(|record| finding(record, urls)).collect(),
            locations: location.iter().chain(own_location).map(|record| decision(record, urls)).collect(),
            informed: noted.iter().map(informed).collect(),
            replaced: replaced.iter().map(|it| ReplacedView::new(it, urls)).collect(),
            past: past_case.as_ref().map(past),
            known: None,
            duplicate_of: None,
            same_url: Vec::new(),
            claimed_by: None,
            follows: None,
            joined: None,
            due_at: None,
            take_back_until: None,
        }
    }

    /// Whether a reveal shows more of it, or has shown it.
    pub(in crate::report) fn has_more(&self) -> bool {
        let Self { page, referrer, access, memo, group, reporter, replaced, .. } = self;
        let has_text = page.is_some() || referrer.is_some() || memo.is_some() || group.is_some();
        has_text || access.is_given || reporter.has_comment || !replaced.is_empty()
    }
}

impl AccessView {
    fn new(access: Option<&Access>, urls: Urls<'_>) -> Self {
        let Some(Access { username, password }) = access else { return Self::default() };
        let is_given = username.is_some() || password.is_some();
        Self { username: urls.revealed(username.clone()), password: urls.revealed(password.clone()), is_given }
    }
}

impl ReplacedView {
    fn new(replaced: &Replaced, urls: Urls<'_>) -> Self {
        let Replaced { field, value, by, at } = replaced;
        let value = match *field {
            "url" | "page" | "referrer" => urls.address(Some(value)),
            "access_username" | "access_password" => urls.revealed(Some(value.clone())),
            "urgency" => Some(value.clone()),
            _ => urls.text(Some(value)),
        };
        Self { field, value, by: by.clone(), at: time_of_seconds(*at) }
    }
}

/// The row's own fields, taken apart whole: those of the view, those that the content shows, and those that are the
/// program's alone. A field that is added stops here until it is decided where it is shown.
#[expect(dead_code, reason = "it is compiled, so that a field that is added is decided upon")]
const fn every_field_is_decided_upon(report: &Report) {
    let Report {
        // In the view.
        id: _,
        number: _,
        holder: _,
        tenure: _,
        state: _,
        house: _,
        offer: _,
        country: _,
        asn: _,
        organisation: _,
        route: _,
        offence: _,
        assessment: _,
        urgency: _,
        received_at: _,
        updated_at: _,
        // Here.
        reported_offence: _,
        reason: _,
        source: _,
        channel: _,
        content: _,
        // A digest of the URL; the URL itself is shown.
        url_digest: _,
        tld: _,
        // Keys, digests and marks of the program.
        key: _,
        reference: _,
        reference_content: _,
        case_secret: _,
        waits_since: _,
        alarmed: _,
        // Counts of the history; the history itself is shown.
        course: _,
        noticed_at: _,
        // Told by the view itself.
        is_unreadable: _,
    } = report;
}

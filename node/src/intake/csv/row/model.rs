//! One row, typed.

use chrono::{DateTime, Utc};
use hotline_protocol::bytes::Hash;
use hotline_protocol::url::ReportedUrl;
use hotline_protocol::vocabulary::{Channel, Offence, Source, Urgency};
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::cell::{Cells, File, email, line};
use super::finding::Finding;
use super::historical::Past;
use super::identity::{as_written, identity};
use super::order::check_order;
use super::url_text::{Addresses, UrlText};
use crate::intake::csv::fault::{Fault, FaultKind};
use crate::intake::csv::file::{Column, FIELD_LIMIT_BYTES, Record, Scope};
use crate::intake::reading::UrlReadAs;

/// Longest reference or group, in bytes.
const NAME_LIMIT_BYTES: usize = 200;

/// A group as a file or a command gives it: one line.
pub fn group(text: &str) -> Result<String, FaultKind> {
    line(NAME_LIMIT_BYTES)(text)
}

/// A remark as a file or a command gives it: its lines stay lines, and nothing else in it acts.
pub fn memo(text: &str) -> Result<String, FaultKind> {
    if text.contains(|letter: char| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t')) {
        Err(FaultKind::ControlCharacter)
    } else if text.len() > FIELD_LIMIT_BYTES {
        Err(FaultKind::LongerThan { limit_bytes: FIELD_LIMIT_BYTES, length_bytes: text.len() })
    } else {
        Ok(text.to_owned())
    }
}

/// One row. Codes that the file leaves out have their list's default: csam, public, import, routine, unassessed,
/// and `not_determined` where a list has it.
#[derive(Clone, Debug)]
pub struct ImportRow {
    /// The line of the file where the row begins; the first is 1.
    pub line: u64,
    /// Bytes of all its cells.
    pub size: usize,
    /// The row's identity, 1 to 200 bytes.
    pub reference: String,
    /// The digest of the row's content: equal for the same content, from any program and in any order of the columns.
    /// It is a plain digest of an address and more: keep only a keyed digest of it.
    pub content: Hash,
    /// The digest of the row's text, letter by letter: it identifies rows taken by an earlier version.
    pub as_written: Hash,
    /// When the hotline received it.
    pub received_at: DateTime<Utc>,
    /// The reported URL.
    pub url: ReportedUrl,
    /// The page where it was found.
    pub page_url: Option<ReportedUrl>,
    /// Notes on the reading of addresses, by their columns.
    pub read: Vec<(Column, UrlReadAs)>,
    /// The group shared by everything found together; at most 200 bytes.
    pub group: Option<String>,
    /// The kind of reporter.
    pub source: Source,
    /// The way in.
    pub channel: Channel,
    /// The reporter's address.
    pub reporter_email: Option<SecretString>,
    /// How soon somebody must act.
    pub urgency: Urgency,
    /// The offence as reported.
    pub offence: Offence,
    /// An analyst's finding.
    pub finding: Finding,
    /// The address that leads to it.
    pub referrer: Option<UrlText>,
    /// The user's name that opens it.
    pub access_username: Option<SecretString>,
    /// The password that opens it.
    pub access_password: Option<SecretString>,
    /// The analyst's note.
    pub memo: Option<SecretString>,
    /// Work done in the past; in a historical file always, else never.
    pub past: Option<Past>,
}

impl ImportRow {
    /// Reads a record; gives every fault of it. `scratch` is overwritten: rows share it, so that it is wiped once.
    pub(crate) fn parse(
        file: &mut File,
        record: &Record,
        scratch: &mut Zeroizing<Vec<u8>>,
    ) -> Result<Self, Vec<Fault>> {
        file.quotes_signs = file.quotes_signs || Cells::unchecked(file, record).quotes_a_sign();
        Self::of_cells(Cells::new(file, record)?, file.reading.scope, record, scratch)
    }

    fn of_cells(
        mut cells: Cells<'_>,
        scope: Scope,
        record: &Record,
        scratch: &mut Zeroizing<Vec<u8>>,
    ) -> Result<Self, Vec<Fault>> {
        let reference = cells.required(Column::Reference, line(NAME_LIMIT_BYTES));
        let received_at = cells.required_time(Column::ReceivedAt);
        let mut addresses = Addresses::default();
        let url = addresses.required(&mut cells, Column::Url);
        let page_url = addresses.optional(&mut cells, Column::PageUrl);
        let group = cells.optional(Column::Group, group);
        let source = cells.code(Column::Source, Source::Public);
        let channel = cells.code(Column::Channel, Channel::Import);
        let reporter_email = cells.optional(Column::ReporterEmail, email);
        let offence = cells.code(Column::Offence, Offence::Csam);
        let urgency = cells.code(Column::Urgency, Urgency::Routine);
        let finding = Finding::parse(&mut cells, offence);
        let referrer = addresses.optional(&mut cells, Column::Referrer).map(UrlText::from);
        let past = (scope == Scope::Historical).then(|| Past::parse(&mut cells));
        let (access_username, access_password) =
            (cells.secret(Column::AccessUsername), cells.secret(Column::AccessPassword));
        if let Some(received_at) = received_at {
            check_order(&mut cells, received_at, finding.assessed_at, past.as_ref());
        }
        let (line, size) = (record.line, record.size());
        let (content, as_written) = (identity(&cells, scratch), as_written(&cells, scratch));
        let memo = cells.secret(Column::Memo);
        let mandatory = reference.zip(received_at).zip(url);
        cells.finish(mandatory.map(|((reference, received_at), url)| Self {
            line,
            size,
            reference,
            content,
            as_written,
            received_at,
            url,
            page_url,
            read: addresses.told(),
            group,
            source,
            channel,
            reporter_email,
            urgency,
            offence,
            finding,
            referrer,
            access_username,
            access_password,
            memo,
            past,
        }))
    }
}

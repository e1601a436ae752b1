//! `report import`: rows of a file, taken once.

use std::collections::{HashMap, HashSet};

use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::{Access, AssessmentRecord, Body};
use hotline_protocol::vocabulary::Assessment;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;

use super::csv::file::{Column, ReadAs};
use super::csv::row::ImportRow;
use super::csv::{Fault, FaultKind};
use super::duplicate::{Duplicate, duplicates, own_digest};
use super::historical::past_report;
use super::reading::UrlReadAs;
use super::submission::{Submission, publish_all};
use crate::context::Context;
use crate::report::ReportError;
use crate::report::lifecycle::{NewReport, PreparedReport, create_reports, prepare_report};
use crate::report::query::repository::{by_references, newest_key, references_after};
use crate::report::view::PrivateContent;
use crate::routing::Locator;
use crate::secret::{SealKey, index_number};
use crate::storage::{ConnectionTrait, Write};

/// Of so many reports that are new since it was looked, at most, the references are read; of more, each row's reference
/// is looked for.
const NEW_REPORTS: i64 = 10_000;

/// The result of an import.
#[derive(Debug, Default, Serialize)]
pub struct ImportResult {
    /// Rows read.
    pub rows: u64,
    /// Rows taken now.
    pub taken: u64,
    /// Rows that were taken before.
    pub known: u64,
    /// Faults, by line and column.
    pub faulty: Vec<Fault>,
    /// Rows that were taken although their URL had been reported here before.
    pub duplicates: Vec<Duplicate>,
    /// How the file was read, where that is another way than commas and UTF-8.
    #[serde(skip_serializing_if = "ReadAs::is_documented")]
    pub read: ReadAs,
    /// Addresses of new rows: those read otherwise than they stand there, and those with something to be noted.
    #[serde(rename = "read_as", skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<RowRead>,
}

/// How one address of a row was read.
#[derive(Debug, Serialize)]
pub struct RowRead {
    /// The line of the file where the row begins; the first is 1.
    pub line: u64,
    /// The column's name.
    pub column: &'static str,
    /// The address, and the changes made to it.
    #[serde(flatten)]
    pub told: UrlReadAs,
}

/// Rows that are ready to be recorded, and the notes on the others.
pub(super) struct PreparedRows {
    noted: ImportResult,
    /// The key of the newest report when it was looked whether they are known.
    newest_then: i64,
    rows: Vec<PreparedRow>,
}

struct PreparedRow {
    line: u64,
    /// Its reference's number.
    reference: i64,
    digests: Digests,
    /// The digest for finding a report of its URL.
    url: Hash,
    report: PreparedReport,
}

/// A row that is not here yet.
struct NewRow {
    line: u64,
    reference: i64,
    digests: Digests,
    url: Hash,
    new: NewReport,
    is_past: bool,
}

/// Rows that are prepared without a pause for others.
const AT_A_STRETCH: usize = 100;

/// Keyed digests of a row.
#[derive(Clone, Copy)]
struct Digests {
    /// The digest of its content.
    content: [u8; 32],
    /// The digest of its writing, as earlier versions kept it.
    as_written: [u8; 32],
}

impl Digests {
    /// Whether a report with this digest is the same row.
    fn are_of(self, known: Option<[u8; 32]>) -> bool {
        known.is_some_and(|known| known == self.content || known == self.as_written)
    }
}

/// Prepares rows: all that can be done before the transaction, as it may ask name servers. A reference that is here
/// already with the same content is known; with other content, faulty.
pub(super) async fn prepare_rows(
    context: &Context,
    locator: &Locator,
    rows: Vec<ImportRow>,
) -> Result<PreparedRows, ReportError> {
    let mut noted = ImportResult::default();
    let result = &mut noted;
    let digest_of = |row: &ImportRow| {
        let digest = |hash: &hotline_protocol::bytes::Hash| context.seal.index_digest("import-row", hash.as_bytes());
        let digests = Digests { content: digest(&row.content), as_written: digest(&row.as_written) };
        (reference_number(&context.seal, &row.reference), digests)
    };
    let digests: Vec<(i64, Digests)> = rows.iter().map(digest_of).collect();
    let references: Vec<i64> = digests.iter().map(|(reference, _)| *reference).collect();
    let newest_then = newest_key(context.database.read()).await?;
    let known = known_rows(context.database.read(), &references).await?;
    let mut taken = Vec::with_capacity(rows.len());
    for (mut row, (reference, digests)) in rows.into_iter().zip(digests) {
        result.rows += 1;
        let line = row.line;
        if let Some(known) = known.get(&reference) {
            note_known(result, line, digests.are_of(*known));
            continue;
        }
        result.note_read(line, std::mem::take(&mut row.read));
        let (past, assessed_at) = (row.past.take(), row.finding.assessed_at);
        let url = own_digest(context, row.url.canonical());
        let submission = submission(context, row, (reference, digests.content));
        let new = match &past {
            Some(past) => past_report(submission, past, assessed_at),
            None => submission.unpublished(),
        };
        taken.push(NewRow { line, reference, digests, url, new, is_past: past.is_some() });
    }
    let present = taken.iter_mut().filter(|row| !row.is_past);
    publish_all(locator, present.map(|row| &mut row.new)).await;
    let mut prepared = Vec::with_capacity(taken.len());
    for NewRow { line, reference, digests, url, new, .. } in taken {
        match prepare_report(context, new) {
            Ok(report) => prepared.push(PreparedRow { line, reference, digests, url, report }),
            // A row that cannot be made a report costs itself alone.
            Err(ReportError::Body(why)) => {
                let kind = FaultKind::NotOneBody(why.to_string());
                result.faulty.push(Fault { line, column: None, kind });
            }
            Err(error) => return Err(error),
        }
        // In between, the batch before this one is written.
        if prepared.len() % AT_A_STRETCH == 0 {
            tokio::task::yield_now().await;
        }
    }
    Ok(PreparedRows { noted, newest_then, rows: prepared })
}

/// Records prepared rows: one transaction for all of them. Returns the result for each of them.
pub(super) async fn record_rows(context: &Context, prepared: PreparedRows) -> Result<ImportResult, ReportError> {
    let PreparedRows { mut noted, newest_then, rows } = prepared;
    if rows.is_empty() {
        return Ok(noted);
    }
    let write = context.database.write("import_reports").await?;
    let mut known = taken_meanwhile(&write, newest_then, &rows).await?;
    let (mut new, mut taken) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
    for row in rows {
        if let Some(before) = known.insert(row.reference, Some(row.digests.content)) {
            note_known(&mut noted, row.line, row.digests.are_of(before));
            known.insert(row.reference, before);
            continue;
        }
        taken.push((row.line, row.url));
        new.push(row.report);
    }
    noted.taken += new.len() as u64;
    let reports = create_reports(context, &write, new).await?;
    write.commit().await?;
    // The rows are taken and counted even if this look-up fails: `report show` repeats it.
    match duplicates(context, &taken, &reports).await {
        Ok(found) => noted.duplicates = found,
        Err(error) => tracing::warn!(%error, "whether rows were reported before could not be looked up"),
    }
    Ok(noted)
}

/// Returns the rows taken since the duplicate check. It runs in the transaction, where nobody can take the same row in
/// between.
async fn taken_meanwhile(
    write: &Write<'_>,
    newest_then: i64,
    rows: &[PreparedRow],
) -> Result<HashMap<i64, Option<[u8; 32]>>, ReportError> {
    let mut ours: Vec<i64> = rows.iter().map(|row| row.reference).collect();
    if newest_key(&**write).await? - newest_then <= NEW_REPORTS {
        let taken: HashSet<i64> = references_after(&**write, newest_then).await?.into_iter().collect();
        ours.retain(|reference| taken.contains(reference));
    }
    known_rows(&**write, &ours).await
}

/// Takes rows: prepares and records them.
pub async fn import_rows(
    context: &Context,
    locator: &Locator,
    rows: Vec<ImportRow>,
    result: &mut ImportResult,
) -> Result<(), ReportError> {
    let prepared = prepare_rows(context, locator, rows).await?;
    result.add(record_rows(context, prepared).await?);
    Ok(())
}

impl Default for PreparedRows {
    fn default() -> Self {
        Self { noted: ImportResult::default(), newest_then: i64::MAX, rows: Vec::new() }
    }
}

impl PreparedRows {
    /// Notes a row that could not be read.
    pub(super) fn note_faulty(&mut self, faults: Vec<Fault>) {
        self.noted.rows += 1;
        self.noted.faulty.extend(faults);
    }

    /// Notes how the file was read so far.
    pub(super) const fn note_read(&mut self, read: ReadAs) {
        self.noted.read = read;
    }

    /// Adds more rows.
    pub(super) fn add(&mut self, more: Self) {
        let read = self.noted.read;
        self.noted.add(more.noted);
        self.noted.read = read;
        self.newest_then = self.newest_then.min(more.newest_then);
        self.rows.extend(more.rows);
    }
}

impl ImportResult {
    /// Adds the result of more rows, read later.
    pub(super) fn add(&mut self, more: Self) {
        self.read = more.read;
        self.rows += more.rows;
        self.taken += more.taken;
        self.known += more.known;
        self.faulty.extend(more.faulty);
        self.duplicates.extend(more.duplicates);
        self.addresses.extend(more.addresses);
    }

    fn note_read(&mut self, line: u64, told: Vec<(Column, UrlReadAs)>) {
        self.addresses.extend(told.into_iter().map(|(column, told)| RowRead { line, column: column.name(), told }));
    }
}

/// Returns the number for finding an imported row by its reference.
pub(super) fn reference_number(seal: &SealKey, reference: &str) -> i64 {
    index_number(&seal.index_digest("reference", reference.as_bytes()))
}

fn note_known(result: &mut ImportResult, line: u64, same: bool) {
    if same {
        result.known += 1;
    } else {
        let column = Some("reference".to_owned());
        result.faulty.push(Fault { line, column, kind: FaultKind::ReferenceTaken });
    }
}

async fn known_rows<C: ConnectionTrait>(
    connection: &C,
    references: &[i64],
) -> Result<HashMap<i64, Option<[u8; 32]>>, ReportError> {
    Ok(by_references(connection, references).await?.into_iter().collect())
}

fn submission(context: &Context, row: ImportRow, digests: (i64, [u8; 32])) -> Submission {
    let exposed = |text: SecretString| text.expose_secret().to_owned();
    let mut body = Body::new(context.salt());
    body.url = Some(row.url);
    body.page = row.page_url;
    body.group = row.group;
    body.referrer = row.referrer.map(|referrer| referrer.expose().to_owned());
    if row.access_username.is_some() || row.access_password.is_some() {
        body.access =
            Some(Access { username: row.access_username.map(exposed), password: row.access_password.map(exposed) });
    }
    body.memo = row.memo.map(exposed);
    let received_at = row.received_at.timestamp_micros();
    let finding = row.finding;
    let record = (finding.assessment != Assessment::Unassessed).then(|| AssessmentRecord {
        by: context.own.clone(),
        law: context.own.seat(),
        at: finding.assessed_at.map_or_else(|| context.clock.unix_seconds(), |at| at.timestamp()),
        assessment: finding.assessment.into(),
        offence: finding.offence.into(),
        reason: finding.reason.map(Into::into),
        behaviour: finding.behaviours.into_iter().map(Into::into).collect(),
        terrorism_type: finding.terrorism_types.into_iter().map(Into::into).collect(),
        site_type: Some(finding.site_type.into()),
        commerciality: Some(finding.commerciality.into()),
        payment_methods: finding.payment_methods.into_iter().map(Into::into).collect(),
        media: finding.media.into_iter().map(Into::into).collect(),
        age: finding.ages.into_iter().map(Into::into).collect(),
        sex: Some(finding.sex.into()),
        production: finding.production.into_iter().map(Into::into).collect(),
        virtual_content: finding.is_virtual,
        self_generated: finding.self_generated,
        child_modelling: finding.child_modelling,
    });
    Submission {
        body,
        private: PrivateContent {
            email: row.reporter_email.map(exposed),
            reference: Some(row.reference),
            ..PrivateContent::default()
        },
        offence: row.offence,
        urgency: row.urgency,
        source: row.source,
        channel: row.channel,
        received_at,
        finding: record,
        reference: Some(digests),
        case_secret: None,
    }
}

//! The use cases of a report. Each works on many reports in the caller's transaction.

use std::collections::HashMap;

use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::{Body, BodyLine, Header};
use hotline_protocol::id::ReportId;
use hotline_protocol::state::Seen;
use hotline_protocol::vocabulary::{RouteReason, State};

use super::dossier::{Dossier, PrivateContent};
use super::entry_repository::bodies_about;
use super::error::ReportError;
use super::finding::closing;
use super::journal::Journal;
use super::ledger::Ledger;
use super::model::{House, Number, Report};
use super::moves::{Move, MoveRefused};
use super::publish::{NewReport, Publication, create_entry};
use super::repository::{self, Filter};
use super::sealed_body::open_body;
use crate::context::Context;
use crate::storage::{ConnectionTrait, StorageError, Write, take_numbers};

/// One move to record, with the body that goes with it.
pub struct PlannedMove {
    /// The report's key.
    pub report: i64,
    /// What is done.
    pub step: Move,
    /// Its body.
    pub body: Option<BodyLine>,
}

/// Takes the keys for `count` new reports.
pub async fn take_report_keys(write: &Write<'_>, count: usize) -> Result<i64, StorageError> {
    take_numbers(write, "report", u32::try_from(count).unwrap_or(u32::MAX)).await
}

/// Takes `count` of this node's own numbers of the year.
pub async fn take_own_numbers(
    write: &Write<'_>,
    year: u16,
    count: usize,
) -> Result<impl Iterator<Item = Number> + use<>, StorageError> {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    let first = take_numbers(write, &format!("number/{year}"), count).await?;
    let first = u32::try_from(first).map_err(|_| StorageError::Inconsistent("counter"))?;
    Ok((first..first.saturating_add(count)).map(move |count| Number { year, count }))
}

/// Records new reports of this hotline, and publishes those that are assessed and routed. Gives them as recorded.
pub async fn create_reports(
    context: &Context,
    write: &Write<'_>,
    new: Vec<NewReport>,
) -> Result<Vec<Report>, ReportError> {
    let first_key = take_report_keys(write, new.len()).await?;
    let numbers = take_own_numbers(write, context.year(), new.len()).await?;
    let now = context.clock.now();
    let mut reports = Vec::with_capacity(new.len());
    let mut publications = Vec::new();
    for ((new, number), key) in new.into_iter().zip(numbers).zip(first_key..) {
        let id = ReportId { origin: context.own.clone(), rid: context.randomness.uuid_v7(now) };
        let mut report = Report::unknown(key, id, now.timestamp_micros());
        report.number = Some(number);
        let publication = take_new(context, &mut report, new, now.timestamp_micros());
        if let Some(publication) = publication {
            publications.push((reports.len(), publication));
        }
        reports.push(report);
    }
    publish_all(context, write, &mut reports, publications).await?;
    repository::insert(&**write, &reports).await?;
    Ok(reports)
}

/// Fills a new report's row; gives what to publish.
fn take_new(context: &Context, report: &mut Report, new: NewReport, now: i64) -> Option<(Publication, Body)> {
    report.reported_offence = Some(new.reported_offence);
    report.offence = Some(new.offence);
    report.assessment = Some(new.assessment);
    report.reason = new.reason;
    report.urgency = Some(new.urgency);
    report.source = Some(new.source);
    report.channel = Some(new.channel);
    report.received_at = new.received_at;
    report.case_secret = new.case_secret;
    if let Some((reference, content)) = new.reference {
        report.reference = Some(reference);
        report.reference_content = Some(content);
    }
    if let Some(url) = &new.body.url {
        report.take_url(&context.seal, url.canonical());
    }
    let mut private = new.private;
    let mut body = new.body;
    body.salt = context.salt();
    let publication = if let Some(publication) = new.publication {
        take_location(report, &publication);
        Some((publication, body))
    } else {
        end_here(report, private.past.is_some(), &body, now);
        private.body = Some(body);
        None
    };
    report.content = private.seal(&context.seal, &report.id.to_string());
    publication
}

/// Takes over where a report is hosted and where it goes.
pub fn take_location(report: &mut Report, publication: &Publication) {
    report.country = publication.country;
    report.asn = publication.asn;
    report.organisation.clone_from(&publication.organisation);
    report.route = Some(publication.route.clone());
}

/// Closes a report that is published to nobody: a case of the past, what is not illegal, and what is out of remit.
fn end_here(report: &mut Report, is_past: bool, body: &Body, now: i64) {
    if is_past {
        report.country = body.hosting.last().and_then(|finding| finding.country);
    }
    let ends = report.offence.zip(report.assessment).and_then(|(offence, assessment)| closing(offence, assessment));
    if let Some(route) = ends {
        report.route = route;
        close(report, now);
    } else if is_past {
        close(report, now);
    }
}

/// Publishes reports of this hotline: writes their entries, and folds them into the rows.
async fn publish_all(
    context: &Context,
    write: &Write<'_>,
    reports: &mut [Report],
    publications: Vec<(usize, (Publication, Body))>,
) -> Result<(), ReportError> {
    if publications.is_empty() {
        return Ok(());
    }
    let mut journal = Journal::open(context, write).await?;
    let (now, seconds) = (context.now_micros(), context.clock.unix_seconds());
    let mut digests: Vec<(Hash, i64)> = Vec::with_capacity(publications.len());
    for (index, (publication, body)) in publications {
        let report = &mut reports[index];
        let (create, line) = create_entry(&context.own, &report.id, &publication, &body, seconds)?;
        digests.extend(create.digests.iter().map(|digest| (digest.h, report.key)));
        let recorded = journal.add(report.key, create, Some(&line));
        let fold = hotline_protocol::state::fold(&[recorded.seen()]).expect("a create of the own log is here");
        report.take_fold(&fold, now);
        report.house = is_for_a_person(publication.route.reason).then_some(House::Held);
    }
    journal.save(write).await?;
    repository::insert_digests(&**write, digests).await?;
    Ok(())
}

/// Whether a route's reason leaves the report to a person of this house. Orphans and untraceable reports wait in the
/// open, as `assessed`.
const fn is_for_a_person(reason: RouteReason) -> bool {
    matches!(reason, RouteReason::NoPeer | RouteReason::Held | RouteReason::LegalBlock)
}

/// Publishes a report that was received earlier and is now assessed and routed.
pub async fn publish_report(
    context: &Context,
    write: &Write<'_>,
    mut report: Report,
    dossier: Dossier,
    publication: Publication,
) -> Result<Report, ReportError> {
    if report.tenure > 0 {
        return Err(MoveRefused::Published.into());
    }
    let mut body = dossier.known;
    body.salt = context.salt();
    let private = PrivateContent { body: None, ..dossier.private };
    report.content = private.seal(&context.seal, &report.id.to_string());
    report.house = None;
    take_location(&mut report, &publication);
    let mut reports = [report];
    publish_all(context, write, &mut reports, vec![(0, (publication, body))]).await?;
    repository::update(&**write, &reports).await?;
    let [report] = reports;
    Ok(report)
}

/// Records moves: an entry each, the fold taken into the rows. The first move that is not allowed refuses all of them,
/// unless `skip_refused`, where it is left out (a step meets reports that changed since it looked).
pub async fn record_moves(
    context: &Context,
    write: &Write<'_>,
    reports: &mut [Report],
    ledger: &mut Ledger,
    moves: Vec<PlannedMove>,
    skip_refused: bool,
) -> Result<usize, ReportError> {
    let mut journal = Journal::open(context, write).await?;
    let (now, seconds) = (context.now_micros(), context.clock.unix_seconds());
    let places: HashMap<i64, usize> = reports.iter().enumerate().map(|(place, report)| (report.key, place)).collect();
    for planned in moves {
        let report = &mut reports[places[&planned.report]];
        let fold = ledger.fold(report.key).ok_or_else(|| MoveRefused::NotPublished(report.id.clone()))?;
        let mut says = match planned.step.plan(&context.own, &report.id, &fold, seconds) {
            Ok(says) => says,
            Err(_) if skip_refused => continue,
            Err(refused) => return Err(refused.into()),
        };
        if let Some(line) = &planned.body {
            says.commit(line.commitment());
        }
        ledger.add(report.key, journal.add(report.key, says, planned.body.as_ref()));
        let fold = ledger.fold(report.key).ok_or(StorageError::Inconsistent("report"))?;
        report.take_fold(&fold, now);
    }
    let recorded = journal.save(write).await?;
    repository::update_standing(&**write, reports).await?;
    Ok(recorded)
}

/// Everything known of a report: from its bodies, sealed entries and drafts, and what stays in the house.
pub async fn dossier<C: ConnectionTrait>(
    context: &Context,
    connection: &C,
    report: &Report,
) -> Result<Dossier, ReportError> {
    let private = PrivateContent::open(&context.seal, &report.id.to_string(), report.content.as_deref())?;
    let mut lines = Vec::new();
    let ledger = Ledger::load(connection, &[report.key]).await?;
    let fold = ledger.fold(report.key);
    for body in bodies_about(connection, &[report.key]).await? {
        let header = Header::from_storage(&body.header)?;
        // A stranger's entry may carry a body for us; what it tells counts for nothing.
        if fold.as_ref().is_some_and(|fold| !fold.hears(&Seen::sealed(body.hash, &header))) {
            continue;
        }
        let line = open_body(&context.seal, &header.content, &body.sealed)?;
        lines.push(((header.content.ts, header.epoch, header.seq), line));
    }
    lines.sort_by_key(|(place, _)| *place);
    Dossier::assemble(private, lines.into_iter().map(|(_, line)| line))
}

/// What a person calls a report by: its id, or this node's own number.
pub async fn find_report<C: ConnectionTrait>(connection: &C, name: &str) -> Result<Report, ReportError> {
    if let Ok(id) = name.parse::<ReportId>() {
        return repository::by_ids(connection, &[id]).await?.pop().ok_or(ReportError::NotFound);
    }
    let number = name.parse::<Number>().map_err(|_| ReportError::NotFound)?;
    repository::by_number(connection, number).await?.ok_or(ReportError::NotFound)
}

/// Reports by a filter, newest first.
pub async fn list_reports<C: ConnectionTrait>(connection: &C, filter: &Filter) -> Result<Vec<Report>, ReportError> {
    Ok(repository::list(connection, filter).await?)
}

/// Changes rows without an entry: what only the house knows.
pub async fn save_reports(write: &Write<'_>, reports: &[Report]) -> Result<(), ReportError> {
    Ok(repository::update(&**write, reports).await?)
}

/// Closes a report without publishing it.
pub fn close(report: &mut Report, now: i64) {
    report.house = Some(House::Closed);
    report.state = State::Received;
    report.updated_at = now;
}

//! The use cases of a report. Each works on many reports in the caller's transaction.

use std::collections::HashMap;

use hotline_protocol::entry::BodyLine;
use hotline_protocol::id::ReportId;
use hotline_protocol::vocabulary::State;

use super::dossier::{Dossier, PrivateContent};
use super::entry_repository::bodies_about;
use super::error::ReportError;
use super::journal::Journal;
use super::ledger::Ledger;
use super::model::{House, Number, Report};
use super::moves::{Move, MoveRefused};
use super::repository::{self, Filter};
use super::sealed_body::{open_body, seal_body};
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
        let sealed = planned.body.as_ref().map(|line| seal_body(&context.seal, line));
        ledger.add(report.key, journal.add(report.key, says, sealed));
        let fold = ledger.fold(report.key).ok_or(StorageError::Inconsistent("report"))?;
        report.take_fold(&fold, now);
    }
    let recorded = journal.save(write).await?;
    repository::update_standing(write, reports).await?;
    Ok(recorded)
}

/// Everything known of a report: from its entries' bodies, and what stays in the house.
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
        let Some(entry) = ledger.of(report.key).iter().find(|entry| entry.hash == body.hash) else { continue };
        // A stranger's entry may carry a body for us; what it tells counts for nothing.
        if fold.as_ref().is_some_and(|fold| !fold.hears(&entry.seen())) {
            continue;
        }
        lines.push(((entry.content.ts, entry.place), open_body(&context.seal, entry.content.body(), &body.sealed)?));
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
    Ok(repository::list_filtered(connection, filter).await?)
}

/// Changes rows without an entry: what only the house knows.
pub async fn save_reports(write: &Write<'_>, reports: &[Report]) -> Result<(), ReportError> {
    Ok(repository::update(write, reports).await?)
}

/// Closes a report without publishing it.
pub fn close(report: &mut Report, now: i64) {
    report.house = Some(House::Closed);
    report.state = State::Received;
    report.updated_at = now;
}

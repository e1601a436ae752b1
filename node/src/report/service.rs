//! The use cases of a report. Each works on many reports in the caller's transaction.

use std::collections::{HashMap, HashSet};

use hotline_protocol::country::CountryCode;
use hotline_protocol::entry::BodyLine;
use hotline_protocol::vocabulary::State;

use super::append::Journal;
use super::entry_repository::{SealedBody, bodies_about, left_behind};
use super::error::ReportError;
use super::lifecycle::{Move, MoveRefused, check_room};
use super::model::{House, Report};
use super::name::ReportName;
use super::number::Number;
use super::projection::{FactBook, OfferBook};
use super::query::{Filter, repository};
use super::replay::{ByHash, EntrySet};
use super::sealed_body::{open_body, seal_body};
use super::view::{PrivateContent, ReportDetail, SaidBody};
use crate::context::Context;
use crate::storage::{ConnectionTrait, StorageError, Write, take_numbers};

/// One move to record, with the body that goes with it.
pub struct PlannedMove {
    /// The report's key.
    pub report: i64,
    /// The move.
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
    ledger: &mut EntrySet,
    moves: Vec<PlannedMove>,
    skip_refused: bool,
) -> Result<usize, ReportError> {
    let mut journal = Journal::open(context, write).await?;
    let (now, seconds) = (context.now_micros(), context.clock.unix_seconds());
    let places: HashMap<i64, usize> = reports.iter().enumerate().map(|(place, report)| (report.key, place)).collect();
    let with_body: HashSet<i64> =
        moves.iter().filter(|planned| planned.body.is_some()).map(|planned| planned.report).collect();
    let told = reports.iter().filter(|report| with_body.contains(&report.key));
    let mut facts = FactBook::open(&context.own, write, told).await?;
    let mut offers = OfferBook::new(&context.own);
    for planned in moves {
        let report = &mut reports[places[&planned.report]];
        let fold = ledger.fold(report.key).ok_or_else(|| MoveRefused::without_create(&context.own, &report.id))?;
        let written = ledger.count_of(report.key, &context.own);
        let plan = || planned.step.plan(&context.own, &report.id, &fold, seconds);
        let mut says = match check_room(written, skip_refused).and_then(|()| plan()) {
            Ok(says) => says,
            // It would be looked at again and again: a person is called.
            Err(refused) if skip_refused && !refused.is_too_many() => continue,
            Err(refused) => return Err(refused.into()),
        };
        if let Some(line) = &planned.body {
            says.commit(line.commitment());
        }
        let sealed = planned.body.as_ref().map(|line| seal_body(&context.seal, line));
        offers.was(report.key, ledger.of(report.key));
        ledger.add(report.key, journal.add(report.key, says, sealed));
        let fold = ledger.fold(report.key).ok_or(StorageError::Inconsistent("report"))?;
        report.take_fold(&context.own, &fold, ledger.of(report.key), now);
        if let Some(line) = &planned.body {
            facts.take_said(report, &context.own, (&line.body().map_err(ReportError::from)?).into());
        }
        offers.take(report.key, Some(&fold), ledger.of(report.key));
    }
    facts.save(write).await?;
    offers.save(write).await?;
    let recorded = journal.save(write).await?;
    repository::update_standing(write, reports).await?;
    Ok(recorded)
}

/// Returns everything known of a report: from its entries' bodies, and from the content that stays in the house. An
/// unreadable body is left out, and the result tells so; content kept by this house must be readable.
pub async fn detail_of<C: ConnectionTrait>(
    context: &Context,
    connection: &C,
    report: &Report,
) -> Result<ReportDetail, ReportError> {
    let ledger = EntrySet::load_whole(connection, &[report.key]).await?;
    let found = details_of(context, connection, std::slice::from_ref(report), &ledger).await?.pop();
    found.unwrap_or_else(|| Err(StorageError::Inconsistent("report").into()))
}

/// [`detail_of`] of each of some reports, in their order; `ledger` holds the whole history of all of them. Unreadable
/// content costs its own report alone.
pub async fn details_of<C: ConnectionTrait>(
    context: &Context,
    connection: &C,
    reports: &[Report],
    ledger: &EntrySet,
) -> Result<Vec<Result<ReportDetail, ReportError>>, StorageError> {
    let keys: Vec<i64> = reports.iter().flat_map(|report| [report.key, left_behind(report.key)]).collect();
    let mut bodies: HashMap<i64, Vec<SealedBody>> = HashMap::new();
    for body in bodies_about(connection, &keys).await? {
        bodies.entry(body.report).or_default().push(body);
    }
    let of = |report: &Report| {
        let mut own = bodies.remove(&report.key).unwrap_or_default();
        own.extend(bodies.remove(&left_behind(report.key)).unwrap_or_default());
        assemble(context, report, ledger, own)
    };
    Ok(reports.iter().map(of).collect())
}

fn assemble(
    context: &Context,
    report: &Report,
    ledger: &EntrySet,
    bodies: Vec<SealedBody>,
) -> Result<ReportDetail, ReportError> {
    if report.is_unreadable {
        return Err(StorageError::Inconsistent("report").into());
    }
    let private = PrivateContent::open(&context.seal, &report.id.to_string(), report.content.as_deref())?;
    let (mut lines, mut faults) = (Vec::new(), Vec::new());
    let fold = ledger.fold(report.key);
    // Where its create was left behind, its new holder still has the content taken over.
    let left = if fold.is_none() { ledger.left_behind(report.key) } else { &[] };
    let (heard, by_hash) = (fold.map(|fold| fold.heard()), ByHash::of(ledger.of(report.key).iter().chain(left)));
    for body in bodies {
        let Some(entry) = by_hash.get(&body.hash) else { continue };
        // A stranger's entry may carry a body for us; its content counts for nothing.
        if heard.as_ref().is_some_and(|heard| !heard.contains(&entry.hash)) {
            continue;
        }
        match open_body(&context.seal, entry.content.body(), &body.sealed) {
            Ok(line) => {
                let at = i64::try_from(entry.content.ts).unwrap_or(i64::MAX);
                lines.push(((entry.content.ts, entry.place), SaidBody { by: entry.log.clone(), at, line }));
            }
            Err(fault) => faults.push(fault),
        }
    }
    lines.sort_by_key(|(place, _)| *place);
    let mut detail = ReportDetail::assemble(private, lines.into_iter().map(|(_, said)| said));
    for fault in &faults {
        detail.note_unreadable(fault);
    }
    Ok(detail)
}

/// Returns the report that a person names at the hotline with the seat `seat`: by its id, or by this node's own number.
pub async fn find_report<C: ConnectionTrait>(
    connection: &C,
    name: &str,
    seat: CountryCode,
) -> Result<Report, ReportError> {
    let found = match ReportName::parse(name, seat)? {
        ReportName::Id(id) => repository::by_ids(connection, &[id]).await?.pop(),
        ReportName::Number(number) => repository::by_number(connection, number).await?,
    };
    found.ok_or(ReportError::NotFound)
}

/// Reports by a filter, newest first.
pub async fn list_reports<C: ConnectionTrait>(connection: &C, filter: &Filter) -> Result<Vec<Report>, ReportError> {
    Ok(repository::list_filtered(connection, filter).await?)
}

/// Changes rows without an entry: content known only to the house.
pub async fn save_reports(write: &Write<'_>, reports: &[Report]) -> Result<(), ReportError> {
    Ok(repository::update(write, reports).await?)
}

/// Closes a report without publishing it.
pub fn close(report: &mut Report, now: i64) {
    report.house = Some(House::Closed);
    report.state = State::Received;
    report.updated_at = now;
}

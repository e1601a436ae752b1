//! Counting ahead: stale buckets are counted anew from the rows, a few at a time.
//!
//! Writers of a row only mark its bucket, in the same transaction. So a figure counted here may be late, and is never
//! wrong: after a replay, a late body, a restore or a new epoch the marked buckets are counted from the rows as they
//! are. A bucket is counted outside of any write transaction; its mark is taken away only if nothing was marked
//! meanwhile. Only changes in the countries of hotlines leave no mark: these countries are compared before years are
//! counted, and after.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use chrono::NaiveDate;
use hotline_protocol::id::NodeId;

use super::area::{Areas, mark_where_changed};
use super::cell::{FederationCell, NEVER, OfferCell, ReportCell, encode};
use super::cell_code::{is_illegal, letters, offence, site};
use super::names::{NOBODY, Names};
use super::rollup_repository::{
    OfferOfDay, ReportsOfDay, Stale, count_offers, federation_of_day, marked, offers_between, reports_between, save,
    stale,
};
use super::time_bucket::{day_number, day_of_number};
use crate::context::Context;
use crate::report::projection::{Bucket, Counted};
use crate::statistics::count::figures_of_year;
use crate::statistics::period::Period;
use crate::storage::{ConnectionTrait, StorageError};
use crate::zone::Zone;

/// Offers that are read at once: a day may have a million, after the import of a crawl.
const PART: i64 = 20_000;

/// The result of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recounted {
    /// Buckets that were counted.
    pub buckets: usize,
    /// Where to go on; none where this was the last.
    pub next: Option<i64>,
}

/// A kind of buckets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// Days: each takes moments.
    Days,
    /// Calendar years: each takes seconds, where there are millions of reports.
    Years,
}

impl Span {
    /// The stored numbers of its buckets: the first, and the one after the last.
    const fn range(self) -> (i64, i64) {
        let (years, end) = Counted::Years.range();
        match self {
            Self::Days => (0, years),
            Self::Years => (years, end),
        }
    }
}

/// How often something was marked that is not counted anew yet.
pub async fn marks(context: &Context, span: Span) -> Result<i64, StorageError> {
    let (first, end) = span.range();
    marked(context.database.read(), first, end).await
}

/// Counts at most `limit` stale buckets anew: those after `after` (0 at the beginning). Years are marked first where a
/// country has become a peer's, or is one's no more.
pub async fn refresh(context: &Context, span: Span, after: i64, limit: u32) -> Result<Recounted, StorageError> {
    let areas = match span {
        Span::Days => None,
        Span::Years => Some(Areas::load(context, context.database.read()).await?),
    };
    if let Some(areas) = areas.as_ref().filter(|_| after == 0) {
        mark_where_changed(context, areas).await?;
    }
    let (first, end) = span.range();
    let found = stale(context.database.read(), after.max(first - 1), end, limit.into()).await?;
    let next = found.last().filter(|_| found.len() >= limit as usize).map(|last| last.bucket.to_stored());
    let mut counted = BTreeMap::new();
    for bucket in found.iter().flat_map(|stale| buckets_within(context.zone, stale.bucket)) {
        if let Entry::Vacant(place) = counted.entry(bucket) {
            place.insert(count(context, bucket).await?);
        }
    }
    if areas.is_some() && areas != Some(Areas::load(context, context.database.read()).await?) {
        // A peer came or went meanwhile: the next pass from the beginning finds that, and the marks.
        return Ok(Recounted { buckets: 0, next: None });
    }
    if !found.is_empty() {
        keep(context, &found, counted).await?;
    }
    Ok(Recounted { buckets: found.len(), next })
}

async fn keep(context: &Context, marks: &[Stale], counted: BTreeMap<Bucket, Vec<u8>>) -> Result<(), StorageError> {
    let write = context.database.write("recount").await?;
    save(&write, marks, counted, context.now_micros()).await?;
    write.commit().await
}

/// The buckets counted anew for a mark: the days of the house that have a second of its day in UTC. Before 1970 there
/// is no bucket: older rows count with the first day.
fn buckets_within(zone: Zone, mark: Bucket) -> Vec<Bucket> {
    match mark.counted {
        Counted::Federation | Counted::Years => vec![mark],
        Counted::Offers | Counted::Reports => {
            let at = |day: NaiveDate| Bucket { at: day_number(day).max(0), ..mark };
            zone.days_within(mark.at).map(at).collect()
        }
    }
}

/// The first second of a day of the house, both since 1970.
pub(super) fn first_second(zone: Zone, day: i64) -> i64 {
    let start = |day| day_of_number(day).map_or(i64::MAX, |day| zone.day_start(day).max(0));
    if day > 0 { start(day) } else { 0 }
}

async fn count(context: &Context, bucket: Bucket) -> Result<Vec<u8>, StorageError> {
    let connection = context.database.read();
    let range = (first_second(context.zone, bucket.at), first_second(context.zone, bucket.at.saturating_add(1)));
    match bucket.counted {
        Counted::Offers => offers(connection, &context.own, range).await,
        Counted::Reports => {
            let rows = reports_between(connection, range.0, range.1).await?;
            Ok(report_cells(context.own.as_str(), rows))
        }
        Counted::Federation => {
            let rows = federation_of_day(connection, bucket.at).await?;
            let cell = |(country, published, taken_over, gone)| FederationCell {
                country: letters(country),
                published,
                taken_over,
                gone,
            };
            Ok(encode(&Names::default(), &rows.into_iter().map(cell).collect::<Vec<_>>()))
        }
        Counted::Years => {
            let Some(period) = u16::try_from(bucket.at).ok().and_then(Period::year) else { return Ok(Vec::new()) };
            let figures = figures_of_year(context, period).await?;
            serde_json::to_vec(&figures).map_err(|_| StorageError::Inconsistent("rollup"))
        }
    }
}

async fn offers<C: ConnectionTrait>(
    connection: &C,
    own: &NodeId,
    (from, to): (i64, i64),
) -> Result<Vec<u8>, StorageError> {
    let parts = count_offers(connection, from, to).await? / PART + 1;
    let begin = |part: i64| from + to.saturating_sub(from) / parts * part;
    let mut names = Names::default();
    let mut cells = Vec::new();
    for part in 0..parts {
        let end = if part + 1 < parts { begin(part + 1) } else { to };
        let rows = offers_between(connection, own, begin(part), end).await?;
        cells.extend(rows.iter().map(|row| offer_cell(&mut names, from, row)));
    }
    Ok(encode(&names, &cells))
}

/// `begin` is the day's first second.
fn offer_cell(names: &mut Names, begin: i64, row: &OfferOfDay) -> OfferCell {
    let since =
        |at: Option<i64>| at.map_or(NEVER, |at| u32::try_from((at - row.at).max(0)).unwrap_or(NEVER).min(NEVER - 1));
    OfferCell {
        peer: names.number(&row.peer),
        second: u32::try_from(row.at - begin).unwrap_or(0),
        answered: since(row.answered_at),
        gone: since(row.gone_at),
        country: letters(row.country),
        offence: offence(row.offence),
        site: site(row.site.as_deref()),
        stand: row.stand,
        is_outgoing: row.is_outgoing > 0,
    }
}

fn report_cells(own: &str, rows: Vec<ReportsOfDay>) -> Vec<u8> {
    let mut names = Names::default();
    let cell = |row: ReportsOfDay| {
        let mut other = |node: Option<&str>| node.filter(|node| *node != own).map_or(NOBODY, |node| names.number(node));
        let peers = [other(Some(&row.origin)), other(Some(&row.holder)), other(row.target.as_deref())];
        ReportCell {
            peers,
            organisation: row.organisation.as_deref().map_or(NOBODY, |name| names.number(name)),
            network: row.network.unwrap_or(0),
            n: row.n,
            country: letters(row.country),
            offence: offence(row.offence),
            site: site(row.site.as_deref()),
            is_illegal: is_illegal(row.assessment),
            is_gone: row.is_gone > 0,
        }
    };
    let cells: Vec<ReportCell> = rows.into_iter().map(cell).collect();
    encode(&names, &cells)
}

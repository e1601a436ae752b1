//! Reports with entries that a new epoch left behind: folded anew from those that still count.

use std::collections::HashMap;

use hotline_protocol::id::ReportId;
use hotline_protocol::log::Position;
use hotline_protocol::vocabulary::State;

use super::effects::{FoldEffects, collect_effects};
use super::entry_set::{ByHash, EntrySet, Recorded};
use crate::context::Context;
use crate::report::entry_repository::{SealedBody, bodies_about};
use crate::report::error::ReportError;
use crate::report::model::Report;
use crate::report::projection::{FactBook, OfferBook, Timeline};
use crate::report::query::repository::{by_keys, update_standing};
use crate::report::sealed_body::open_body;
use crate::storage::Write;

/// Reports that are folded at once.
const PART: usize = 1_000;

/// The result of folding anew.
#[derive(Debug, Default)]
pub struct Refolded {
    /// Effects of the folds beyond the rows.
    pub effects: FoldEffects,
    /// Entries of our own log about those that still have a fold: their readers may have changed.
    pub own_entries: Vec<Position>,
    /// The reports that this hotline holds although their create counts no more.
    pub held_without_create: Vec<ReportId>,
}

/// Folds the reports with these keys, and writes how they stand now.
pub async fn rebuild(context: &Context, write: &Write<'_>, keys: &[i64]) -> Result<Refolded, ReportError> {
    let now = context.now_micros();
    let mut refolded = Refolded::default();
    for keys in keys.chunks(PART) {
        let mut reports = by_keys(&**write, keys).await?;
        let (ledger, faults) = EntrySet::load_whole_readable(&**write, keys).await?;
        // A report with unreadable content stays as it stood; looking at it tells so.
        reports.retain(|report| !report.is_unreadable && !faults.contains_key(&report.key));
        recount(context, write, &reports, &ledger).await?;
        let mut offers = OfferBook::new(&context.own);
        offers.read(write, &reports, &ledger).await?;
        for report in &reports {
            offers.take(report.key, ledger.fold(report.key).as_ref(), ledger.of(report.key));
        }
        offers.save(write).await?;
        for report in &mut reports {
            match ledger.fold(report.key) {
                Some(fold) => {
                    report.take_fold(&context.own, &fold, ledger.of(report.key), now);
                    refolded.own_entries.extend(own_entries(context, ledger.of(report.key)));
                    collect_effects(context, &fold, ledger.of(report.key), &mut refolded.effects);
                }
                // The hotline that took it over goes on: its origin's entries may come again, and the content is
                // online.
                None if report.holder == context.own && report.tenure > 0 => {
                    report.course = Timeline::default();
                    // It waits, and counts as no offer: nothing states the content offered.
                    if let Some(offer) = &mut report.offer {
                        offer.at = None;
                    }
                    refolded.held_without_create.push(report.id.clone());
                }
                None => take_back(report, now),
            }
        }
        update_standing(write, &reports).await?;
    }
    Ok(refolded)
}

/// Counts reports anew: entries left behind tell nothing any more. Where the create itself was left behind, the
/// knowledge of the report is still the content of its bodies.
async fn recount(
    context: &Context,
    write: &Write<'_>,
    reports: &[Report],
    ledger: &EntrySet,
) -> Result<(), ReportError> {
    let mut facts = FactBook::open(&context.own, write, reports.iter()).await?;
    let ours: Vec<i64> = reports.iter().filter(|report| report.number.is_some()).map(|report| report.key).collect();
    let mut bodies: HashMap<i64, Vec<SealedBody>> = HashMap::new();
    for body in bodies_about(&**write, &ours).await? {
        bodies.entry(body.report).or_default().push(body);
    }
    for report in reports {
        let entries = ledger.of(report.key);
        let Some(fold) = ledger.fold(report.key) else { continue };
        facts.begin_anew(report);
        let (heard, by_hash) = (fold.heard(), ByHash::of(entries));
        for body in bodies.remove(&report.key).unwrap_or_default() {
            let Some(entry) = by_hash.get(&body.hash).filter(|entry| heard.contains(&entry.hash)) else { continue };
            if let Ok(body) = open_body(&context.seal, entry.content.body(), &body.sealed)?.body() {
                facts.take_said(report, &entry.log, (&body).into());
            }
        }
    }
    Ok(facts.save(write).await?)
}

fn own_entries<'e>(context: &'e Context, entries: &'e [Recorded]) -> impl Iterator<Item = Position> + use<'e> {
    let ours = entries.iter().filter(|entry| entry.log == context.own && entry.content.body().is_some());
    ours.map(|entry| Position { epoch: entry.place.0, seq: entry.place.1 })
}

/// As before its create came.
fn take_back(report: &mut Report, now: i64) {
    report.state = State::Received;
    report.holder = report.id.origin.clone();
    report.tenure = 0;
    report.offer = None;
    report.waits_since = None;
    report.alarmed = false;
    report.course = Timeline::default();
    report.updated_at = now;
}

//! Bodies that came after their entries: their content is taken into the rows then.

use std::collections::BTreeMap;

use hotline_protocol::bytes::Hash;
use hotline_protocol::id::ReportId;

use super::entry_set::{ByHash, EntrySet};
use super::received_body::ReceivedBody;
use crate::context::Context;
use crate::report::error::ReportError;
use crate::report::projection::{FactBook, OfferBook};
use crate::report::query::repository;
use crate::storage::Write;

/// A body that came after its entry.
pub struct LateBody<'b> {
    /// The report that the entry is about.
    pub report: ReportId,
    /// The entry's hash.
    pub entry: Hash,
    /// The body.
    pub kept: &'b ReceivedBody,
}

/// Fills the shown fields of rows from late bodies, in the order of their entries. As with those that came in time,
/// only entries that count tell anything.
pub async fn take_late_told(context: &Context, write: &Write<'_>, bodies: &[LateBody<'_>]) -> Result<(), ReportError> {
    let mut by_report: BTreeMap<&ReportId, Vec<&LateBody<'_>>> = BTreeMap::new();
    for body in bodies {
        by_report.entry(&body.report).or_default().push(body);
    }
    let ids: Vec<ReportId> = by_report.keys().map(|id| (*id).clone()).collect();
    let mut reports = repository::by_ids(&**write, &ids).await?;
    let keys: Vec<i64> = reports.iter().map(|report| report.key).collect();
    let (ledger, faults) = EntrySet::load_readable(&**write, &keys).await?;
    // Placing or showing the report tells of the unreadable content.
    reports.retain(|report| !report.is_unreadable && faults.iter().all(|(key, _)| *key != report.key));
    let mut facts = FactBook::open(&context.own, write, reports.iter()).await?;
    let mut offers = OfferBook::new(&context.own);
    for report in &mut reports {
        let (fold, about) = (ledger.fold(report.key), ledger.of(report.key));
        // Headers tell the same as before: only the days of the offers are marked.
        offers.was(report.key, about);
        offers.take(report.key, fold.as_ref(), about);
        let Some(fold) = fold else { continue };
        let (heard, by_hash) = (fold.heard(), ByHash::of(about));
        for body in by_report.remove(&report.id).unwrap_or_default() {
            let Some(entry) = by_hash.get(&body.entry).filter(|entry| heard.contains(&entry.hash)) else { continue };
            if let Some(told) = &body.kept.told {
                told.take_into(report, &context.seal);
                facts.take_said(report, &entry.log, told.said());
            }
        }
    }
    facts.save(write).await?;
    offers.save(write).await?;
    Ok(repository::update(write, &reports).await?)
}

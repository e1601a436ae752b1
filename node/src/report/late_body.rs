//! Bodies that came after their entries: what they tell is taken into the rows then.

use std::collections::BTreeSet;

use hotline_protocol::bytes::Hash;
use hotline_protocol::id::ReportId;

use super::error::ReportError;
use super::fact_book::FactBook;
use super::kept_body::KeptBody;
use super::ledger::Ledger;
use super::offer_book::OfferBook;
use super::repository;
use crate::context::Context;
use crate::storage::Write;

/// A body that came after its entry.
pub struct LateBody<'b> {
    /// The report that the entry is about.
    pub report: ReportId,
    /// The entry's hash.
    pub entry: Hash,
    /// The body.
    pub kept: &'b KeptBody,
}

/// Fills what rows show from late bodies, in the order of their entries. As with those that came in time, only entries
/// that count tell anything.
pub async fn take_late_told(context: &Context, write: &Write<'_>, bodies: &[LateBody<'_>]) -> Result<(), ReportError> {
    let ids: BTreeSet<&ReportId> = bodies.iter().map(|body| &body.report).collect();
    let ids: Vec<ReportId> = ids.into_iter().cloned().collect();
    let mut reports = repository::by_ids(&**write, &ids).await?;
    let keys: Vec<i64> = reports.iter().map(|report| report.key).collect();
    let ledger = Ledger::load(&**write, &keys).await?;
    let mut facts = FactBook::open(&context.own, write, reports.iter()).await?;
    let mut offers = OfferBook::new(&context.own);
    for report in &mut reports {
        // Headers tell what they told: only the days of the offers are marked.
        offers.was(report.key, ledger.of(report.key));
        offers.take(report.key, ledger.fold(report.key).as_ref(), ledger.of(report.key));
        let Some(fold) = ledger.fold(report.key) else { continue };
        let id = report.id.clone();
        for body in bodies.iter().filter(|body| body.report == id) {
            let entry = ledger.of(report.key).iter().find(|entry| entry.hash == body.entry);
            let Some(entry) = entry.filter(|entry| fold.hears(&entry.seen())) else { continue };
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

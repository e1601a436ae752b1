//! Bodies that came after their entries: what they tell is taken into the rows then.

use std::collections::BTreeSet;

use hotline_protocol::bytes::Hash;
use hotline_protocol::id::ReportId;

use super::error::ReportError;
use super::kept_body::KeptBody;
use super::ledger::Ledger;
use super::model::Report;
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
    for report in &mut reports {
        let Some(fold) = ledger.fold(report.key) else { continue };
        let id = report.id.clone();
        for body in bodies.iter().filter(|body| body.report == id) {
            let entry = ledger.of(report.key).iter().find(|entry| entry.hash == body.entry);
            if entry.is_some_and(|entry| fold.hears(&entry.seen())) {
                tell(context, report, body);
            }
        }
    }
    Ok(repository::update(write, &reports).await?)
}

fn tell(context: &Context, report: &mut Report, body: &LateBody<'_>) {
    if let Some(told) = &body.kept.told {
        told.take_into(report, &context.seal);
    }
}

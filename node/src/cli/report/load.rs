//! Loads what views are made of, and writes a reveal to the audit trail.

use super::view::ReportView;
use crate::access::audit::{Act, ActOrigin, record_act};
use crate::cli::acting_user;
use crate::cli::exit::CliError;
use crate::context::Context;
use crate::report::{Ledger, Report, dossier};

/// Views of some reports. A reveal is recorded, one act a report, before anything is shown.
pub(super) async fn load_views(
    context: &Context,
    reports: &[Report],
    reveal: bool,
) -> Result<Vec<ReportView>, CliError> {
    let keys: Vec<i64> = reports.iter().map(|report| report.key).collect();
    let ledger = Ledger::load(context.database.read(), &keys).await?;
    let mut views = Vec::with_capacity(reports.len());
    for report in reports {
        let dossier = dossier(context, context.database.read(), report).await?;
        views.push(ReportView::new(report, &dossier, &ledger, context.own.seat(), reveal));
    }
    if reveal {
        record_reveal(context, &views).await?;
    }
    Ok(views)
}

async fn record_reveal(context: &Context, views: &[ReportView]) -> Result<(), CliError> {
    let who = acting_user();
    let write = context.database.write("reveal_url").await?;
    for view in views.iter().filter(|view| view.url.is_some()) {
        let act = Act { who: &who, act: "reveal_url", what: view.id.clone(), origin: ActOrigin::Cli };
        record_act(&write, &context.clock, act).await?;
    }
    write.commit().await?;
    Ok(())
}

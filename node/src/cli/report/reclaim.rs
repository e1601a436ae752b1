//! `report reclaim`: takes a report of this hotline back from a holder that says nothing of it.

use clap::Args;

use super::ReportName;
use super::record::{Case, Decision, record_decision_in};
use crate::cli::Globals;
use crate::cli::console::check_remark;
use crate::cli::console::exit::CliError;
use crate::cli::open::open;
use crate::exchange::gone_peers;
use crate::report::lifecycle::{Move, MoveRefused};

/// The report, and the reason.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  \
    hotline-node report reclaim FR-2026-0001234 --reason \"no answer by telephone\"\n\
    Then offer it elsewhere:\n  \
    hotline-node report transfer FR-2026-0001234 --to de-example")]
pub struct ReclaimArgs {
    /// The report.
    #[command(flatten)]
    report: ReportName,
    /// Why: kept in the audit trail
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

pub(super) async fn run(args: ReclaimArgs, globals: &Globals) -> Result<(), CliError> {
    check_remark("--reason", &args.reason)?;
    let (config, context) = open(&globals.config).await?;
    let days = config.exchange.holder_silence_days;
    let gone = gone_peers(&context).await?;
    record_decision_in(&context, globals, "reclaim_report", &args.report, |case| {
        if !gone.contains(&case.report.holder) {
            check_silence(case, days)?;
        }
        Ok(Decision::with_remark(Move::Reclaim, None, args.reason))
    })
    .await
}

/// A holder at work on a report says something of it: the report is not taken away from that holder. Counted by this
/// node's own clock, from when it last applied or wrote something that counts.
fn check_silence(case: &Case<'_>, days: u32) -> Result<(), MoveRefused> {
    let (own, report) = (&case.context.own, case.report);
    let silence = case.context.now_micros() - report.updated_at;
    let is_ours = report.id.origin == *own && report.holder != *own;
    if is_ours && silence < i64::from(days) * 24 * 3_600 * 1_000_000 {
        return Err(MoveRefused::HolderWorks { holder: report.holder.clone(), days });
    }
    Ok(())
}

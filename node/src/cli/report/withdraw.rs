//! `report withdraw`: takes a report of this hotline back for good.

use clap::Args;

use super::ReportName;
use super::record::{Decision, record_decision};
use crate::cli::Globals;
use crate::cli::console::exit::CliError;
use crate::cli::console::{Confirmation, check_remark};
use crate::report::lifecycle::Move;

/// The report, and the reason.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  hotline-node report withdraw FR-2026-0001234 --reason \"taken in twice\" --yes")]
pub struct WithdrawArgs {
    /// The report.
    #[command(flatten)]
    report: ReportName,
    /// Why: told to the holder, and kept in the audit trail
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Confirmation.
    #[command(flatten)]
    confirmation: Confirmation,
}

pub(super) async fn run(args: WithdrawArgs, globals: &Globals) -> Result<(), CliError> {
    check_remark("--reason", &args.reason)?;
    args.confirmation.ask(&format!("Withdraw {}? It cannot be undone.", args.report.name))?;
    record_decision(globals, "withdraw_report", &args.report, |case| {
        let mut body = case.new_body();
        body.memo = Some(args.reason.clone());
        Ok(Decision::with_remark(Move::Withdraw, Some(body), args.reason))
    })
    .await
}

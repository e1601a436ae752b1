//! `report refuse`: does not take over a report that is offered to this hotline.

use clap::Args;
use hotline_protocol::country::Country;
use hotline_protocol::vocabulary::RefuseReason;

use super::ReportName;
use super::record::{Decision, record_decision};
use crate::cli::Globals;
use crate::cli::console::exit::CliError;
use crate::cli::console::{code, country};
use crate::report::lifecycle::Move;

/// The report, and the reason.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  hotline-node report refuse FR-2026-0001234 --reason not_hosted_here --country DE")]
pub struct RefuseArgs {
    /// The report.
    #[command(flatten)]
    report: ReportName,
    #[arg(
        long,
        value_name = "R",
        help = "Why: not_hosted_here, out_of_remit, legal_block, unreadable, unknown_vocabulary, other",
        value_parser = code::<RefuseReason>()
    )]
    reason: RefuseReason,
    /// Where the server was found instead
    #[arg(long, value_name = "CC", value_parser = country)]
    country: Option<Country>,
}

pub(super) async fn run(args: RefuseArgs, globals: &Globals) -> Result<(), CliError> {
    let step = Move::Refuse { why: args.reason, country: args.country };
    record_decision(globals, "refuse_report", &args.report, |_| {
        Ok(Decision::with_remark(step, None, args.reason.code().to_owned()))
    })
    .await
}

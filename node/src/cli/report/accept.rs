//! `report accept`: takes over a report that is offered to this hotline.

use clap::Args;

use super::ReportName;
use super::record::{Case, Decision, record_decision};
use crate::cli::Globals;
use crate::cli::console::exit::CliError;
use crate::report::BodyState;
use crate::report::lifecycle::{Move, MoveRefused};

/// The report.
#[derive(Args, Debug)]
#[command(after_help = "Accepting is taking responsibility, not agreeing with the assessment. Offers within this \
    node's countries are accepted by themselves unless exchange.accept = \"manual\".")]
pub struct AcceptArgs {
    /// The report.
    #[command(flatten)]
    report: ReportName,
}

pub(super) async fn run(args: AcceptArgs, globals: &Globals) -> Result<(), CliError> {
    record_decision(globals, "accept_report", &args.report, decide).await
}

/// An offer is accepted only with its body in hand: the new holder must be able to act.
fn decide(case: &Case<'_>) -> Result<Decision, CliError> {
    let offer = case.report.offer.as_ref().map(|offer| offer.entry);
    let entry = case.ledger.of(case.report.key).iter().find(|entry| Some(entry.hash) == offer);
    if entry.is_some_and(|entry| entry.body_state == BodyState::Wanted) {
        return Err(MoveRefused::BodyNotHere.into());
    }
    Ok(Decision::of(Move::Accept, None))
}

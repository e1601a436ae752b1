//! `report resume`: takes back an offer, or a report with a holder that is gone, and offers it elsewhere. A report that
//! is held here and was offered to nobody is offered.

use std::collections::BTreeSet;

use clap::Args;
use hotline_protocol::id::NodeId;

use super::ReportName;
use super::record::{Case, Decision, record_decision_in};
use super::transfer::transfer;
use crate::cli::Globals;
use crate::cli::console::exit::CliError;
use crate::cli::open::open;
use crate::exchange::gone_peers;
use crate::report::lifecycle::{Move, MoveRefused};

/// The report, and its destination.
#[derive(Args, Debug)]
#[command(after_help = "After a refusal, or where nobody answers:\n  \
    hotline-node report resume FR-2026-0001234 --to de-example")]
pub struct ResumeArgs {
    /// The report.
    #[command(flatten)]
    report: ReportName,
    /// The hotline that is offered the report next; without it, it stays here
    #[arg(long, value_name = "NODE")]
    to: Option<NodeId>,
}

pub(super) async fn run(args: ResumeArgs, globals: &Globals) -> Result<(), CliError> {
    let (_, context) = open(&globals.config).await?;
    let gone = gone_peers(&context).await?;
    record_decision_in(&context, globals, "resume_report", &args.report, |case| {
        let remark = args.to.as_ref().map(|node| format!("to {node}")).unwrap_or_default();
        // A report that waits here for a decision has no offer to take back.
        let is_here = case.report.offer.is_none() && case.report.holder == case.context.own;
        let mut moves = Vec::new();
        if !(is_here && args.to.is_some()) {
            moves.push((take_back(case, &gone)?, None));
        }
        moves.extend(args.to.map(|target| {
            let refused = case.report.offer.as_ref().and_then(|offer| offer.refused.as_ref());
            let country = refused.and_then(|(_, country)| *country).map_or_else(|| target.seat(), Into::into);
            transfer(case, target, country)
        }));
        Ok(Decision { moves, remark, informed: None })
    })
    .await
}

/// The holder takes its offer back; the origin takes the report back from a holder that is gone.
fn take_back(case: &Case<'_>, gone: &BTreeSet<NodeId>) -> Result<Move, CliError> {
    let (own, report) = (&case.context.own, case.report);
    if report.holder == *own || report.id.origin != *own {
        return Ok(Move::Resume);
    }
    if gone.contains(&report.holder) {
        Ok(Move::Reclaim)
    } else {
        Err(MoveRefused::HolderAlive { holder: report.holder.clone() }.into())
    }
}

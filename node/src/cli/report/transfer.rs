//! `report transfer`: offers a report that this hotline holds to another one.

use clap::Args;
use hotline_protocol::country::Country;
use hotline_protocol::entry::HostingRecord;
use hotline_protocol::id::NodeId;

use super::ReportName;
use super::record::{Case, Decision, record_decision};
use crate::cli::Globals;
use crate::cli::exit::CliError;
use crate::report::Move;

/// Which report, and to whom.
#[derive(Args, Debug)]
#[command(after_help = "Until the other hotline accepts, this one stays responsible.\n  \
    hotline-node report transfer FR-2026-0001234 --country DE")]
pub struct TransferArgs {
    /// The report.
    #[command(flatten)]
    report: ReportName,
    /// The hosting country; refused where several hotlines answer for it
    #[arg(long, value_name = "CC", required_unless_present = "to")]
    country: Option<Country>,
    /// The hotline
    #[arg(long, value_name = "NODE")]
    to: Option<NodeId>,
}

pub(super) async fn run(args: TransferArgs, globals: &Globals) -> Result<(), CliError> {
    let target = match (args.to, args.country) {
        (Some(node), _) => node,
        (None, Some(country)) => answering_node(country)?,
        (None, None) => return Err(CliError::Usage("name a --country or a node with --to".into())),
    };
    let country = args.country.unwrap_or_else(|| target.seat());
    record_decision(globals, "transfer_report", &args.report, |case| {
        let remark = format!("to {target}");
        Ok(Decision { moves: vec![transfer(case, target, country)], remark })
    })
    .await
}

/// The one active peer that answers for a country.
fn answering_node(country: Country) -> Result<NodeId, CliError> {
    Err(CliError::refused(format!("name the hotline that answers for {country}: --to NODE (hotline-node peer list)")))
}

/// A transfer with everything that is known, and the country that a person named as the newest finding: a new holder
/// never needs an earlier body.
pub(super) fn transfer(
    case: &Case<'_>,
    target: NodeId,
    country: Country,
) -> (Move, Option<hotline_protocol::entry::Body>) {
    let mut body = case.whole_body();
    body.hosting.push(HostingRecord {
        ip: None,
        country: Some(country),
        asn: None,
        organisation: None,
        method: "person".into(),
        database: "none".into(),
        database_age_days: 0,
        at: case.context.clock.unix_seconds(),
    });
    (Move::Transfer { target, country: Some(country) }, Some(body))
}

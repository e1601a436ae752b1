//! `report transfer`: offers a report that this hotline holds to another one.

use clap::Args;
use hotline_protocol::country::{Country, CountryCode};
use hotline_protocol::entry::HostingRecord;
use hotline_protocol::id::NodeId;

use super::ReportName;
use super::record::{Case, Decision, record_decision_in};
use crate::cli::Globals;
use crate::cli::console::country;
use crate::cli::console::exit::CliError;
use crate::cli::open::open;
use crate::report::lifecycle::Move;
use crate::routing::RoutingTable;

/// The report, and its recipient.
#[derive(Args, Debug)]
#[command(after_help = "Until the other hotline accepts, this one stays responsible.\n  \
    hotline-node report transfer FR-2026-0001234 --country DE")]
pub struct TransferArgs {
    /// The report.
    #[command(flatten)]
    report: ReportName,
    /// The hosting country; refused where several hotlines answer for it
    #[arg(long, value_name = "CC", required_unless_present = "to", value_parser = country)]
    country: Option<Country>,
    /// The hotline
    #[arg(long, value_name = "NODE")]
    to: Option<NodeId>,
}

pub(super) async fn run(args: TransferArgs, globals: &Globals) -> Result<(), CliError> {
    let (config, context) = open(&globals.config).await?;
    let target = match (args.to, args.country) {
        (Some(node), _) => node,
        (None, Some(country)) => answering_node(&RoutingTable::load(&context, &config.routing).await?, country)?,
        (None, None) => return Err(CliError::Usage("name a --country or a node with --to".into())),
    };
    let country = args.country.map_or_else(|| target.seat(), Into::into);
    record_decision_in(&context, globals, "transfer_report", &args.report, |case| {
        let remark = format!("to {target}");
        Ok(Decision { moves: vec![transfer(case, target, country)], remark, informed: None })
    })
    .await
}

/// The one active peer that answers for a country. Among several a person chooses: no order of the configuration's
/// replaces that where a report is passed on by hand.
fn answering_node(routing_table: &RoutingTable, country: Country) -> Result<NodeId, CliError> {
    let answering = routing_table.answering(country);
    match answering.as_slice() {
        [] => Err(CliError::refused(format!("no peer answers for {country}; see: hotline-node peer list"))),
        [own] if *own == routing_table.own => {
            Err(CliError::refused(format!("this hotline answers for {country} itself; there is nothing to pass on")))
        }
        [one] if routing_table.peers.iter().any(|peer| peer.id == *one && peer.active) => Ok(one.clone()),
        [one] => Err(CliError::refused(format!("{one} answers for {country} and is suspended here; resume it first"))),
        several => {
            let names: Vec<&str> = several.iter().map(NodeId::as_str).collect();
            let names = names.join(", ");
            Err(CliError::refused(format!("several hotlines answer for {country} ({names}); name one with --to")))
        }
    }
}

/// A transfer with everything that is known, and the country that a person named as the newest finding: a new holder
/// never needs an earlier body.
pub(super) fn transfer(
    case: &Case<'_>,
    target: NodeId,
    country: CountryCode,
) -> (Move, Option<hotline_protocol::entry::Body>) {
    let mut body = case.whole_body();
    body.hosting.push(HostingRecord {
        ip: None,
        country: country.known(),
        asn: None,
        organisation: None,
        method: "person".into(),
        database: "none".into(),
        database_age_days: 0,
        at: case.context.clock.unix_seconds(),
    });
    body.location.extend(case.detail.private.location.clone());
    body.bound_evidence();
    (Move::Transfer { target, country: Some(country) }, Some(body))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::routing::PeerArea;

    fn country(code: &str) -> Country {
        code.parse().expect("a country's code")
    }

    #[test]
    fn a_country_names_a_hotline_only_where_one_active_peer_answers_for_it() {
        let peer = |id: &str, countries: &[&str], active| PeerArea {
            id: id.parse().expect("a node id"),
            countries: countries.iter().map(|code| country(code)).collect(),
            active,
        };
        let routing_table = RoutingTable {
            own: "fr-a".parse().expect("a node id"),
            countries: vec![country("FR")],
            peers: vec![
                peer("nl-a", &["NL"], true),
                peer("de-a", &["DE"], true),
                peer("de-b", &["DE"], true),
                peer("us-a", &["US"], false),
            ],
            order: BTreeMap::new(),
            blocked: Vec::new(),
        };
        let answer = |code| answering_node(&routing_table, country(code)).map(|node| node.to_string());
        assert_eq!(answer("NL").ok().as_deref(), Some("nl-a"));
        for (code, reason) in [
            ("DE", "several hotlines answer for DE (de-a, de-b)"),
            ("US", "us-a answers for US and is suspended"),
            ("FR", "this hotline answers for FR itself"),
            ("CZ", "no peer answers for CZ"),
        ] {
            let refused = answer(code).expect_err("refused").to_string();
            assert!(refused.starts_with(reason), "{refused}");
        }
    }
}

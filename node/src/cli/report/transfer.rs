//! `report transfer`: offers a report that this hotline holds to another one.

use clap::Args;
use hotline_protocol::country::Country;
use hotline_protocol::entry::HostingRecord;
use hotline_protocol::id::NodeId;

use super::ReportName;
use super::record::{Case, Decision, record_decision};
use crate::cli::exit::CliError;
use crate::cli::{Globals, open};
use crate::report::Move;
use crate::trust::{Peer, PeerStanding, peers};

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
        (None, Some(country)) => {
            let (_, context) = open(&globals.config).await?;
            answering_node(&peers(context.database.read()).await?, country)?
        }
        (None, None) => return Err(CliError::Usage("name a --country or a node with --to".into())),
    };
    let country = args.country.unwrap_or_else(|| target.seat());
    record_decision(globals, "transfer_report", &args.report, |case| {
        let remark = format!("to {target}");
        Ok(Decision { moves: vec![transfer(case, target, country)], remark })
    })
    .await
}

/// The one active peer that answers for a country. Where there are several, a person says which.
fn answering_node(peers: &[Peer], country: Country) -> Result<NodeId, CliError> {
    let answers = |peer: &&Peer| peer.standing == PeerStanding::Active && peer.countries.contains(&country);
    let answering: Vec<&Peer> = peers.iter().filter(answers).collect();
    match answering.as_slice() {
        [] => Err(CliError::refused(format!(
            "no active peer answers for {country}: look at hotline-node peer list, or name a node with --to"
        ))),
        [peer] => Ok(peer.id.clone()),
        several => {
            let names: Vec<&str> = several.iter().map(|peer| peer.id.as_str()).collect();
            Err(CliError::refused(format!("{} answer for {country}: name one with --to", names.join(", "))))
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(id: &str, country: &str, standing: PeerStanding) -> Peer {
        Peer {
            id: id.parse().expect("an id"),
            standing,
            name: "Example hotline".into(),
            countries: vec![country.parse().expect("a country")],
            endpoint: "https://hotline.example".into(),
            card: String::new(),
            card_number: 1,
            added_at: 0,
        }
    }

    #[test]
    fn a_country_stands_for_its_hotline_only_where_there_is_one() {
        let peers = [
            peer("de-one", "DE", PeerStanding::Active),
            peer("be-one", "BE", PeerStanding::Active),
            peer("be-two", "BE", PeerStanding::Active),
            peer("nl-one", "NL", PeerStanding::Suspended),
        ];
        let answering = |country: &str| answering_node(&peers, country.parse().expect("a country"));
        assert_eq!(answering("DE").expect("there is one").as_str(), "de-one");
        assert!(answering("BE").is_err());
        assert!(answering("NL").is_err());
    }
}

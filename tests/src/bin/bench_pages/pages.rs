//! Whole pages, as a browser asks for them: over TLS, signed in, from a node that serves.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use hotline_node::clock::Clock;
use hotline_node::exchange::log::unfinished;
use hotline_protocol::id::NodeId;
use hotline_tests::browser::office::{Door, Office};
use hotline_tests::node::cli::Cli;
use hotline_tests::node::test_node::TestNode;
use hotline_tests::wait::until;

use crate::measure::{Measured, measured};

/// The longest that the generated reports allow.
const ALWAYS: &str = "from=2021-11-01&to=2026-11-01";

/// Longest that a node takes to sign a log that was filled.
const SIGNED_WITHIN: Duration = Duration::from_mins(15);

/// Asks for each `rounds` times.
pub(crate) async fn ask_all(config: &Path, rounds: u32, peers: &[NodeId]) -> Result<Vec<Measured>> {
    let node = TestNode::serve(config, Clock::system()).await?;
    all_signed(config).await?;
    let cli = Cli { id: "bench", config_file: config.to_owned(), within: Vec::new() };
    let door = Door::of_test(&cli, &node);
    // Each run has accounts of its own.
    let run = node.clock.now().timestamp();
    let enter = async |role: &str| Office::signed_in_as(&door, &format!("{role}-{run}"), role, None).await;
    let (analyst, auditor, admin) = (enter("analyst").await?, enter("auditor").await?, enter("admin").await?);
    let reports = analyst.get("/reports").await?;
    let report = reports.text.split("href=\"/reports/").nth(1).and_then(|rest| rest.split('"').next());
    let report = format!("/reports/{}", report.context("there are reports")?);
    let peer = &peers[0];
    let filtered = format!("peer={peer}&country={}&offence=csam&site_type=forum", peer.seat());
    let mut asked = Vec::new();
    for (name, who, path) in [
        ("exchange, always", &analyst, format!("/?{ALWAYS}")),
        ("exchange, the last twelve months", &analyst, "/".to_owned()),
        ("exchange, the same by week", &analyst, "/?step=week".to_owned()),
        ("exchange, a peer, always", &analyst, format!("/?{ALWAYS}&peer={peer}")),
        ("exchange, all filters, always", &analyst, format!("/?{ALWAYS}&{filtered}")),
        ("exchange, a download, always", &analyst, format!("/exchange/exchanged.csv?{ALWAYS}")),
        ("reconcile", &analyst, format!("/reconcile/{peer}")),
        ("figures of a year", &analyst, "/figures?year=2025".to_owned()),
        ("figures to publish", &analyst, "/figures/published?year=2025".to_owned()),
        ("reports", &analyst, "/reports".to_owned()),
        ("reports, offered", &analyst, "/reports?state=offered".to_owned()),
        ("reports, of a holder", &analyst, format!("/reports?holder={peer}")),
        ("reports, in a country", &analyst, format!("/reports?country={}", peer.seat())),
        ("reports, in a country without any", &analyst, "/reports?country=AQ".to_owned()),
        ("one report", &analyst, report),
        ("peers", &analyst, "/peers".to_owned()),
        ("stuck", &analyst, "/stuck".to_owned()),
        ("trail", &auditor, "/trail".to_owned()),
        ("accounts", &admin, "/accounts".to_owned()),
        ("own account", &analyst, "/account".to_owned()),
    ] {
        let ask = || async {
            let page = who.get(&path).await?;
            ensure!(page.status == 200, "{name}: {}", page.status);
            anyhow::Ok(())
        };
        asked.push(measured(name, rounds, ask).await?);
    }
    for role in ["analyst", "auditor", "admin"] {
        cli.json(&["account", "disable", &format!("{role}-{run}"), "--yes"]).await?;
    }
    node.stop().await?;
    Ok(asked)
}

/// A node signs its unsigned entries: in a log that was just filled there are millions, once.
async fn all_signed(config: &Path) -> Result<()> {
    let (_, context) = hotline_node::cli::open(config).await?;
    let unsigned = async || {
        let (unsigned, _) = unfinished(context.database.read(), &context.own).await?;
        Ok((unsigned == 0).then_some(()))
    };
    until("the log is signed", SIGNED_WITHIN, unsigned).await?;
    Ok(context.database.close().await?)
}

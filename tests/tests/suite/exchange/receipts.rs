//! An entry that can never be applied is answered by the one node that it addresses.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::{EntryType, Header, Status};
use hotline_protocol::log::Cursor;
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::node::node_process::ProcessNode;
use hotline_tests::peer::forged_run::Forger;
use hotline_tests::peer::outsider::{Outsider, Shown};
use hotline_tests::sentences;
use hotline_tests::wait::until;
use libtest_mimic::Trial;

const SOON: Duration = Duration::from_secs(20);
/// The peer that writes inapplicable entries by hand.
const PEER: &str = "de-cedar";

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!("receipts", store, [what_can_never_be_applied_is_answered_once_by_whom_it_addresses])
}

async fn what_can_never_be_applied_is_answered_once_by_whom_it_addresses(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE).await?;
    for place in 0..2 {
        federation[place].start().await?;
    }
    let pen = Forger::of_folder(PEER, federation[2].folder())?;
    let mut offer = pen.create()?;
    (offer.target, offer.to) = (Some("nl-birch".parse()?), vec!["nl-birch".parse()?]);
    offer.crit = vec!["later".into()];
    let home = pen.create()?;
    let (run, _) = pen.run_of(&Cursor::START, &[offer.clone(), home.clone()])?;
    let [offered, created] = hashes_of(&run).try_into().ok().context("two entries")?;
    let mut status = home;
    (status.entry_type, status.status) = (EntryType::Status, Some(Status::of_code("later")));
    (status.reference, status.hold, status.to) = (Some(created), Some(created), vec!["fr-alder".parse()?]);
    let after = Cursor { epoch: 1, seq: 2, hash: created };
    let (more, _) = pen.run_of(&after, &[status])?;
    let [said] = hashes_of(&more).try_into().ok().context("one entry")?;

    // NL is given both; FR fetches them from there.
    let peer = Outsider::new(federation[1].exchange_address(), Some(Shown::of_folder(federation[2].folder())?))?;
    for run in [run, more] {
        let answer = peer.push(PEER, run.clone()).await?;
        ensure!(answer.status == 200, "{}", answer.text);
        ensure!(peer.push(PEER, run).await?.status == 200, "the same bytes again");
    }
    for (node, of, why) in [(1, offered, "not_understood"), (0, said, "unknown_status")] {
        let own = federation[node].who.id;
        let receipts = async || {
            let log = federation[node].cli.export(own).await?;
            if log.is_empty() {
                return Ok(None);
            }
            let headers = federation[node].cli.author(own).await?.verify(&log)?.headers;
            Ok(headers.into_iter().find(|header| header["type"] == "receipt.reject/1"))
        };
        let (receipt, _) = until(format!("{own} has answered"), SOON, receipts).await?;
        let of = of.to_string();
        ensure!(receipt["of"] == of.as_str() && receipt["ref"] == of.as_str() && receipt["why"] == why, "{receipt}");
    }
    let (first, second) = (&federation[0], &federation[1]);
    until("both have both logs", SOON, async || Ok((heads(first).await? == heads(second).await?).then_some(())))
        .await?;
    for node in [first, second] {
        let heads = node.cli.json(&["log", "head"]).await?;
        let one_each = heads["fr-alder"]["seq"] == 1 && heads["nl-birch"]["seq"] == 1 && heads[PEER]["seq"] == 3;
        ensure!(one_each, "nobody says more: {heads}");
        let alerts = node.cli.json(&["alert", "list"]).await?.to_string();
        ensure!(alerts.matches("report_stands_still").count() == 1, "{}: {alerts}", node.who.id);
    }
    Ok(())
}

async fn heads(node: &ProcessNode) -> anyhow::Result<serde_json::Value> {
    node.cli.json(&["log", "head"]).await
}

/// The hashes of a run's entries.
fn hashes_of(run: &str) -> Vec<Hash> {
    run.lines().skip(1).step_by(2).map(|line| Header::hash_line(line.as_bytes())).collect()
}

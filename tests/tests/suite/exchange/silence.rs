//! An offer that nobody answers: three days pass by moving the clock.

use std::time::Duration;

use anyhow::ensure;
use hotline_node::clock::Clock;
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::node::node_process::ProcessNode;
use hotline_tests::node::test_node::TestNode;
use hotline_tests::places::{hosts_file, url_in};
use hotline_tests::sentences;
use hotline_tests::wait::until;
use libtest_mimic::Trial;
use serde_json::Value;

/// Somebody is called within five seconds, and offers are taken back within five more.
const SOON: Duration = Duration::from_secs(40);
const THREE_DAYS: Duration = Duration::from_hours(72);
const A_WHILE: Duration = Duration::from_mins(10);

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!("silence", store, [an_offer_without_an_answer_goes_elsewhere_or_waits_until_its_target_is_heard_from])
}

async fn an_offer_without_an_answer_goes_elsewhere_or_waits_until_its_target_is_heard_from(
    store: Store,
) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE).await?;
    let host = "moving.test";
    federation.name_hosts(&[(host, "NL")])?;
    let moved = federation.folder().join("hosts-after-the-move");
    std::fs::write(&moved, hosts_file(&[(host, "DE")]))?;
    let after_the_move = [("geolocation", "hosts_file", moved.to_string_lossy().into_owned().into())];
    federation[2].configure(&after_the_move)?;
    let clock = Clock::set_at(Clock::system().now());
    let own = federation[0].cli.config_file.clone();
    let node = TestNode::serve(&own, clock.clone()).await?;
    federation[2].start().await?;

    // NL does not serve. One server moves meanwhile, the other stays.
    let moving = federation[0].cli.submit(&format!("https://{host}/item/1")).await?;
    let staying = federation[0].cli.submit(&url_in("NL", 1)).await?;
    for id in [&moving, &staying] {
        until_shown(&federation[2], id, "state", "offered").await?;
    }
    node.stop().await?;
    federation[0].configure(&after_the_move)?;
    clock.advance(THREE_DAYS + A_WHILE);
    let node = TestNode::serve(&own, clock.clone()).await?;

    let seen = until_shown(&federation[2], &moving, "holder", "de-cedar").await?;
    ensure!(seen["url"] == "hxxps://moving[.]test/item/1", "{seen}");
    let seen = until_shown(&federation[0], &staying, "state", "held").await?;
    ensure!(seen["route"]["destination"] == "nl-birch" && seen["route"]["reason"] == "held", "{seen}");
    until_shown(&federation[2], &staying, "state", "assessed").await?;
    // The alert has ended where the offers are taken back already.
    let alerts = federation[0].cli.json(&["alert", "list", "--all"]).await?.to_string();
    ensure!(alerts.contains("offer_unanswered") && alerts.contains("nl-birch"), "{alerts}");

    clock.advance(A_WHILE);
    federation[1].start().await?;
    for node in federation.nodes() {
        let seen = until_shown(node, &staying, "holder", "nl-birch").await?;
        ensure!(seen["tenure"] == 2 && seen["state"] == "accepted", "{}: {seen}", node.who.id);
        until_shown(node, &moving, "holder", "de-cedar").await?;
    }
    federation.until_heads_equal(SOON).await?;
    node.stop().await?;
    federation.verify_logs().await
}

/// Waits until a node shows this value of a report.
async fn until_shown(node: &ProcessNode, id: &str, key: &str, value: &str) -> anyhow::Result<Value> {
    let what = format!("{} shows {key} of {id} as {value}", node.who.id);
    let shown = until(what, SOON, async || Ok(node.cli.find(id).await?.filter(|seen| seen[key] == value)));
    Ok(shown.await?.0)
}

//! Certificates that end soon: a year passes by moving the clock.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use hotline_node::clock::Clock;
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::node::node_process::ProcessNode;
use hotline_tests::node::test_node::TestNode;
use hotline_tests::peer::by_hand::take_call_as;
use hotline_tests::sentences;
use hotline_tests::wait::until;
use libtest_mimic::Trial;
use serde_json::Value;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio::time::timeout;

use super::revocation::{PROMPT, ends_unanswered, is_refused, long_poll};

/// Somebody is called within five seconds.
const SOON: Duration = Duration::from_secs(20);
const DAY: Duration = Duration::from_hours(24);

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!(
        "certificate_end",
        store,
        [
            somebody_is_called_once_at_each_threshold_also_after_a_new_start,
            the_time_that_is_left_is_a_metric,
            open_connections_end_in_both_directions_when_the_peer_s_certificate_is_over,
        ]
    )
}

/// Returns the alerts about ends of certificates, superseded ones too, once there are so many.
async fn alerts(node: &ProcessNode, count: usize) -> anyhow::Result<Vec<String>> {
    let what = format!("{} has {count} alerts about certificates", node.who.id);
    let (found, _) = until(what, SOON, async || {
        let all = node.cli.json(&["alert", "list", "--all"]).await?;
        let all = all.as_array().context("alerts are a list")?;
        let ends = all.iter().filter(|alert| alert["kind"] == "certificate_ends");
        let subjects: Vec<String> = ends.map(|alert| format!("{} {}", alert["subject"], alert["text"])).collect();
        Ok((subjects.len() >= count).then_some(subjects))
    })
    .await?;
    Ok(found)
}

/// How many of these are about this node and say this.
fn told(subjects: &[String], id: &str, days: &str) -> usize {
    subjects.iter().filter(|subject| subject.starts_with(&format!("\"{id},")) && subject.contains(days)).count()
}

async fn somebody_is_called_once_at_each_threshold_also_after_a_new_start(store: Store) -> anyhow::Result<()> {
    let federation = Federation::new(&store, &THREE[1..]).await?;
    let clock = Clock::set_at(Clock::system().now());
    let own = &federation[0].cli.config_file;
    // New certificates are valid for a year.
    clock.advance(DAY * 310);
    let node = TestNode::serve(own, clock.clone()).await?;
    let first = alerts(&federation[0], 2).await?;
    for id in ["nl-birch", "de-cedar"] {
        ensure!(told(&first, id, "ends in 5") == 1, "{first:?}");
    }
    node.stop().await?;
    // Beside the threshold, not on it: certificates were made in some second of the first day.
    clock.advance(DAY * 54 + Duration::from_hours(1));
    let node = TestNode::serve(own, clock.clone()).await?;
    let second = alerts(&federation[0], 4).await?;
    for id in ["nl-birch", "de-cedar"] {
        ensure!(told(&second, id, "ends in 5") == 1 && told(&second, id, "within a day") == 1, "{second:?}");
    }
    node.stop().await?;
    Ok(())
}

async fn the_time_that_is_left_is_a_metric(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE[1..]).await?;
    federation[0].start().await?;
    let days = async |federation: &Federation| -> anyhow::Result<String> {
        let (_, text) = federation[0].operations("/metrics").await?;
        let name = "hotline_peer_certificate_remaining_seconds{peer=\"de-cedar\"} ";
        let line = text.lines().find_map(|line| line.strip_prefix(name)).context("the metric is there")?;
        Ok(line.to_owned())
    };
    let (_, text) = federation[0].operations("/metrics").await?;
    let own = text.lines().find_map(|line| line.strip_prefix("hotline_certificate_remaining_seconds "));
    let own = own.context("the metric is there")?.parse::<i64>()?.div_euclid(86_400);
    let shown = federation[0].cli.json(&["identity", "show"]).await?;
    ensure!(shown["certificates"][0]["days_left"] == own, "{own} days: {shown}");
    let list: Value = federation[0].cli.json(&["peer", "list"]).await?;
    let certificate = &list[0]["certificates"][0];
    let shown = days(&federation).await?.parse::<i64>()?.div_euclid(86_400);
    ensure!(certificate["days_left"] == shown, "{shown} days: {list}");
    let fingerprint = certificate["fingerprint"].as_str().context("it has a fingerprint")?;
    federation[0].cli.json(&["peer", "certificate", "revoke", "de-cedar", fingerprint, "--yes"]).await?;
    until("none counts", SOON, async || Ok((days(&federation).await? == "0").then_some(()))).await?;
    Ok(())
}

async fn open_connections_end_in_both_directions_when_the_peer_s_certificate_is_over(
    store: Store,
) -> anyhow::Result<()> {
    let federation = Federation::new(&store, &THREE[1..]).await?;
    let clock = Clock::set_at(Clock::system().now());
    // Over, and still within the day that is granted.
    clock.advance(DAY * 365 + Duration::from_hours(23));
    let listener = TcpListener::bind(federation[1].exchange_address()).await?;
    let node = TestNode::serve(&federation[0].cli.config_file, clock.clone()).await?;
    let mut call = take_call_as(federation[1].folder(), &listener).await?;
    let mut said = [0; 16];
    call.read_exact(&mut said).await?;
    ensure!(said.starts_with(b"POST /hxp/v1/"), "{}", String::from_utf8_lossy(&said));
    let poll = long_poll(&federation).await?;
    until("the poll is under way", SOON, async || {
        let peer = federation[0].cli.json(&["peer", "show", "de-cedar"]).await?;
        Ok((!peer["last_contact"].is_null()).then_some(()))
    })
    .await?;
    clock.advance(Duration::from_hours(2));
    ends_unanswered(poll).await?;
    // It has no answer and waits for one; the rest of the request may still come.
    let ended = timeout(PROMPT, call.read_to_end(&mut Vec::new())).await;
    ensure!(ended.is_ok(), "the call is still under way");
    ensure!(take_call_as(federation[1].folder(), &listener).await.is_err(), "it takes the certificate that is over");
    ensure!(is_refused(&federation).await?, "it lets the peer in");
    // A call that nobody takes up would hold the node for a while.
    drop(listener);
    node.stop().await?;
    Ok(())
}

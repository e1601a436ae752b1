//! A node that serves on a disk that fills up: it says so everywhere, calls a person although the alert cannot be stored,
//! and goes on by itself when there is room.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use hotline_tests::node::cli::{done, run};
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::node::node_process::ProcessNode;
use hotline_tests::places::url_in;
use hotline_tests::ports::free_address;
use hotline_tests::refusal::{FAILED, refused_with};
use hotline_tests::sentences;
use hotline_tests::service::small_disk::SmallDisk;
use hotline_tests::service::webhook_server::WebhookServer;
use hotline_tests::wait::until;
use libtest_mimic::Trial;
use serde_json::{Value, json};
use tokio::process::Command;

/// The list of checks is looked at every five seconds.
const SOON: Duration = Duration::from_mins(1);
/// A peer that meets a full disk is told to come back in a minute; it is called long before.
const BEFORE_IT_WOULD_COME_BACK: Duration = Duration::from_secs(30);
/// MiB: a write-ahead log as long as it becomes, and a database.
const DISK: u32 = 96;

/// A server's disk is its own matter.
pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    match store {
        Store::Sqlite => {
            sentences!(
                "full_disk",
                store,
                [
                    a_full_disk_is_told_everywhere_and_the_node_goes_on_when_there_is_room,
                    who_was_sent_away_by_a_full_disk_is_called_when_there_is_room,
                ]
            )
        }
        Store::Postgres(_) => Vec::new(),
    }
}

/// Moves a node's database to the disk.
async fn move_to(disk: &SmallDisk, node: &mut ProcessNode) -> anyhow::Result<()> {
    let database = disk.path().join("node.sqlite");
    let mut copy = Command::new("cp");
    copy.arg(node.folder().join("node.sqlite")).arg(&database);
    done(&run(&mut disk.command(&copy)?, None).await?)?;
    node.configure(&[("database", "url", format!("sqlite:{}", database.display()).into())])?;
    node.cli.within = disk.way_in()?;
    Ok(())
}

/// The newest document about the disk that the webhook was sent and that says this.
fn told(webhook: &WebhookServer, words: &str) -> Option<Value> {
    let posted = webhook.posted().into_iter().rev().map(|posted| posted.document);
    posted
        .filter(|document| document["kind"] == "disk")
        .find(|document| document["text"].as_str().is_some_and(|text| text.contains(words)))
}

async fn a_full_disk_is_told_everywhere_and_the_node_goes_on_when_there_is_room(store: Store) -> anyhow::Result<()> {
    let Some(disk) = SmallDisk::new(DISK).await else { return Ok(()) };
    let mut federation = Federation::new(&store, &THREE[..1]).await?;
    let hook = free_address();
    let webhook = WebhookServer::start_at(hook, 200).await?;
    move_to(&disk, &mut federation[0]).await?;
    federation[0].configure(&[("alerts", "webhook_url", format!("http://{hook}/").into())])?;
    federation.start().await?;
    let node = &federation[0];
    let report = |number| json!({ "urls": [url_in("FR", number)] }).to_string();
    ensure!(node.report_publicly(&report(1)).await?.0 == 201, "there is room");
    // So small a disk is nearly full from the beginning; people are told before it is full.
    until("a person is told beforehand", SOON, async || Ok(told(&webhook, "MiB are free"))).await?;

    disk.fill()?;
    until("it is not ready", SOON, async || {
        let (status, text) = node.operations("/readyz").await?;
        Ok((status == 503 && text.contains("disk database: the disk is full")).then_some(()))
    })
    .await?;
    let client = reqwest::Client::builder().no_proxy().build()?;
    for number in 2..5 {
        let request = client.post(format!("http://{}/api/v1/reports", node.public_address()));
        let answer = request.header("content-type", "application/json").body(report(number)).send().await?;
        let retry = answer.headers().get("retry-after").and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (status, document) = (answer.status().as_u16(), answer.json::<Value>().await?);
        ensure!(status == 503 && document["type"] == "urn:hotline-node:p:busy", "{status}: {document}");
        ensure!(retry.is_some_and(|seconds| seconds.parse::<u32>().is_ok()), "when to come back is said");
    }
    let url = url_in("FR", 9);
    let refused = node.cli.output(&["report", "submit", "-"], Some(&url)).await?;
    refused_with(&refused, FAILED, &["full", "make room"])?;
    let (document, _) = until("a person is told that it is full", SOON, async || {
        Ok(told(&webhook, "the disk is full").filter(|document| document["state"] == "open"))
    })
    .await?;
    ensure!(document["alert"].as_i64().is_some_and(|number| number < 0), "it cannot be stored: {document}");
    let (_, metrics) = node.operations("/metrics").await?;
    ensure!(metrics.contains("\nhotline_ready 0\n"), "{metrics}");
    let free = metrics.lines().find_map(|line| line.strip_prefix("hotline_disk_free_bytes{disk=\"database\"} "));
    ensure!(free.context("a metric")?.parse::<u64>()? < 1 << 20, "{free:?}");
    let times = |webhook: &WebhookServer| {
        let is_it = |document: &Value| document["alert"].as_i64().is_some_and(|number| number < 0);
        webhook.posted().iter().filter(|posted| is_it(&posted.document)).count()
    };
    ensure!(times(&webhook) == 1, "it is told once, though nothing can be noted: {:?}", webhook.posted());

    disk.make_room()?;
    federation[0].wait_for("/readyz").await?;
    let node = &federation[0];
    ensure!(node.report_publicly(&report(6)).await?.0 == 201, "it goes on");
    until("the alert is stored", SOON, async || {
        let all = node.cli.json(&["alert", "list", "--all"]).await?;
        let is_it = |alert: &Value| alert["text"].as_str().is_some_and(|text| text.contains("the disk is full"));
        let stored = all.as_array().context("a list")?.iter().find(|alert| is_it(alert)).cloned();
        Ok(stored.filter(|alert| alert["state"] == "resolved" && alert["id"].as_i64() > Some(0)))
    })
    .await?;
    ensure!(times(&webhook) == 1, "and is not told again: {:?}", webhook.posted());
    // Nearly full, then full; that it is only nearly full again calls nobody.
    let log = node.log()?;
    let is_raised = |line: &&str| line.contains("an alert is raised") && line.contains("kind=\"disk\"");
    let raised: Vec<&str> = log.lines().filter(is_raised).collect();
    ensure!(raised.len() == 2 && raised[1].contains("the disk is full"), "a line for each that was sent: {raised:#?}");
    let list = node.cli.json(&["report", "list"]).await?;
    ensure!(list.as_array().is_some_and(|list| list.len() == 2), "what was confirmed is there, and no more: {list}");
    federation[0].stop().await?;
    Ok(())
}

async fn who_was_sent_away_by_a_full_disk_is_called_when_there_is_room(store: Store) -> anyhow::Result<()> {
    let Some(disk) = SmallDisk::new(DISK).await else { return Ok(()) };
    let mut federation = Federation::new(&store, &THREE[..2]).await?;
    move_to(&disk, &mut federation[0]).await?;
    for place in 0..2 {
        // A caller of every second is heard of before it would matter.
        let seldom = [("exchange", "hello_seconds", 60.into()), ("exchange", "poll_silence_seconds", 600.into())];
        federation[place].configure(&seldom)?;
    }
    federation.start().await?;
    let other = &federation[1];
    disk.fill()?;
    // The file and the log of a young database have room of their own: reports are given until one does not fit.
    let (mut number, mut id) = (0, String::new());
    until("its peer is sent away", SOON, async || {
        number += 1;
        id = other.cli.submit(&url_in("FR", number)).await?;
        let peers = other.cli.json(&["peer", "list"]).await?;
        Ok(peers[0]["fault"].as_str().filter(|fault| fault.contains("busy")).map(drop))
    })
    .await?;
    disk.make_room()?;
    until("it has the last report", BEFORE_IT_WOULD_COME_BACK, async || {
        let shown = other.cli.json(&["report", "show", &id]).await?;
        Ok((shown["state"] == "accepted").then_some(()))
    })
    .await?;
    Ok(())
}

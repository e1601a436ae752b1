//! A member that floods: what of its log is taken in a day has a bound, its author keeps the rest, and people are told once.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::{Content, EntryType, Origin};
use hotline_protocol::hello::SharedDigestKey;
use hotline_protocol::log::Cursor;
use hotline_tests::database::Store;
use hotline_tests::federation::{Federation, THREE};
use hotline_tests::hostile::{Branch, Hand, Member};
use hotline_tests::node_process::ProcessNode;
use hotline_tests::places::url_in;
use hotline_tests::sentences;
use hotline_tests::wait::until;
use libtest_mimic::Trial;
use sea_orm::ConnectionTrait as _;
use serde_json::Value;

const SOON: Duration = Duration::from_secs(30);
/// Who writes by hand.
const PEER: &str = "de-cedar";

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!(
        "floods",
        store,
        [
            what_is_beyond_a_day_s_entries_stays_with_its_author_and_is_taken_later,
            what_is_beyond_a_day_s_bytes_is_not_taken_whatever_its_type,
            no_more_epochs_are_taken_than_a_day_allows,
            however_many_digest_keys_a_peer_shows_four_are_kept,
            many_reports_that_stand_still_are_one_alert_with_their_number,
            a_flood_of_offers_that_are_hosted_elsewhere_is_refused_little_by_little,
        ]
    )
}

/// What open alerts of a kind say: subject and details.
pub(crate) async fn alerts(node: &ProcessNode, kind: &str) -> anyhow::Result<Vec<Value>> {
    let alerts = node.cli.json(&["alert", "list"]).await?;
    Ok(alerts.as_array().context("a list")?.iter().filter(|alert| alert["kind"] == kind).cloned().collect())
}

async fn seq(node: &ProcessNode) -> anyhow::Result<u64> {
    Ok(node.cli.json(&["log", "head"]).await?[PEER]["seq"].as_u64().unwrap_or(0))
}

/// A federation in which DE writes by hand and the two others serve; `bound` is what FR takes.
async fn bounded(store: &Store, bound: &[(&str, i64)]) -> anyhow::Result<(Federation, Member)> {
    let mut federation = Federation::new(store, &THREE).await?;
    let values: Vec<_> = bound.iter().map(|(key, value)| ("exchange", *key, (*value).into())).collect();
    federation[0].configure(&values)?;
    for place in 0..2 {
        federation[place].start().await?;
    }
    let member = Member::of(&federation[2])?;
    Ok((federation, member))
}

async fn what_is_beyond_a_day_s_entries_stays_with_its_author_and_is_taken_later(store: Store) -> anyhow::Result<()> {
    let (mut federation, member) = bounded(&store, &[("day_maximum_entries", 20)]).await?;
    let mut branch = Branch::default();
    let first = member.write(&mut branch, &member.creates(20)?)?;
    let second = member.write(&mut branch, &member.creates(5)?)?;
    let node = &federation[0];
    ensure!(member.push(node, &first).await?.status == 200, "as much as a day takes");
    let refused = member.push(node, &second).await?;
    ensure!(refused.status == 429 && refused.problem.as_deref() == Some("rate-limited"), "{}", refused.text);
    ensure!(refused.json["retry"] == "backoff", "{}", refused.text);
    ensure!(member.push(node, &first).await?.status == 200, "the same bytes again are answered as before");
    until("a person is told", SOON, async || {
        Ok(alerts(node, "day_used_up").await?.iter().any(|alert| alert["subject"] == PEER).then_some(()))
    })
    .await?;
    let today = node.cli.json(&["peer", "show", PEER]).await?["today"].clone();
    ensure!(today["entries"] == 20 && today["used_up"] == true, "{today}");
    let (_, metrics) = node.operations("/metrics").await?;
    ensure!(metrics.contains(&format!("hotline_peer_day_entries{{peer=\"{PEER}\"}} 20")), "{metrics}");

    // NL has all of it; who relays it meets the same bound.
    member.tell(&federation[1], &branch).await?;
    ensure!(seq(&federation[1]).await? == 25, "NL has its own bound");
    ensure!(seq(&federation[0]).await? == 20, "FR takes no more of it from NL");
    federation[0].stop().await?;
    federation[0].configure(&[("exchange", "day_maximum_entries", 1_000.into())])?;
    federation[0].start().await?;
    until("nothing is lost", SOON, async || Ok((seq(&federation[0]).await? == 25).then_some(()))).await?;
    until("the alert ends by itself", SOON, async || {
        Ok(alerts(&federation[0], "day_used_up").await?.is_empty().then_some(()))
    })
    .await?;
    Ok(())
}

async fn what_is_beyond_a_day_s_bytes_is_not_taken_whatever_its_type(store: Store) -> anyhow::Result<()> {
    let (federation, member) = bounded(&store, &[("day_maximum_mebibytes", 1)]).await?;
    let mut branch = Branch::default();
    let mut says = Content::new(EntryType::Unknown("later.thing/1".into()), 1_767_323_045);
    // The longest header, nearly.
    says.why = Some("x".repeat(7_000).into());
    let contents = vec![says; 100];
    let mut taken = 0;
    for _ in 0..3 {
        let run = member.write(&mut branch, &contents)?;
        let answer = member.push(&federation[0], &run).await?;
        ensure!(answer.status == 200 || answer.status == 429, "{}", answer.text);
        taken += u64::from(answer.status == 200) * 100;
    }
    ensure!(taken == 200 && seq(&federation[0]).await? == 200, "a run is taken while anything is left: {taken}");
    let today = federation[0].cli.json(&["peer", "show", PEER]).await?["today"].clone();
    let bytes = today["bytes"].as_u64().context("bytes")?;
    ensure!((1_048_576..2_000_000).contains(&bytes) && today["used_up"] == true, "{today}");
    Ok(())
}

async fn no_more_epochs_are_taken_than_a_day_allows(store: Store) -> anyhow::Result<()> {
    let (federation, member) = bounded(&store, &[("day_maximum_epochs", 2)]).await?;
    let mut answers = Vec::new();
    for epoch in 2..=5 {
        let mut opening = Content::new(EntryType::EpochOpen, 1_767_323_045);
        opening.from = Some(Origin { ep: 1, seq: 0, hash: Hash::ZERO });
        let (run, _) = member.pen.run_of(&Cursor { epoch, seq: 0, hash: Hash::ZERO }, &[opening])?;
        answers.push(member.push(&federation[0], &run).await?.status);
    }
    ensure!(answers == [200, 200, 429, 429], "{answers:?}");
    until("a person is told", SOON, async || Ok(alerts(&federation[0], "day_used_up").await?.first().map(drop)))
        .await?;
    Ok(())
}

async fn however_many_digest_keys_a_peer_shows_four_are_kept(store: Store) -> anyhow::Result<()> {
    let (federation, member) = bounded(&store, &[]).await?;
    let key = |number: u8| SharedDigestKey { key: data_encoding::BASE64URL_NOPAD.encode(&[number; 32]) };
    for round in 0..10_u8 {
        let mut hello = member.hello()?;
        hello.digest_keys = (1..=4).map(|place| key(round * 4 + place)).collect();
        member.greeted(&federation[0], &hello).await?;
    }
    let database = federation[0].database(&store).await?;
    let backend = database.get_database_backend();
    let count = format!("SELECT COUNT(*) AS n FROM digest_key WHERE node = '{PEER}'");
    let row = database.query_one_raw(sea_orm::Statement::from_string(backend, count)).await?.context("a row")?;
    let count: i64 = row.try_get("", "n")?;
    ensure!(count == 4, "{count}");
    Ok(())
}

async fn many_reports_that_stand_still_are_one_alert_with_their_number(store: Store) -> anyhow::Result<()> {
    let (federation, member) = bounded(&store, &[]).await?;
    let mut branch = Branch::default();
    for count in [150, 1, 149] {
        let mut contents = member.creates(count)?;
        for content in &mut contents {
            content.crit = vec!["later".into()];
        }
        let run = member.write(&mut branch, &contents)?;
        ensure!(member.push(&federation[0], &run).await?.status == 200, "it is stored and passed on");
    }
    let told = alerts(&federation[0], "report_stands_still").await?;
    ensure!(told.len() == 1, "{} alerts for 300 reports", told.len());
    ensure!(told[0]["subject"] == PEER, "{told:?}");
    ensure!(told[0]["text"].as_str().is_some_and(|text| text.starts_with("300 reports stand still")), "{told:?}");
    Ok(())
}

async fn a_flood_of_offers_that_are_hosted_elsewhere_is_refused_little_by_little(store: Store) -> anyhow::Result<()> {
    let (federation, member) = bounded(&store, &[]).await?;
    let mut hand = Hand::of(&member);
    for number in 0..700 {
        hand.add(member.offer("fr-alder")?, Some(&url_in("US", number)))?;
    }
    let ours = member.offer("fr-alder")?;
    hand.add(ours.clone(), Some(&url_in("FR", 1)))?;
    let answer = member.push(&federation[0], &hand.run()?).await?;
    ensure!(answer.status == 200, "{}", answer.text);
    let id = ours.report().context("an id")?.to_string();
    until("what is hosted here is accepted all the same", SOON, async || {
        Ok((federation[0].cli.show(&id).await?["state"] == "accepted").then_some(()))
    })
    .await?;
    let written = async || {
        let heads = federation[0].cli.json(&["log", "head"]).await?;
        Ok::<_, anyhow::Error>(heads["fr-alder"]["seq"].as_u64().unwrap_or(0))
    };
    // One accept, and as many refusals as an hour allows.
    until("they are written", SOON, async || Ok((written().await? >= 601).then_some(()))).await?;
    let told = until("a person is told, or there is nothing to tell", SOON, async || {
        let told = alerts(&federation[0], "refusals_held_back").await?;
        Ok((!told.is_empty() || written().await? == 701).then_some(told))
    });
    let (told, entries) = (told.await?.0, written().await?);
    ensure!(told.len() == 1 && entries == 601, "{entries} entries for a flood of 700 offers, {} alerts", told.len());
    let waiting = federation[0].cli.json(&["report", "list", "--state", "offered", "--limit", "1000"]).await?;
    ensure!(waiting.as_array().is_some_and(|reports| reports.len() == 100), "the others wait");
    Ok(())
}

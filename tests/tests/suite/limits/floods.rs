//! A member that floods: the part of its log taken in a day has a bound. Its author keeps the rest, and people are told
//! once.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::{Content, EntryType, Origin};
use hotline_protocol::hello::SharedDigestKey;
use hotline_protocol::log::Cursor;
use hotline_tests::hostile::{Branch, Hand, Member};
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::node::node_process::ProcessNode;
use hotline_tests::places::url_in;
use hotline_tests::sentences;
use hotline_tests::wait::{day_with_room, until};
use libtest_mimic::Trial;
use sea_orm::ConnectionTrait as _;
use serde_json::Value;

const SOON: Duration = Duration::from_secs(30);
/// A test of a day's budget takes less.
const OF_ONE_DAY: Duration = Duration::from_mins(2);
/// The peer that writes by hand.
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
            an_old_log_that_comes_for_the_first_time_is_taken_at_once_where_an_operator_grants_it,
            a_grant_is_ended_by_its_operator_and_is_for_a_known_peer_alone,
            a_flood_of_offers_that_are_hosted_elsewhere_is_refused_little_by_little,
        ]
    )
}

/// Returns subject and details of the open alerts of a kind.
pub(crate) async fn alerts(node: &ProcessNode, kind: &str) -> anyhow::Result<Vec<Value>> {
    let alerts = node.cli.json(&["alert", "list"]).await?;
    Ok(alerts.as_array().context("a list")?.iter().filter(|alert| alert["kind"] == kind).cloned().collect())
}

async fn seq(node: &ProcessNode) -> anyhow::Result<u64> {
    Ok(node.cli.json(&["log", "head"]).await?[PEER]["seq"].as_u64().unwrap_or(0))
}

/// A federation: DE writes by hand and the two others serve. `bound` is the most that FR takes of a day, and the day
/// does not end meanwhile.
async fn bounded(store: &Store, bound: &[(&str, i64)]) -> anyhow::Result<(Federation, Member)> {
    let mut federation = Federation::new(store, &THREE).await?;
    let values: Vec<_> = bound.iter().map(|(key, value)| ("exchange", *key, (*value).into())).collect();
    federation[0].configure(&values)?;
    day_with_room(OF_ONE_DAY).await?;
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

    // NL has all of it; as a relay it meets the same bound.
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

async fn an_old_log_that_comes_for_the_first_time_is_taken_at_once_where_an_operator_grants_it(
    store: Store,
) -> anyhow::Result<()> {
    // The benchmark's five years, in small: a history of more than six days' budgets.
    let (federation, member) = bounded(&store, &[("day_maximum_entries", 20)]).await?;
    let mut branch = Branch::default();
    for _ in 0..7 {
        member.write(&mut branch, &member.creates(18)?)?;
    }
    let node = &federation[0];
    member.greeted(node, &member.hello_with(branch.head().map(|head| (PEER, head)))?).await?;
    ensure!(statuses(&member, node, branch.runs()).await?[..3] == [200, 200, 429], "a day is used up by two runs");
    ensure!(seq(node).await? == 36, "a run is taken while anything is left of the day, and no other");
    let days = |text: &str| -> Option<u32> { text.split("--days ").nth(1)?.split_whitespace().next()?.parse().ok() };
    let (days, _) = until("a person is told the very command", SOON, async || {
        let told = alerts(node, "day_used_up").await?;
        let text = told.first().and_then(|alert| alert["text"].as_str()).unwrap_or_default();
        let names =
            text.contains(&format!("hotline-node peer grant {PEER} --days ")) && text.contains("90 entries more wait");
        Ok(days(text).filter(|_| names))
    })
    .await?;
    ensure!(days == 5, "90 entries are five days' budgets of 20: {days}");
    let shown =
        node.cli.json(&["peer", "grant", PEER, "--days", &days.to_string(), "--reason", "a new member"]).await?;
    ensure!(shown["today"]["granted"]["entries"] == 100 && shown["today"]["used_up"] == false, "{}", shown["today"]);
    member.tell(node, &branch).await?;
    until("all of its history is here on the first day", SOON, async || Ok((seq(node).await? == 126).then_some(())))
        .await?;
    let today = node.cli.json(&["peer", "show", PEER]).await?["today"].clone();
    ensure!(today["entries"] == 126 && today["granted"]["entries"] == 10, "{today}");
    until("the alert ends by itself", SOON, async || Ok(alerts(node, "day_used_up").await?.is_empty().then_some(())))
        .await?;
    let trail = node.cli.json(&["audit", "list"]).await?.to_string();
    ensure!(trail.contains("grant_days") && trail.contains("a new member"), "{trail}");

    // A grant counts once: a flood is bounded as before.
    let before = branch.runs().len();
    for _ in 0..3 {
        member.write(&mut branch, &member.creates(18)?)?;
    }
    let flood = statuses(&member, node, &branch.runs()[before..]).await?;
    ensure!(flood == [200, 429, 429], "{flood:?}");
    Ok(())
}

/// How each of some runs is answered.
async fn statuses(member: &Member, node: &ProcessNode, runs: &[String]) -> anyhow::Result<Vec<u16>> {
    let mut statuses = Vec::new();
    for run in runs {
        statuses.push(member.push(node, run).await?.status);
    }
    Ok(statuses)
}

async fn a_grant_is_ended_by_its_operator_and_is_for_a_known_peer_alone(store: Store) -> anyhow::Result<()> {
    let (federation, _) = bounded(&store, &[]).await?;
    let cli = &federation[0].cli;
    let granted = cli.json(&["peer", "grant", PEER, "--days", "3"]).await?["today"]["granted"].clone();
    ensure!(granted["entries"] == 6_000_000 && granted["epochs"] == 48, "three days of the default: {granted}");
    let twice = cli.json(&["peer", "grant", PEER, "--days", "3"]).await?["today"]["granted"].clone();
    ensure!(twice == granted, "granted twice is granted once: {twice}");
    let ended = cli.json(&["peer", "grant", PEER, "--days", "0"]).await?["today"]["granted"].clone();
    ensure!(ended.is_null(), "{ended}");
    for (who, days, code) in [("se-birch", "3", 1), (PEER, "1001", 2)] {
        let output = cli.call(&["peer", "grant", who, "--days", days]).await?;
        ensure!(output.status.code() == Some(code), "{who} {days}: {output:?}");
    }
    Ok(())
}

async fn a_flood_of_offers_that_are_hosted_elsewhere_is_refused_little_by_little(store: Store) -> anyhow::Result<()> {
    const OFFERS: u64 = 20;
    let (mut federation, member) = bounded(&store, &[("hour_maximum_refusals", 5)]).await?;
    let mut hand = Hand::of(&member);
    for number in 0..OFFERS {
        hand.add(member.offer("fr-alder")?, Some(&url_in("US", number.try_into()?)))?;
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
    let written = async |node: &ProcessNode| -> anyhow::Result<u64> {
        let heads = node.cli.json(&["log", "head"]).await?;
        Ok(heads["fr-alder"]["seq"].as_u64().unwrap_or(0))
    };
    // One accept, and as many refusals as an hour allows.
    until("they are written", SOON, async || Ok((written(&federation[0]).await? >= 6).then_some(()))).await?;
    let told = until("a person is told, or there is nothing to tell", SOON, async || {
        let told = alerts(&federation[0], "refusals_held_back").await?;
        Ok((!told.is_empty() || written(&federation[0]).await? == OFFERS + 1).then_some(told))
    });
    let (told, entries) = (told.await?.0, written(&federation[0]).await?);
    // An hour of the clock may end meanwhile; two do not.
    let is_bounded = told.len() == 1 && [6, 11].contains(&entries);
    ensure!(is_bounded, "{entries} entries for a flood of {OFFERS} offers, {} alerts", told.len());
    let text = told[0]["text"].as_str().unwrap_or_default();
    ensure!(text.contains("in an hour (5)") && text.contains("exchange.hour_maximum_refusals"), "{text}");
    let waiting = federation[0].cli.json(&["report", "list", "--state", "offered", "--limit", "1000"]).await?;
    let waiting = waiting.as_array().map_or(0, Vec::len);
    ensure!([15, 10].contains(&waiting), "the others wait: {waiting}");
    // Nothing is lost: the offers held back are refused when more may be.
    federation[0].stop().await?;
    federation[0].configure(&[("exchange", "hour_maximum_refusals", 1_000.into())])?;
    federation[0].start().await?;
    until("all others are refused", SOON, async || Ok((written(&federation[0]).await? == OFFERS + 1).then_some(())))
        .await?;
    Ok(())
}

//! A peer that meets limits: where it comes again it loses nothing, and where it never ends a person is called.

use std::time::Duration;

use anyhow::ensure;
use hotline_node::clock::Clock;
use hotline_tests::hostile::{Branch, Member};
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::node::test_node::TestNode;
use hotline_tests::sentences;
use hotline_tests::wait::until;
use libtest_mimic::Trial;

use super::bounds::{begun, sent_away};
use super::doors::{metric, until_metric};
use super::floods::alerts;

const SOON: Duration = Duration::from_secs(40);
const MEBIBYTE: usize = 1_024 * 1_024;
/// Room for bodies that one peer can take alone: the least that a node may be given.
const ROOM: usize = 32 * MEBIBYTE;
/// Reports with a run longer than the part of the room that every peer always gets.
const REPORTS: usize = 400;

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!(
        "over_limits",
        store,
        [
            a_peer_that_asks_for_too_much_for_minutes_calls_a_person_until_it_ends,
            a_peer_that_finds_all_room_taken_comes_again_and_nothing_is_lost_or_doubled,
        ]
    )
}

/// The checks' finding about a peer that goes on asking.
const TOO_MUCH: &str = "asks for more than it may have at once";

async fn a_peer_that_asks_for_too_much_for_minutes_calls_a_person_until_it_ends(store: Store) -> anyhow::Result<()> {
    let federation = Federation::new(&store, &THREE[1..]).await?;
    federation[0].configure(&[("exchange", "body_timeout_seconds", 3_600.into())])?;
    let (own, member) = (&federation[0], Member::of(&federation[1])?);
    let clock = Clock::set_at(Clock::system().now());
    let node = TestNode::serve(&own.cli.config_file.clone(), clock.clone()).await?;
    let run = member.write(&mut Branch::default(), &member.creates(2)?)?;
    // Two that do not end are as many as may be.
    let held = [begun(&member, own, MEBIBYTE).await?, begun(&member, own, MEBIBYTE).await?];
    let ask = async |times: u32| {
        for _ in 0..times {
            clock.advance(Duration::from_secs(6));
            let answer = member.push(own, &run).await?;
            ensure!(answer.problem.as_deref() == Some("rate-limited"), "{}: {}", answer.status, answer.text);
        }
        Ok(())
    };
    ask(45).await?;
    let (_, checks) = own.operations("/checks").await?;
    ensure!(!checks.contains(TOO_MUCH), "four minutes and a half are not long: {checks}");
    ask(20).await?;
    let (_, checks) = own.operations("/checks").await?;
    ensure!(checks.contains(TOO_MUCH), "it is told: {checks}");
    let (told, _) = until("a person is called", SOON, async || {
        let told = alerts(own, "peer_over_limits").await?;
        Ok((!told.is_empty()).then_some(told))
    })
    .await?;
    ensure!(told.len() == 1 && told[0]["subject"] == "de-cedar", "one alert, of that peer: {told:?}");

    drop(held);
    until("it is heard again", SOON, async || Ok((member.push(own, &run).await?.status == 200).then_some(()))).await?;
    clock.advance(Duration::from_mins(3));
    until("the alert ends by itself", SOON, async || {
        Ok(alerts(own, "peer_over_limits").await?.is_empty().then_some(()))
    })
    .await?;
    node.stop().await
}

async fn a_peer_that_finds_all_room_taken_comes_again_and_nothing_is_lost_or_doubled(
    store: Store,
) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE).await?;
    let room = i64::try_from(ROOM)?;
    federation[0].configure(&[
        ("exchange", "bytes_under_way", room.into()),
        ("exchange", "bytes_under_way_per_peer", room.into()),
        ("exchange", "body_timeout_seconds", 3_600.into()),
        // Entries that are not pushed do not come by another way.
        ("exchange", "poll_silence_seconds", 3_600.into()),
    ])?;
    let taker = Member::of(&federation[2])?;
    // Everything is signed before anybody can be told: the first run has all of it.
    federation[1].start_listening().await?;
    let long = "a".repeat(1_800);
    let rows: Vec<(String, String)> = (0..REPORTS)
        .map(|number| (format!("r{number}"), format!("https://fr.hosting.test/item/{number}/{long}")))
        .collect();
    federation[1].cli.import(&rows).await?;
    until("all is signed", SOON, async || {
        let heads = federation[1].cli.json(&["log", "head"]).await?;
        Ok((heads["nl-birch"]["seq"] == REPORTS).then_some(()))
    })
    .await?;
    federation[1].stop().await?;

    federation[0].start_listening().await?;
    let held = [begun(&taker, &federation[0], ROOM / 2).await?, begun(&taker, &federation[0], ROOM / 2).await?];
    federation[1].start().await?;
    until_metric(&federation[0], &sent_away("room"), 2.0).await?;
    let at = federation[0].cli.json(&["log", "head"]).await?["nl-birch"]["seq"].clone();
    ensure!(at.is_null() || at == 0, "nothing of it came: {at}");
    let refused = metric(&federation[0], &sent_away("bytes")).await?;
    ensure!(refused == 0.0, "it had nothing under way itself: {refused}");

    drop(held);
    until("every report is accepted", SOON, async || {
        let limit = (REPORTS * 2).to_string();
        let accepted = federation[1].cli.json(&["report", "list", "--state", "accepted", "--limit", &limit]).await?;
        Ok((accepted.as_array().map(Vec::len) == Some(REPORTS)).then_some(()))
    })
    .await?;
    for node in &federation.nodes()[..2] {
        let heads = node.cli.json(&["log", "head"]).await?;
        let ends = [&heads["nl-birch"]["seq"], &heads["fr-alder"]["seq"]];
        ensure!(
            ends.iter().all(|end| **end == REPORTS),
            "an offer and an answer for each, at {}: {heads}",
            node.who.id
        );
    }
    Ok(())
}

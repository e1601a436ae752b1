//! Stop pages: a lone name server that blocks, or two by one list, are found out by reports that commands take one by
//! one. Anything that is no stop page is not taken for one.

use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::Federation;
use hotline_tests::sentences;
use hotline_tests::service::name_server::{NameServer, RecordType, Says};
use hotline_tests::wait::until;
use libtest_mimic::Trial;

use super::resolvers::{database, host, house, stopping};

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!(
        "stop_pages",
        store,
        [
            single_reports_find_out_a_lone_liar_and_two_that_agree,
            what_a_stop_page_decided_before_it_was_found_out_is_held,
            customers_of_one_provider_and_what_the_house_corrected_are_no_stop_page,
        ]
    )
}

/// Blocks as [`stopping`] does, in another program.
fn stopping_too(name: &str, kind: RecordType) -> Says {
    stopping(name, kind)
}

/// Where a report goes and why, by the commands of one process each.
async fn submitted(federation: &Federation, url: &str) -> anyhow::Result<(Option<String>, String)> {
    let id = federation[0].cli.submit(url).await?;
    let route = federation[0].cli.json(&["report", "show", &id]).await?["route"].clone();
    let text = |key: &str| route[key].as_str().map(str::to_owned);
    Ok((text("destination"), text("reason").context("a reason")?))
}

async fn single_reports_find_out_a_lone_liar_and_two_that_agree(store: Store) -> anyhow::Result<()> {
    let liar = NameServer::start(Duration::ZERO, stopping).await?;
    let second = NameServer::start(Duration::ZERO, stopping_too).await?;
    for servers in [&[liar.address][..], &[liar.address, second.address]] {
        let federation = house(&store, servers, 2).await?;
        let url = |number: usize, path: &str| format!("https://{}/{path}", host(number));
        let blocked: Vec<usize> = (1..=12).map(|number| number * 4).collect();
        for number in &blocked[..6] {
            let (_, reason) = submitted(&federation, &url(*number, "a")).await?;
            ensure!(reason == "hosted_here", "{number}: nothing tells a stop page from a host yet: {reason}");
        }
        for number in &blocked[8..10] {
            let located = federation[0].cli.json_of(&["locate", "-"], Some(&url(*number, "l"))).await?;
            ensure!(located["country"] == "FR", "{number}: {located}");
        }
        // Had looking left a trace, this would be the ninth name; and a name that led there before is no new one.
        for (number, path) in [(blocked[6], "a"), (blocked[0], "b")] {
            let (_, reason) = submitted(&federation, &url(number, path)).await?;
            ensure!(reason == "hosted_here", "{number}: {reason}");
        }
        for number in &blocked[7..] {
            let (destination, reason) = submitted(&federation, &url(*number, "a")).await?;
            ensure!(destination.is_none() && reason == "blocked_answer", "{number}: {destination:?}, {reason}");
        }
        let located = federation[0].cli.json_of(&["locate", "-"], Some(&url(blocked[0], "c"))).await?;
        ensure!(located["decision"] == "blocked_answer" && located["country"].is_null(), "{located}");
        for (number, place) in [(1, "nl-birch"), (2, "de-cedar"), (3, "fr-alder")] {
            let (destination, reason) = submitted(&federation, &url(number, "a")).await?;
            ensure!(destination.as_deref() == Some(place), "{number}: {destination:?}, {reason}");
        }
    }
    Ok(())
}

async fn what_a_stop_page_decided_before_it_was_found_out_is_held(store: Store) -> anyhow::Result<()> {
    let liar = NameServer::start(Duration::ZERO, stopping).await?;
    let mut federation = house(&store, &[liar.address], 1).await?;
    let mut ids = Vec::new();
    // 3 and 9 stand at home, too, and a report that a person has acted on counts as a person's decision.
    for number in [4, 8, 12, 16, 20, 24, 28, 32, 3, 9] {
        ids.push(federation[0].cli.submit(&format!("https://{}/a", host(number))).await?);
    }
    federation[0].cli.json(&["report", "act", &ids[6], "lea-informed"]).await?;
    federation.start().await?;
    let cli = &federation[0].cli;
    let reason = async |id: &str| {
        let shown = cli.json(&["report", "show", id]).await?;
        let word = shown["house"].as_str().or(shown["state"].as_str());
        anyhow::Ok(format!("{} {}", word.unwrap_or("-"), shown["route"]["reason"].as_str().unwrap_or("-")))
    };
    until("what the stop page decided is held", Duration::from_mins(1), async || {
        let mut held = true;
        for id in &ids[..6] {
            held = held && reason(id).await? == "held blocked_answer";
        }
        Ok(held.then_some(()))
    })
    .await?;
    ensure!(reason(&ids[7]).await? == "held blocked_answer");
    ensure!(reason(&ids[6]).await? == "lea_informed hosted_here");
    for honest in &ids[8..] {
        ensure!(reason(honest).await? == "accepted hosted_here");
    }
    Ok(())
}

async fn customers_of_one_provider_and_what_the_house_corrected_are_no_stop_page(store: Store) -> anyhow::Result<()> {
    let shared = Ipv4Addr::new(198, 51, 100, 77);
    let server = NameServer::start(Duration::ZERO, move |name, kind| match name {
        name if name.ends_with(".github.io") || name.ends_with(".lagoon.test") => Says::Addresses(vec![shared.into()]),
        name => stopping(name, kind),
    });
    let server = server.await?;
    let federation = house(&store, &[server.address], 1).await?;
    for number in 0..10 {
        for provider in ["github.io", "lagoon.test"] {
            let placed = submitted(&federation, &format!("https://h{number}.{provider}/a")).await?;
            ensure!(placed.0.as_deref() == Some("nl-birch"), "{number} at {provider}: {placed:?}");
        }
    }
    let corrected = database(federation.folder())?.to_string_lossy().into_owned();
    federation[0].configure(&[("geolocation", "corrections", vec![toml::Value::from(corrected)].into())])?;
    for number in 1..=10 {
        let placed = submitted(&federation, &format!("https://{}/a", host(number * 4))).await?;
        ensure!(placed.1 == "hosted_here", "the house says itself what stands there: {placed:?}");
    }
    Ok(())
}

//! Reports between hotlines: their holders, their viewers, and the state that everybody agrees on in the end.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use hotline_protocol::log::Cursor;
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::node::node_process::ProcessNode;
use hotline_tests::peer::outsider::{Outsider, Shown};
use hotline_tests::places::{disputed_url, hosts_file, location_data, url_in};
use hotline_tests::wait::until;
use hotline_tests::{leak, sentences};
use libtest_mimic::Trial;
use serde_json::Value;

/// Effects that take a moment have this long on a busy machine.
pub(crate) const SOON: Duration = Duration::from_secs(20);
/// From `report submit` to the accept at the other hotline.
const PROMPT: Duration = Duration::from_secs(2);

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!(
        "exchange",
        store,
        [
            a_report_is_accepted_where_it_is_hosted_within_two_seconds,
            a_third_node_holds_header_and_digest_and_the_url_is_nowhere_in_its_files,
            what_the_holder_does_is_seen_at_every_node,
            a_report_that_is_refused_is_placed_again,
            a_holder_passes_a_report_on_when_its_content_moves,
            bodies_for_which_a_run_has_no_room_are_fetched_by_name,
            an_exported_log_satisfies_a_second_verifier,
            what_waits_for_a_person_has_the_state_that_every_member_finds,
        ]
    )
}

async fn a_report_is_accepted_where_it_is_hosted_within_two_seconds(store: Store) -> anyhow::Result<()> {
    let federation = Federation::started(&store, &THREE).await?;
    // The first report pays for connections; the measured one is any other.
    let first = federation[0].cli.submit(&url_in("NL", 1)).await?;
    until_state(&federation[1], &first, "accepted").await?;
    let began = tokio::time::Instant::now();
    let id = federation[0].cli.submit(&url_in("NL", 2)).await?;
    until_state(&federation[1], &id, "accepted").await?;
    let took = began.elapsed();
    println!("accepted {} ms after the submission began ({store})", took.as_millis());
    ensure!(took < PROMPT, "accepted after {} ms", took.as_millis());
    let seen = federation[1].cli.show(&id).await?;
    ensure!(seen["holder"] == "nl-birch" && seen["origin"] == "fr-alder", "{seen}");
    ensure!(seen["url"] == "hxxps://nl[.]hosting[.]test/item/2", "{}", seen["url"]);
    Ok(())
}

async fn a_third_node_holds_header_and_digest_and_the_url_is_nowhere_in_its_files(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE).await?;
    let host = "canary-third-node.test";
    federation.name_hosts(&[(host, "NL")])?;
    federation.start().await?;
    let url = format!("https://{host}/canary-third-node/item?number=77");
    let id = federation[0].cli.submit(&url).await?;
    until_state(&federation[1], &id, "accepted").await?;
    let (seen, _) = until_state(&federation[2], &id, "accepted").await?;
    ensure!(seen["url"].is_null() && seen["hosting"]["country"] == "NL", "{seen}");
    let found = federation[2].cli.json_of(&["report", "find", "-"], Some(&url)).await?;
    ensure!(found.to_string().contains(&id), "the digest is not found at the third node: {found}");
    let log = federation[2].cli.export("fr-alder").await?;
    let headers = federation[2].cli.author("fr-alder").await?.verify(&log)?.headers;
    let create = headers.iter().find(|header| header["type"] == "report.create/1").context("the header is there")?;
    ensure!(create["dg"][0]["h"].as_str().is_some_and(|digest| digest.len() == 64), "{create}");

    for node in 0..3 {
        federation[node].stop().await?;
    }
    let needles = leak::url_needles(&url)?;
    for node in federation.nodes() {
        leak::none_under(node.folder(), &needles)?;
        leak::none_in(node.who.id, node.log()?.as_bytes(), &needles)?;
    }
    if let Store::Postgres(cluster) = &store {
        leak::none_under(&cluster.data_folder(), &needles)?;
    }
    Ok(())
}

async fn what_the_holder_does_is_seen_at_every_node(store: Store) -> anyhow::Result<()> {
    let federation = Federation::started(&store, &THREE).await?;
    let id = federation[0].cli.submit(&url_in("NL", 1)).await?;
    until_state(&federation[1], &id, "accepted").await?;
    federation[1].cli.json(&["report", "act", &id, "removed"]).await?;
    for node in federation.nodes() {
        let (seen, _) = until_state(node, &id, "removed").await?;
        ensure!(seen["holder"] == "nl-birch", "{}: {seen}", node.who.id);
    }
    federation.until_heads_equal(SOON).await?;
    federation.verify_logs().await
}

async fn a_report_that_is_refused_is_placed_again(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE).await?;
    let other_data = location_data("documentation-nl.mmdb").to_string_lossy().into_owned();
    for node in 1..3 {
        federation[node].configure(&[("geolocation", "country_database", other_data.clone().into())])?;
    }
    federation.start().await?;
    let id = federation[0].cli.submit(&disputed_url(1)).await?;
    for node in federation.nodes() {
        let (seen, _) = until_held(node, &id, "de-cedar").await?;
        ensure!(seen["state"] == "accepted", "{}: {seen}", node.who.id);
        let history = seen["history"].to_string();
        ensure!(history.contains("report.refuse/1") && history.contains("report.resume/1"), "{history}");
    }
    federation.until_heads_equal(SOON).await?;
    federation.verify_logs().await
}

async fn a_holder_passes_a_report_on_when_its_content_moves(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE).await?;
    let host = "moving.test";
    federation.name_hosts(&[(host, "NL")])?;
    // Where it moves to is known there already; the others still see it where it was.
    let moved = federation.folder().join("hosts-after-the-move");
    std::fs::write(&moved, hosts_file(&[(host, "DE")]))?;
    federation[2].configure(&[("geolocation", "hosts_file", moved.to_string_lossy().into_owned().into())])?;
    federation.start().await?;
    let id = federation[0].cli.submit(&format!("https://{host}/item/1")).await?;
    until_held(&federation[1], &id, "nl-birch").await?;
    federation[1].cli.json(&["report", "transfer", &id, "--country", "DE"]).await?;
    for node in federation.nodes() {
        let (seen, _) = until_held(node, &id, "de-cedar").await?;
        ensure!(seen["tenure"] == 3, "{}: {seen}", node.who.id);
    }
    let seen = federation[2].cli.show(&id).await?;
    ensure!(seen["url"] == "hxxps://moving[.]test/item/1", "{}", seen["url"]);
    federation.until_heads_equal(SOON).await?;
    federation.verify_logs().await
}

async fn bodies_for_which_a_run_has_no_room_are_fetched_by_name(store: Store) -> anyhow::Result<()> {
    const REPORTS: u32 = 200;
    let mut federation = Federation::new(&store, &THREE[..2]).await?;
    federation[0].configure(&[("exchange", "run_maximum_bytes", (64 * 1_024).into())])?;
    let rows: Vec<_> = (0..REPORTS).map(|number| (format!("row {number}"), url_in("NL", number))).collect();
    federation[0].cli.import(&rows).await?;
    federation.start().await?;
    let accepted = ["report", "list", "--state", "accepted", "--limit", "1000"];
    let what = format!("nl-birch has accepted {REPORTS} reports");
    until(what, SOON, async || {
        let list = federation[1].cli.json(&accepted).await?;
        Ok((list.as_array().map(Vec::len) == Some(REPORTS as usize)).then_some(()))
    })
    .await?;
    // They could not all come with their run: it leaves out the bodies that it has no room for.
    let holder = Outsider::new(federation[0].exchange_address(), Some(Shown::of_folder(federation[1].folder())?))?;
    let run = holder.get(&format!("/logs/fr-alder/runs?ep=1&after=0&hash={}", Cursor::START.hash)).await?;
    let left_out = run.text.lines().skip(2).step_by(2).filter(|body| body.is_empty()).count();
    ensure!(left_out > REPORTS as usize / 2, "{left_out} bodies were left out");
    // Late bodies are counted like bodies that came in time.
    let figures = federation[1].cli.json(&["statistics", "--from", "2020-01-01", "--to", "2100-01-01"]).await?;
    ensure!(figures["illegal"] == REPORTS && figures["unique_urls"] == REPORTS, "{figures}");
    federation.until_heads_equal(SOON).await?;
    federation.verify_logs().await
}

async fn what_waits_for_a_person_has_the_state_that_every_member_finds(store: Store) -> anyhow::Result<()> {
    let federation = Federation::started(&store, &THREE).await?;
    // A hotline answers for CZ, and is enrolled nowhere here.
    let waiting = federation[0].cli.submit(&url_in("CZ", 1)).await?;
    let acted = federation[0].cli.submit(&url_in("CZ", 2)).await?;
    let seen = federation[0].cli.show(&acted).await?;
    ensure!(seen["state"] == "held" && seen["folded"] == "assessed" && seen["house"] == "held", "{seen}");
    federation[0].cli.json(&["report", "act", &acted, "unavailable"]).await?;
    stand_alike(&federation, &waiting, &acted).await?;
    // Everything is said again, and folded anew at every member.
    let again = ["log", "open-epoch", "--confirm", "fr-alder", "--last-good", "0"];
    let opened = federation[0].cli.json(&again).await?;
    ensure!(opened["said_again"] == 3, "{opened}");
    federation.until_heads_equal(SOON).await?;
    stand_alike(&federation, &waiting, &acted).await
}

/// The one waits in its house, and is found there by both words; the other has the same state everywhere.
async fn stand_alike(federation: &Federation, waiting: &str, acted: &str) -> anyhow::Result<()> {
    let listed = async |node: usize, id: &str, state: &str| {
        let list = federation[node].cli.json(&["report", "list", "--state", state]).await?;
        anyhow::Ok(list.to_string().contains(id))
    };
    let seen = federation[0].cli.show(waiting).await?;
    ensure!(seen["state"] == "held" && seen["folded"] == "assessed" && seen["house"] == "held", "{seen}");
    ensure!(listed(0, waiting, "held").await? && listed(0, waiting, "assessed").await?, "it is found by both words");
    until_state(&federation[1], waiting, "assessed").await?;
    for (place, node) in federation.nodes().iter().enumerate() {
        let (seen, _) = until_state(node, acted, "unavailable").await?;
        ensure!(seen["folded"] == "unavailable", "{}: {seen}", node.who.id);
        ensure!(listed(place, acted, "unavailable").await?, "{}", node.who.id);
        for other in ["held", "assessed"] {
            ensure!(!listed(place, acted, other).await?, "{}: {other}", node.who.id);
        }
    }
    Ok(())
}

async fn an_exported_log_satisfies_a_second_verifier(store: Store) -> anyhow::Result<()> {
    let federation = Federation::started(&store, &THREE).await?;
    for number in 0..5 {
        let id = federation[0].cli.submit(&url_in("NL", number)).await?;
        until_held(&federation[0], &id, "nl-birch").await?;
        let id = federation[1].cli.submit(&url_in("FR", number)).await?;
        until_held(&federation[1], &id, "fr-alder").await?;
    }
    let heads = federation.until_heads_equal(SOON).await?;
    for node in federation.nodes() {
        for (log, head) in heads.as_object().context("heads are an object")? {
            let text = node.cli.export(log).await?;
            let verified = node.cli.author(log).await?.verify(&text)?;
            let (epoch, seq, hash) = verified.head;
            let agrees = head["epoch"] == epoch && head["seq"] == seq && head["hash"] == hash.as_str();
            ensure!(agrees, "{}: {log}: the head is {head}, the verifier ends at {seq} {hash}", node.who.id);
            ensure!(verified.bodies.is_empty(), "bodies are left out unless asked for");
            let document = node.cli.json(&["log", "export", "--log", log]).await?;
            let runs = document["runs"].as_array().context("a list of runs")?;
            let joined: String = runs.iter().filter_map(|run| run.as_str()).collect();
            ensure!(document["log"] == log.as_str() && joined == text, "as JSON the same runs, one after the other");
        }
    }
    let whole = federation[0].cli.call(&["log", "export", "--bodies", "--reveal"]).await?;
    let author = federation[0].cli.author("fr-alder").await?;
    let verified = author.verify(&String::from_utf8(whole.stdout)?)?;
    ensure!(verified.bodies.len() >= 5, "{} bodies", verified.bodies.len());
    Ok(())
}

/// Waits until a node shows a report in this state.
async fn until_state(node: &ProcessNode, id: &str, state: &str) -> anyhow::Result<(Value, Duration)> {
    let what = format!("{} shows {id} as {state}", node.who.id);
    until(what, SOON, async || Ok(node.cli.find(id).await?.filter(|seen| seen["state"] == state))).await
}

/// Waits until a node shows that `holder` holds a report.
async fn until_held(node: &ProcessNode, id: &str, holder: &str) -> anyhow::Result<(Value, Duration)> {
    let what = format!("{} shows that {holder} holds {id}", node.who.id);
    until(what, SOON, async || Ok(node.cli.find(id).await?.filter(|seen| seen["holder"] == holder))).await
}

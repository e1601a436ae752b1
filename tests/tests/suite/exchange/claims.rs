//! A member's claims without proof: they are bounded in time, do not outweigh the others, and are marked as its word.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use hotline_node::clock::Clock;
use hotline_protocol::bytes::Hash;
use hotline_protocol::hello::Hello;
use hotline_protocol::log::{Cursor, SignedCheckpoint};
use hotline_tests::hostile::{Branch, Member, Said};
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::node::node_process::{ProcessNode, Who};
use hotline_tests::node::test_node::TestNode;
use hotline_tests::places::{hosts_file, url_in};
use hotline_tests::sentences;
use hotline_tests::wait::until;
use libtest_mimic::Trial;

/// The effects of a hello are done within this time on a busy machine.
const SOON: Duration = Duration::from_secs(40);
const THREE_DAYS: Duration = Duration::from_hours(72);
const A_WHILE: Duration = Duration::from_mins(20);

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    let mut trials = sentences!(
        "claims",
        store,
        [
            a_head_under_an_unknown_key_holds_up_nobody_whose_peer_shows_nothing_for_it,
            a_head_under_an_unknown_key_of_whom_nobody_reaches_holds_up_for_ten_minutes,
            nobodys_word_about_a_silent_hotline_keeps_an_offer_from_being_taken_back,
            a_cursor_with_another_hash_is_a_note_about_its_peer_and_calls_nobody,
            a_card_that_names_one_country_more_is_told_and_takes_nothing_from_the_hotline_that_sits_there,
        ]
    );
    // A server's backups are made by its own tools; the node's work with them is the same.
    if matches!(store, Store::Sqlite) {
        trials.extend(sentences!("claims", store, [a_backup_of_before_a_key_was_exchanged_gives_no_number_again]));
    }
    trials
}

const LIAR: Who = Who { id: "cz-alder", countries: "CZ" };

/// Two hotlines that know each other's logs, and the liar's folder behind them.
async fn with_a_liar(store: &Store) -> anyhow::Result<(Federation, Member)> {
    let mut federation = Federation::new(store, &[THREE[0], THREE[1], LIAR]).await?;
    for place in 0..2 {
        federation[place].start().await?;
    }
    let liar = Member::of(&federation[2])?;
    Ok((federation, liar))
}

/// A head of somebody's log under a key that nobody knows.
fn strangers_head(of: &ProcessNode) -> anyhow::Result<SignedCheckpoint> {
    let stranger = Member::of(of)?.pen.with_another_key()?;
    stranger
        .checkpoint(hotline_tests::node::cli::NETWORK, &Cursor { epoch: 1, seq: 900, hash: Hash::of(&[b"nothing"]) })
}

async fn until_accepted(node: &ProcessNode, id: &str) -> anyhow::Result<()> {
    let accepted = until(format!("{id} is accepted"), SOON, async || {
        Ok(node.cli.find(id).await?.filter(|shown| shown["state"] == "accepted").map(drop))
    });
    accepted.await?;
    Ok(())
}

async fn alerts(node: &ProcessNode, kind: &str) -> anyhow::Result<usize> {
    let alerts = node.cli.json(&["alert", "list", "--all"]).await?;
    Ok(alerts.as_array().context("a list")?.iter().filter(|alert| alert["kind"] == kind).count())
}

async fn a_head_under_an_unknown_key_holds_up_nobody_whose_peer_shows_nothing_for_it(
    store: Store,
) -> anyhow::Result<()> {
    let (mut federation, liar) = with_a_liar(&store).await?;
    let first = federation[0].cli.submit(&url_in("NL", 1)).await?;
    until_accepted(&federation[0], &first).await?;
    let hello = liar.hello_with([("fr-alder", &strangers_head(&federation[0])?)])?;
    let doors: [Arc<dyn Fn() -> Said + Send + Sync>; 3] = [
        Arc::new(Said::nothing),
        Arc::new(|| Said::problem(409, "cursor-diverged", "rewind")),
        Arc::new(|| Said::text("no run")),
    ];
    for answer in doors {
        federation[1].stop().await?;
        federation[0].stop().await?;
        let says = Arc::clone(&answer);
        let door = liar.serve(move |_| says()).await?;
        federation[0].start_listening().await?;
        liar.greeted(&federation[0], &hello).await?;
        until("the liar is asked for what it claims", SOON, async || {
            Ok(door.asked().iter().any(|asked| asked.path.starts_with("/logs/fr-alder/runs")).then_some(()))
        })
        .await?;
        federation[1].start_listening().await?;
        federation[0].wait_for("/readyz").await?;
        federation[1].wait_for("/readyz").await?;
        door.close().await;
    }
    let second = federation[0].cli.submit(&url_in("NL", 2)).await?;
    until_accepted(&federation[0], &second).await
}

async fn a_head_under_an_unknown_key_of_whom_nobody_reaches_holds_up_for_ten_minutes(
    store: Store,
) -> anyhow::Result<()> {
    let (mut federation, liar) = with_a_liar(&store).await?;
    let first = federation[0].cli.submit(&url_in("NL", 1)).await?;
    until_accepted(&federation[0], &first).await?;
    federation[1].stop().await?;
    federation[0].stop().await?;
    let clock = Clock::set_at(Clock::system().now());
    let node = TestNode::serve(&federation[0].cli.config_file.clone(), clock.clone()).await?;
    liar.greeted(&federation[0], &liar.hello_with([("fr-alder", &strangers_head(&federation[0])?)])?).await?;
    federation[1].start_listening().await?;
    until("it says whose claim it waits for", SOON, async || {
        let (status, said) = federation[0].operations("/readyz").await?;
        Ok((status == 503 && said.contains("cz-alder shows a head") && said.contains("its word alone")).then_some(()))
    })
    .await?;
    clock.advance(Duration::from_mins(11));
    until("it goes on", SOON, async || Ok((federation[0].operations("/readyz").await?.0 == 200).then_some(()))).await?;
    let second = federation[0].cli.submit(&url_in("NL", 2)).await?;
    until_accepted(&federation[0], &second).await?;
    node.stop().await
}

async fn a_backup_of_before_a_key_was_exchanged_gives_no_number_again(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::started(&store, &THREE[..2]).await?;
    let first = federation[0].cli.submit(&url_in("NL", 1)).await?;
    until_accepted(&federation[0], &first).await?;
    federation.until_heads_equal(SOON).await?;
    federation[0].stop().await?;
    let files = ["node.sqlite", "high-water"].map(|name| federation[0].folder().join(name));
    let backup = files.each_ref().map(std::fs::read);
    federation[0].start().await?;
    federation[0].cli.json(&["identity", "rotate-signing-key"]).await?;
    until("another key signs", SOON, async || {
        // While it is being exchanged, no card is given.
        let card = federation[0].cli.output(&["identity", "card"], None).await?;
        let card: serde_json::Value = serde_json::from_slice(&card.stdout).unwrap_or_default();
        Ok(card["signing_keys"].as_array().filter(|keys| keys.len() == 2).map(drop))
    })
    .await?;
    let second = federation[0].cli.submit(&url_in("NL", 2)).await?;
    until_accepted(&federation[0], &second).await?;
    federation.until_heads_equal(SOON).await?;
    federation[0].stop().await?;
    // The whole folder is of before, as a snapshot of the machine is: file and database agree.
    for (file, bytes) in files.iter().zip(backup) {
        std::fs::write(file, bytes?)?;
    }
    let held = federation[1].cli.json(&["log", "head"]).await?["fr-alder"].clone();
    federation[0].start_listening().await?;
    federation[0].cli.submit(&url_in("NL", 3)).await?;
    until("it says that entries are missing", SOON, async || {
        let (status, said) = federation[0].operations("/readyz").await?;
        Ok((status == 503 && said.contains("behind what this node has signed")).then_some(()))
    })
    .await?;
    let (own, peers) =
        (federation[0].cli.json(&["log", "head"]).await?, federation[1].cli.json(&["log", "head"]).await?);
    ensure!(own["fr-alder"]["seq"] == 1 && peers["fr-alder"] == held, "nothing is signed again: {own} {peers}");
    ensure!(alerts(&federation[1], "log_forked").await? == 0, "and nobody is called there");
    Ok(())
}

async fn nobodys_word_about_a_silent_hotline_keeps_an_offer_from_being_taken_back(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &[THREE[0], THREE[1], THREE[2], LIAR]).await?;
    let hosts = ["first.test", "second.test"];
    federation.name_hosts(&hosts.map(|host| (host, "NL")))?;
    let moved = federation.folder().join("hosts-after-the-move");
    std::fs::write(&moved, hosts_file(&hosts.map(|host| (host, "DE"))))?;
    let after_the_move = [("geolocation", "hosts_file", moved.to_string_lossy().into_owned().into())];
    federation[2].configure(&after_the_move)?;
    let (liar, target) = (Member::of(&federation[3])?, Member::of(&federation[1])?);
    let clock = Clock::set_at(Clock::system().now());
    let own = federation[0].cli.config_file.clone();
    let node = TestNode::serve(&own, clock.clone()).await?;
    federation[2].start().await?;
    let offered = federation[0].cli.submit(&format!("https://{}/item/1", hosts[0])).await?;
    until("it is offered", SOON, async || {
        Ok(federation[2].cli.find(&offered).await?.filter(|shown| shown["state"] == "offered").map(drop))
    })
    .await?;
    node.stop().await?;
    federation[0].configure(&after_the_move)?;
    clock.advance(THREE_DAYS + A_WHILE);
    let node = TestNode::serve(&own, clock.clone()).await?;
    // The Netherlands do not serve. The liar's first checkpoint of their log is under a stranger's key. The next is
    // signed by them, and nobody has its entries.
    let signed = target.telling(&Branch::default(), 3)?;
    let shown = [strangers_head(&federation[1])?, signed.head().context("it has entries")?.clone()];
    for head in &shown {
        liar.greeted(&federation[0], &liar.hello_with([("nl-birch", head)])?).await?;
    }
    clock.advance(A_WHILE);
    for head in &shown {
        liar.greeted(&federation[0], &liar.hello_with([("nl-birch", head)])?).await?;
    }
    until("it is taken back and offered to Germany", SOON, async || {
        let found = federation[2].cli.find(&offered).await?;
        Ok(found.filter(|shown| shown["holder"] == "de-cedar").map(drop))
    })
    .await?;
    node.stop().await
}

async fn a_cursor_with_another_hash_is_a_note_about_its_peer_and_calls_nobody(store: Store) -> anyhow::Result<()> {
    let (federation, liar) = with_a_liar(&store).await?;
    let first = federation[0].cli.submit(&url_in("NL", 1)).await?;
    until_accepted(&federation[0], &first).await?;
    let cursor = Cursor { epoch: 1, seq: 1, hash: Hash::of(&[b"another"]) };
    let door = liar.serve(|_| Said::problem(409, "cursor-diverged", "rewind")).await?;
    liar.greeted(&federation[0], &Hello { cursor, ..liar.hello()? }).await?;
    until("the liar is asked for what it claims", SOON, async || {
        Ok(door.asked().iter().any(|asked| asked.path.starts_with("/logs/fr-alder/runs")).then_some(()))
    })
    .await?;
    until("doctor says whose word it is", SOON, async || {
        let (_, said) = federation[0].operations("/readyz").await?;
        Ok((said.contains("it says that its copy") && said.contains("cz-alder")).then_some(()))
    })
    .await?;
    ensure!(alerts(&federation[0], "peer_copy").await? == 0, "nobody is called");
    let said = federation[0].log()?;
    ensure!(!said.contains("somebody else has signed"), "{said}");
    let second = federation[0].cli.submit(&url_in("NL", 2)).await?;
    until_accepted(&federation[0], &second).await
}

async fn a_card_that_names_one_country_more_is_told_and_takes_nothing_from_the_hotline_that_sits_there(
    store: Store,
) -> anyhow::Result<()> {
    let (federation, liar) = with_a_liar(&store).await?;
    let node = &federation[0];
    let mut card = liar.card(&liar.pen, 2)?;
    card.countries.push("NL".parse()?);
    let card = card.sign(liar.pen.key())?;
    let added = node.cli.output(&["peer", "add", "-"], Some(card.token())).await?;
    let told = String::from_utf8_lossy(&added.stderr);
    ensure!(added.status.success() && told.contains("now answers for NL"), "{told}");
    let id = node.cli.submit(&url_in("NL", 1)).await?;
    let shown = node.cli.show(&id).await?;
    ensure!(shown["route"]["destination"] == "nl-birch", "{}", shown["route"]);
    Ok(())
}

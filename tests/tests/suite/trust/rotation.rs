//! Keys that are exchanged along with reports: nobody notices, and an absent node finds the way back.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use hotline_tests::node::cli::NETWORK;
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::node::node_process::{ProcessNode, Who};
use hotline_tests::peer::independent_verifier::Author;
use hotline_tests::places::url_in;
use hotline_tests::refusal::{FAILED, refused_with};
use hotline_tests::sentences;
use hotline_tests::wait::until;
use libtest_mimic::Trial;
use serde_json::Value;
use tokio::time::Instant;

/// An exchange of keys is over within this time on a busy machine.
const SOON: Duration = Duration::from_mins(1);
/// No report is later than this, under all changes of keys meanwhile.
const LATE: Duration = Duration::from_secs(5);
/// Reports that are exchanged meanwhile.
const REPORTS: usize = 2_000;
/// Reports that are taken in together.
const PARCEL: usize = 50;
/// The node that is away all the time.
const ABSENT: usize = 3;

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!(
        "rotation",
        store,
        [
            keys_are_exchanged_while_reports_are_and_whoever_was_away_follows,
            a_new_certificate_is_announced_once_and_used_before_the_next_one,
            a_node_that_was_stopped_in_between_goes_on_with_the_exchange,
            a_key_file_that_others_may_read_is_not_switched_to_and_a_person_is_called,
            a_key_whose_file_is_lost_is_taken_back_and_the_next_one_is_used_by_all,
            an_earlier_card_is_enough_for_a_whole_log_and_not_for_a_part_behind_the_exchange,
            a_peer_that_was_suspended_longer_than_the_overlap_is_reached_and_knows_the_new_certificate,
        ]
    )
}

fn four() -> [Who; 4] {
    let [first, second, third] = THREE;
    [first, second, third, Who { id: "cz-alder", countries: "CZ" }]
}

async fn keys_are_exchanged_while_reports_are_and_whoever_was_away_follows(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &four()).await?;
    for node in 0..ABSENT {
        federation[node].start_listening().await?;
    }
    for node in 0..ABSENT {
        federation[node].wait_for("/readyz").await?;
    }
    let before = federation[0].cli.json(&["identity", "show"]).await?;
    let files = key_files(&federation[0])?;
    let (slowest, keys) = tokio::try_join!(exchange_reports(&federation[0]), exchange_keys(&federation[0]))?;
    println!("the slowest parcel took {} ms ({store})", slowest.as_millis());
    ensure!(slowest < LATE, "a parcel took {} ms", slowest.as_millis());
    for key in ["tls_fingerprint", "signing_key_id", "fingerprint"] {
        ensure!(keys[key] != before[key], "{key} is another one");
    }
    for node in &federation.nodes()[..ABSENT] {
        ensure!(!node.log()?.contains("is refused"), "{}: TLS was refused to nobody", node.who.id);
    }

    federation[ABSENT].start().await?;
    federation.until_heads_equal(SOON).await?;
    federation.verify_logs().await?;
    until("the files of old keys are gone", SOON, async || Ok((key_files(&federation[0])? == files).then_some(())))
        .await?;
    let held = federation[1].cli.json(&["statistics"]).await?;
    ensure!(held["received"] == REPORTS, "each report is held once: {}", held["received"]);
    for node in &federation.nodes()[1..] {
        let peer = node.cli.json(&["peer", "show", "fr-alder"]).await?;
        let pins = certificates_in(&peer, "active")?;
        ensure!(pins == [keys["tls_fingerprint"].clone()], "{}: {peer}", node.who.id);
        let log = node.cli.export("fr-alder").await?;
        node.cli.author("fr-alder").await?.verify(&log)?;
    }
    Ok(())
}

/// Imports parcels one after the other, each when the one before is accepted. Gives the longest time that one took.
async fn exchange_reports(node: &ProcessNode) -> anyhow::Result<Duration> {
    let mut slowest = Duration::ZERO;
    for parcel in 0..REPORTS / PARCEL {
        let row = |number: usize| {
            let number = u32::try_from(parcel * PARCEL + number).expect("few");
            (format!("row-{number}"), url_in("NL", number))
        };
        let rows: Vec<_> = (0..PARCEL).map(row).collect();
        let began = Instant::now();
        node.cli.import(&rows).await?;
        until(format!("parcel {parcel} is accepted"), SOON, async || {
            let offered = node.cli.json(&["report", "list", "--state", "offered", "--limit", "1"]).await?;
            Ok(offered.as_array().is_some_and(Vec::is_empty).then_some(()))
        })
        .await?;
        slowest = slowest.max(began.elapsed());
    }
    Ok(slowest)
}

/// Exchanges the certificate, then the signing key. Returns the node's identity after that.
async fn exchange_keys(node: &ProcessNode) -> anyhow::Result<Value> {
    let announced = node.cli.json(&["identity", "rotate-certificate", "--overlap", "1s"]).await?;
    let ((), took) = until("the old certificate is retired", SOON, async || {
        let shown = node.cli.json(&["identity", "show"]).await?;
        let is_over = certificates_in(&shown, "retired")?.len() == 1;
        Ok((is_over && shown["tls_fingerprint"] == announced["fingerprint"]).then_some(()))
    })
    .await?;
    println!("the certificate was exchanged in {} ms", took.as_millis());
    let announced = node.cli.json(&["identity", "rotate-signing-key"]).await?;
    let (shown, took) = until("the new signing key is in use", SOON, async || {
        let shown = node.cli.json(&["identity", "show"]).await?;
        Ok((shown["signing_key_id"] == announced["fingerprint"]).then_some(shown))
    })
    .await?;
    println!("the signing key was exchanged in {} ms", took.as_millis());
    Ok(shown)
}

async fn a_new_certificate_is_announced_once_and_used_before_the_next_one(store: Store) -> anyhow::Result<()> {
    let federation = Federation::new(&store, &THREE).await?;
    let cli = &federation[0].cli;
    let announced = cli.json(&["identity", "rotate-certificate"]).await?;
    let again = cli.output(&["identity", "rotate-certificate"], None).await?;
    ensure!(again.status.code() == Some(1), "a second one is refused");
    ensure!(String::from_utf8_lossy(&again.stderr).contains("under way"), "{again:?}");
    let shown = cli.json(&["identity", "show"]).await?;
    ensure!(certificates_in(&shown, "announced")? == [announced["fingerprint"].clone()], "{shown}");
    ensure!(shown["tls_fingerprint"] != announced["fingerprint"], "nothing is switched to before it serves");
    let card = cli.json(&["identity", "card"]).await?;
    ensure!(card["fingerprint"] == shown["fingerprint"], "the card goes on");
    Ok(())
}

async fn a_node_that_was_stopped_in_between_goes_on_with_the_exchange(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::started(&store, &THREE).await?;
    federation[0].kill().await?;
    let certificate = federation[0].cli.json(&["identity", "rotate-certificate", "--overlap", "30d"]).await?;
    let key = federation[0].cli.json(&["identity", "rotate-signing-key"]).await?;
    federation[0].start().await?;
    let cli = &federation[0].cli;
    until("both are in use", SOON, async || {
        let shown = cli.json(&["identity", "show"]).await?;
        let is_over = shown["tls_fingerprint"] == certificate["fingerprint"]
            && shown["signing_key_id"] == key["fingerprint"]
            && certificates_in(&shown, "retiring")?.len() == 1;
        Ok(is_over.then_some(()))
    })
    .await?;
    federation[0].kill().await?;
    federation[0].start().await?;
    cli_submits_and_is_heard(&federation).await?;
    federation.until_heads_equal(SOON).await?;
    federation.verify_logs().await
}

async fn a_key_file_that_others_may_read_is_not_switched_to_and_a_person_is_called(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE).await?;
    let cli = &federation[0].cli;
    let before = cli.json(&["identity", "show"]).await?;
    let files = key_files(&federation[0])?;
    cli.json(&["identity", "rotate-certificate"]).await?;
    cli.json(&["identity", "rotate-signing-key"]).await?;
    let folder = federation[0].folder().join("keys");
    let announced: Vec<PathBuf> = key_files(&federation[0])?.difference(&files).map(|name| folder.join(name)).collect();
    let set_mode = |mode| announced.iter().try_for_each(|file| fs::set_permissions(file, Permissions::from_mode(mode)));
    set_mode(0o644)?;
    federation.start().await?;
    let cli = &federation[0].cli;
    let is_of_keys = |alert: &Value| alert["kind"] == "own_keys";
    until("a person is called", SOON, async || {
        let alerts = cli.json(&["alert", "list"]).await?;
        Ok(alerts.as_array().is_some_and(|alerts| alerts.iter().any(is_of_keys)).then_some(()))
    })
    .await?;
    cli_submits_and_is_heard(&federation).await?;
    let shown = cli.json(&["identity", "show"]).await?;
    ensure!(shown["tls_fingerprint"] == before["tls_fingerprint"], "the certificate in use stays");
    ensure!(shown["signing_key_id"] == before["signing_key_id"], "the signing key in use stays");
    set_mode(0o600)?;
    until("both are switched to once they can be read", SOON, async || {
        let shown = cli.json(&["identity", "show"]).await?;
        let both = ["tls_fingerprint", "signing_key_id"].iter().all(|key| shown[key] != before[key]);
        Ok(both.then_some(()))
    })
    .await?;
    Ok(())
}

async fn a_key_whose_file_is_lost_is_taken_back_and_the_next_one_is_used_by_all(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE).await?;
    let files = key_files(&federation[0])?;
    let lost = federation[0].cli.json(&["identity", "rotate-certificate"]).await?;
    let lost_key = federation[0].cli.json(&["identity", "rotate-signing-key"]).await?;
    let folder = federation[0].folder().join("keys");
    for fingerprint in [&lost["fingerprint"], &lost_key["fingerprint"]] {
        let name = &fingerprint.as_str().context("a fingerprint")?[..16];
        for file in key_files(&federation[0])?.iter().filter(|file| file.to_string_lossy().contains(name)) {
            fs::remove_file(folder.join(file))?;
        }
    }
    federation.start().await?;
    let cli = &federation[0].cli;
    cli_submits_and_is_heard(&federation).await?;
    for command in ["withdraw-certificate", "withdraw-signing-key"] {
        cli.json(&["identity", command, "--yes", "--reason", "its file is lost"]).await?;
    }
    let exchanged = exchange_keys(&federation[0]).await?;
    ensure!(exchanged["lost_keys"] == serde_json::json!([]), "{exchanged}");
    for (command, key) in [("withdraw-certificate", "certificate"), ("withdraw-signing-key", "signing key")] {
        let refused = cli.output(&["identity", command, "--yes"], None).await?;
        refused_with(&refused, FAILED, &[key, "nothing to take back"])?;
    }
    federation.until_heads_equal(SOON).await?;
    federation.verify_logs().await?;
    for node in &federation.nodes()[1..] {
        let peer = node.cli.json(&["peer", "show", "fr-alder"]).await?;
        ensure!(certificates_in(&peer, "active")? == [exchanged["tls_fingerprint"].clone()], "{peer}");
        ensure!(certificates_in(&peer, "revoked")? == [lost["fingerprint"].clone()], "{peer}");
        ensure!(!peer["signing_keys"].to_string().contains(&lost_key["fingerprint"].to_string()), "{peer}");
    }
    until("no file is left over", SOON, async || Ok((key_files(&federation[0])? == files).then_some(()))).await?;
    Ok(())
}

async fn an_earlier_card_is_enough_for_a_whole_log_and_not_for_a_part_behind_the_exchange(
    store: Store,
) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE).await?;
    for place in 0..2 {
        federation[place].start().await?;
    }
    cli_submits_and_is_heard(&federation).await?;
    let cli = &federation[0].cli;
    let before = cli.json(&["identity", "card"]).await?;
    cli.json(&["identity", "rotate-signing-key"]).await?;
    let (after, _) = until("another key signs", SOON, async || {
        // While it is being exchanged, no card is given.
        let card = cli.output(&["identity", "card"], None).await?;
        let card: Value = serde_json::from_slice(&card.stdout).unwrap_or_default();
        Ok((card["signing_keys"].as_array().map(Vec::len) == Some(2)).then_some(card))
    })
    .await?;
    cli_submits_and_is_heard(&federation).await?;
    let card = after.clone();
    let (before, after) = (Author::of_card(NETWORK, &before)?, Author::of_card(NETWORK, &after)?);
    let whole = cli.export("fr-alder").await?;
    let verified = before.verify(&whole)?;
    ensure!(after.verify(&whole)?.head == verified.head, "both cards end at the same entry");
    let exchanged = verified.headers.iter().rposition(|header| header["type"] == "key.announce/1").context("one")?;
    let last = verified.headers[exchanged]["seq"].to_string();
    let part = cli.call(&["log", "export", "--after", &last]).await?;
    let part = String::from_utf8(part.stdout)?;
    ensure!(after.verify_part(&part)?.head == verified.head, "the present card names the key that signs there");
    let refused = before.verify_part(&part).err().context("an earlier card does not")?;
    ensure!(refused.to_string().contains("a key of somebody else"), "{refused}");

    // A node that has the new card before the entries about the new key learns nothing new from them.
    let text = |key: &str| card[key].as_str().context("identity card shows it");
    let add = ["peer", "add", "-", "--fingerprint", text("fingerprint")?, "--replace", "--yes"];
    federation[2].cli.json_of(&add, Some(text("card")?)).await?;
    federation[2].start_listening().await?;
    federation.until_heads_equal(SOON).await?;
    let alerts = federation[2].cli.json(&["alert", "list", "--all"]).await?;
    ensure!(!alerts.to_string().contains("key_change_refused"), "nobody is called: {alerts}");
    Ok(())
}

async fn a_peer_that_was_suspended_longer_than_the_overlap_is_reached_and_knows_the_new_certificate(
    store: Store,
) -> anyhow::Result<()> {
    // Nobody else could bring it the log.
    let federation = Federation::started(&store, &THREE[..2]).await?;
    let files = key_files(&federation[0])?;
    cli_submits_and_is_heard(&federation).await?;
    federation[0].cli.json(&["peer", "suspend", "nl-birch", "--reason", "a test"]).await?;
    // Until the node has taken note of it, the peer still learns of announcements.
    until("the peer is cut off", SOON, async || {
        let checked = federation[1].cli.output(&["peer", "check", "fr-alder"], None).await?;
        let found: Value = serde_json::from_slice(&checked.stdout)?;
        Ok(found["in_the_way"].as_str().is_some_and(|fault| fault.contains("suspended")).then_some(()))
    })
    .await?;
    let exchanged = exchange_keys(&federation[0]).await?;
    let kept = key_files(&federation[0])?;
    ensure!(kept.len() > files.len(), "the key that the peer knows is kept: {kept:?}");
    federation[0].cli.json(&["peer", "resume", "nl-birch", "--reason", "a test"]).await?;
    until("the peer knows the new certificate", SOON, async || {
        let peer = federation[1].cli.json(&["peer", "show", "fr-alder"]).await?;
        Ok((certificates_in(&peer, "active")? == [exchanged["tls_fingerprint"].clone()]).then_some(()))
    })
    .await?;
    until("nothing is kept for it any more", SOON, async || Ok((key_files(&federation[0])? == files).then_some(())))
        .await?;
    federation.until_heads_equal(SOON).await?;
    let id = federation[0].cli.submit(&url_in("NL", 2)).await?;
    until("the report is accepted", SOON, async || {
        Ok(federation[0].cli.find(&id).await?.filter(|seen| seen["state"] == "accepted"))
    })
    .await?;
    federation.verify_logs().await
}

async fn cli_submits_and_is_heard(federation: &Federation) -> anyhow::Result<()> {
    let id = federation[0].cli.submit(&url_in("NL", 1)).await?;
    until("the report is accepted", SOON, async || {
        Ok(federation[0].cli.find(&id).await?.filter(|seen| seen["state"] == "accepted"))
    })
    .await?;
    Ok(())
}

/// The fingerprints of the certificates that are in this state.
fn certificates_in(shown: &Value, state: &str) -> anyhow::Result<Vec<Value>> {
    let certificates = shown["certificates"].as_array().context("certificates are shown")?;
    let found = certificates.iter().filter(|certificate| certificate["state"] == state);
    // Of a peer and of the node itself, under the name that each is relied on by.
    let fingerprint =
        |certificate: &Value| certificate.get("tls_fingerprint").or(certificate.get("fingerprint")).cloned();
    found.map(|certificate| fingerprint(certificate).context("a certificate has a fingerprint")).collect()
}

/// The names of a node's key files.
fn key_files(node: &ProcessNode) -> anyhow::Result<BTreeSet<OsString>> {
    node.folder().join("keys").read_dir()?.map(|file| Ok(file?.file_name())).collect()
}

//! A member that signs two entries under one place of its log and tells one hotline this and another that: every hotline
//! that learns of it has the proof, takes nothing more of that log, and agrees with the others about all else.

mod alone;

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use hotline_protocol::log::{Cursor, ForkProof};
use hotline_tests::hostile::{Asked, Branch, Member, Said};
use hotline_tests::node::cli::NETWORK;
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::node::node_process::{ProcessNode, Who};
use hotline_tests::peer::outsider::Answer;
use hotline_tests::places::url_in;
use hotline_tests::sentences;
use hotline_tests::wait::until;
use libtest_mimic::Trial;
use serde_json::Value;

/// News told in hellos, one a second, is known everywhere within this time on a busy machine.
const SOON: Duration = Duration::from_secs(30);

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    let mut trials = alone::trials(store);
    trials.extend(sentences!(
        "forks",
        store,
        [
            two_hotlines_that_are_told_different_things_have_the_proof_and_take_nothing_more,
            three_tellings_of_different_lengths_that_part_inside_a_run_are_proven_to_everybody,
            a_fork_is_found_through_a_hotline_that_never_met_the_author,
            a_new_epoch_from_before_the_fork_ends_it_and_none_from_behind_it_does,
            what_proves_nothing_is_believed_of_nobody,
            a_node_learns_from_a_third_that_somebody_has_signed_for_it_and_stops_at_every_start,
        ]
    ));
    trials
}

/// A fourth one that cheats.
const LIAR: Who = Who { id: "cz-alder", countries: "CZ" };

/// Nodes that serve, behind them the liar's folder. They have just heard from the liar, so that none fetches its log from
/// another before it was told something itself.
async fn with_a_liar(store: &Store, honest: &[Who]) -> anyhow::Result<(Federation, Member)> {
    let who: Vec<Who> = honest.iter().copied().chain([LIAR]).collect();
    let mut federation = Federation::new(store, &who).await?;
    let liar = Member::of(&federation[honest.len()])?;
    for place in 0..honest.len() {
        federation[place].configure(&[("exchange", "poll_silence_seconds", 60.into())])?;
        federation[place].start().await?;
        liar.greeted(&federation[place], &liar.hello()?).await?;
    }
    Ok((federation, liar))
}

/// Returns a node's view of its proof against the liar; nothing while it has none.
async fn evidence(node: &ProcessNode) -> anyhow::Result<Option<Value>> {
    evidence_against(LIAR.id, node).await
}

async fn evidence_against(log: &str, node: &ProcessNode) -> anyhow::Result<Option<Value>> {
    let output = node.cli.output(&["log", "evidence", log], None).await?;
    Ok(if output.status.success() { Some(serde_json::from_slice(&output.stdout)?) } else { None })
}

async fn until_proven(node: &ProcessNode) -> anyhow::Result<Value> {
    let shown = until(format!("{} has the proof", node.who.id), SOON, async || evidence(node).await);
    Ok(shown.await?.0)
}

/// Anybody with the liar's card finds it right: that is the node's view of its peer.
async fn holds(node: &ProcessNode, shown: &Value, place: (u64, u64)) -> anyhow::Result<BTreeSet<String>> {
    let proof = shown["proof"].as_str().context("a proof")?;
    let (found, hashes) = node.cli.author(LIAR.id).await?.verify_fork(proof)?;
    ensure!(found == place && shown["epoch"] == place.0 && shown["seq"] == place.1, "{found:?} {shown}");
    ensure!(shown["hashes"] == serde_json::json!(hashes), "{shown}");
    Ok(hashes.into())
}

fn hashes(ends: [&Cursor; 2]) -> BTreeSet<String> {
    ends.map(|end| end.hash.to_string()).into()
}

async fn alerts(node: &ProcessNode, kind: &str) -> anyhow::Result<Vec<Value>> {
    let alerts = node.cli.json(&["alert", "list", "--all"]).await?;
    Ok(alerts.as_array().context("a list")?.iter().filter(|alert| alert["kind"] == kind).cloned().collect())
}

/// A person was called once, and the alert names the author.
async fn was_told_once(node: &ProcessNode) -> anyhow::Result<()> {
    let told = alerts(node, "log_forked").await?;
    let is_right = told.len() == 1 && told[0]["subject"] == LIAR.id;
    ensure!(
        is_right && told[0]["text"].as_str().is_some_and(|text| text.contains("log evidence cz-alder")),
        "{told:?}"
    );
    Ok(())
}

fn refused(answer: &Answer, seq: u64) -> anyhow::Result<()> {
    let says_so = answer.status == 409 && answer.problem.as_deref() == Some("log-forked");
    ensure!(says_so && answer.json["fork"] == serde_json::json!({"ep": 1, "seq": seq}), "{}", answer.text);
    Ok(())
}

async fn end_at(node: &ProcessNode) -> anyhow::Result<Value> {
    Ok(node.cli.json(&["log", "head"]).await?[LIAR.id].clone())
}

/// The logs of the honest are the same at all of them; the reports in them, too.
async fn until_others_agree(federation: &Federation, honest: usize) -> anyhow::Result<()> {
    until("the honest agree about each other", SOON, async || {
        let mut all = Vec::new();
        for node in &federation.nodes()[..honest] {
            let mut heads = node.cli.json(&["log", "head"]).await?;
            heads.as_object_mut().context("heads")?.remove(LIAR.id);
            all.push(heads);
        }
        Ok(all.windows(2).all(|pair| pair[0] == pair[1]).then_some(()))
    })
    .await?;
    for node in &federation.nodes()[..honest] {
        let verified = node.cli.json(&["log", "verify"]).await?;
        ensure!(verified["ok"] == true, "{}: {verified}", node.who.id);
    }
    Ok(())
}

/// A report between the honest is folded alike at all of them.
async fn until_all_show(federation: &Federation, honest: usize, id: &str, holder: &str) -> anyhow::Result<()> {
    for node in &federation.nodes()[..honest] {
        until(format!("{}: {id} is held by {holder}", node.who.id), SOON, async || {
            let shown = node.cli.find(id).await?;
            Ok(shown.filter(|shown| shown["state"] == "accepted" && shown["holder"] == holder).map(drop))
        })
        .await?;
    }
    Ok(())
}

async fn two_hotlines_that_are_told_different_things_have_the_proof_and_take_nothing_more(
    store: Store,
) -> anyhow::Result<()> {
    let (mut federation, liar) = with_a_liar(&store, &THREE[..2]).await?;
    let common = liar.telling(&Branch::default(), 2)?;
    let tellings = [liar.telling(&common, 1)?, liar.telling(&common, 1)?];
    for (place, telling) in tellings.iter().enumerate() {
        liar.tell(&federation[place], telling).await?;
    }
    for (place, telling) in tellings.iter().enumerate() {
        let node = &federation[place];
        let shown = until_proven(node).await?;
        ensure!(shown["stands"] == true && shown["headers"] == serde_json::json!([]), "{shown}");
        ensure!(holds(node, &shown, (1, 3)).await? == hashes([tellings[0].end(), tellings[1].end()]), "{shown}");
        was_told_once(node).await?;
        let before = end_at(node).await?;
        refused(&liar.push(node, &liar.write(&mut telling.clone(), &liar.creates(2)?)?).await?, 3)?;
        refused(&liar.push(node, &tellings[1 - place].runs()[1]).await?, 3)?;
        let again = liar.push(node, &telling.runs()[1]).await?;
        ensure!(again.status == 200 && end_at(node).await? == before, "what is known stays: {}", again.text);
    }

    // A node that was away when it was found, and a node that starts again, know it, too.
    federation[0].stop().await?;
    federation[1].stop().await?;
    federation[0].start_listening().await?;
    refused(&liar.push(&federation[0], &liar.write(&mut tellings[0].clone(), &liar.creates(1)?)?).await?, 3)?;
    federation[1].start().await?;
    was_told_once(&federation[0]).await?;
    let id = federation[0].cli.submit(&url_in("NL", 1)).await?;
    until_all_show(&federation, 2, &id, "nl-birch").await?;
    until_others_agree(&federation, 2).await?;
    third_party_verifies(&federation, &liar, &tellings).await
}

/// With the proof and the card in two files, and with neither a database nor a configuration.
async fn third_party_verifies(federation: &Federation, liar: &Member, tellings: &[Branch; 2]) -> anyhow::Result<()> {
    let printed = federation[1].cli.call(&["log", "evidence", LIAR.id]).await?;
    let (proof, card) = (federation.folder().join("proof"), federation.folder().join("card"));
    std::fs::write(&proof, &printed.stdout)?;
    let cards = federation[2].cli.json(&["identity", "card"]).await?;
    std::fs::write(&card, cards["card"].as_str().context("a card")?)?;
    let nowhere = hotline_tests::node::cli::Cli {
        id: "nobody",
        config_file: federation.folder().join("no-config.toml"),
        within: Vec::new(),
    };
    let (proof_file, card_file) = (proof.to_string_lossy(), card.to_string_lossy());
    let verify = ["log", "evidence", "--verify", &proof_file, "--card", &card_file];
    let shown = nowhere.json(&verify).await?;
    ensure!(shown["log"] == LIAR.id && shown["seq"] == 3 && shown.get("stands").is_none(), "{shown}");
    // Two checkpoints that say the same, and the same ones against the card of somebody else.
    let head = tellings[0].head().context("it has entries")?;
    std::fs::write(&proof, ForkProof::write(head, head, []))?;
    let refused = nowhere.output(&verify, None).await?;
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    ensure!(refused.status.code() == Some(1) && said.contains("do not contradict"), "{said}");
    std::fs::write(&proof, &printed.stdout)?;
    let another = federation[0].cli.json(&["identity", "card"]).await?;
    std::fs::write(&card, another["card"].as_str().context("a card")?)?;
    let refused = nowhere.output(&verify, None).await?;
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    ensure!(refused.status.code() == Some(1) && said.contains("proves nothing against fr-alder"), "{said} {}", liar.id);
    Ok(())
}

async fn three_tellings_of_different_lengths_that_part_inside_a_run_are_proven_to_everybody(
    store: Store,
) -> anyhow::Result<()> {
    let (federation, liar) = with_a_liar(&store, &THREE).await?;
    let common = liar.telling(&Branch::default(), 2)?;
    let tellings: Vec<Branch> =
        [4, 7, 2].iter().map(|count| liar.telling(&common, *count)).collect::<Result<_, _>>()?;
    for (place, telling) in tellings.iter().enumerate() {
        liar.tell(&federation[place], telling).await?;
    }
    for node in &federation.nodes()[..3] {
        // Where the shortest ends; of a place behind that, a proof may have come before.
        let proven = until("the first place that is proven is known", SOON, async || {
            Ok(evidence(node).await?.filter(|shown| shown["seq"] == 4))
        });
        holds(node, &proven.await?.0, (1, 4)).await?;
        was_told_once(node).await?;
    }
    for (place, telling) in tellings.iter().enumerate() {
        let node = &federation[place];
        let answer = liar.push(node, &liar.write(&mut telling.clone(), &liar.creates(1)?)?).await?;
        ensure!(answer.problem.as_deref() == Some("log-forked"), "{}", answer.text);
        ensure!(end_at(node).await?["hash"] == telling.end().hash.to_string(), "what was applied before stays");
    }
    let id = federation[0].cli.submit(&url_in("NL", 1)).await?;
    until_all_show(&federation, 3, &id, "nl-birch").await?;
    until_others_agree(&federation, 3).await
}

async fn a_fork_is_found_through_a_hotline_that_never_met_the_author(store: Store) -> anyhow::Result<()> {
    let who: Vec<Who> = THREE.iter().copied().chain([LIAR]).collect();
    let mut federation = Federation::new(&store, &who).await?;
    let liar = Member::of(&federation[3])?;
    let tellings = [liar.telling(&Branch::default(), 3)?, liar.telling(&Branch::default(), 5)?];
    federation[1].start_listening().await?;
    liar.tell(&federation[1], &tellings[1]).await?;
    federation[1].stop().await?;
    federation[0].start_listening().await?;
    liar.tell(&federation[0], &tellings[0]).await?;
    federation[2].start().await?;
    until("Germany has it from France", SOON, async || {
        Ok((end_at(&federation[2]).await?["hash"] == tellings[0].end().hash.to_string()).then_some(()))
    })
    .await?;
    federation[0].stop().await?;
    federation[1].start().await?;
    for place in [1, 2] {
        let shown = until_proven(&federation[place]).await?;
        holds(&federation[place], &shown, (1, 3)).await?;
        ensure!(shown["headers"].as_array().is_some_and(|headers| headers.len() == 2), "entries 4 and 5: {shown}");
    }
    // France was told one thing alone, and learns of the other.
    federation[0].start().await?;
    holds(&federation[0], &until_proven(&federation[0]).await?, (1, 3)).await?;
    was_told_once(&federation[0]).await?;
    until_others_agree(&federation, 3).await
}

async fn a_new_epoch_from_before_the_fork_ends_it_and_none_from_behind_it_does(store: Store) -> anyhow::Result<()> {
    let (federation, liar) = with_a_liar(&store, &THREE[..2]).await?;
    let common = liar.telling(&Branch::default(), 2)?;
    let tellings = [liar.telling(&common, 1)?, liar.telling(&common, 1)?];
    for (place, telling) in tellings.iter().enumerate() {
        liar.tell(&federation[place], telling).await?;
    }
    for node in &federation.nodes()[..2] {
        until_proven(node).await?;
    }
    // Each hotline has the entry that this epoch goes on from.
    for (place, telling) in tellings.iter().enumerate() {
        let behind = liar.reopen(2, telling.end())?;
        refused(&liar.push(&federation[place], &behind.runs()[0]).await?, 3)?;
    }
    let mut healed = liar.reopen(2, common.end())?;
    liar.write(&mut healed, &liar.creates(3)?)?;
    for node in &federation.nodes()[..2] {
        liar.tell(node, &healed).await?;
        until(format!("{} goes on", node.who.id), SOON, async || {
            Ok((end_at(node).await?["hash"] == healed.end().hash.to_string()).then_some(()))
        })
        .await?;
        let told = alerts(node, "epoch_opened").await?;
        ensure!(
            told.len() == 1 && told[0]["text"].as_str().is_some_and(|text| text.contains("taken again")),
            "{told:?}"
        );
        let shown = evidence(node).await?.context("the proof stays")?;
        ensure!(shown["stands"] == false, "{shown}");
        was_told_once(node).await?;
    }
    federation[0].cli.submit(&url_in("NL", 1)).await?;
    until_others_agree(&federation, 2).await
}

/// The proofs that the liar serves. One is against another hotline under the liar's own key, one against the asker out
/// of entries that it has signed once. Two are against itself, with a checkpoint of another network and with one of
/// another epoch.
fn false_proof(asked: &Asked, proofs: &[(&'static str, String)]) -> Said {
    let found = proofs.iter().find(|(log, _)| asked.path.starts_with(&format!("/logs/{log}/fork")));
    found.map_or_else(Said::nothing, |(_, proof)| Said::text(proof.clone()))
}

async fn what_proves_nothing_is_believed_of_nobody(store: Store) -> anyhow::Result<()> {
    let (federation, liar) = with_a_liar(&store, &THREE[..2]).await?;
    let id = federation[0].cli.submit(&url_in("NL", 1)).await?;
    until_all_show(&federation, 2, &id, "nl-birch").await?;
    let common = liar.telling(&Branch::default(), 1)?;
    let (one, other) = (liar.telling(&common, 1)?, liar.telling(&common, 1)?);
    let genuine: hotline_protocol::hello::Hello = liar.greeted(&federation[0], &liar.hello()?).await?;
    let signed_once = &genuine.heads[&"fr-alder".parse()?];
    let (head, elsewhere) = (one.head().context("a head")?, liar.pen.checkpoint("production", other.end())?);
    let next = liar.reopen(2, common.end())?;
    ensure!(NETWORK != "production", "it is another network");
    let later = ForkProof::write(head, next.head().context("a head")?, []);
    for (what, about_itself) in [("network", ForkProof::write(head, &elsewhere, [])), ("epoch", later)] {
        let proofs = [
            ("nl-birch", ForkProof::write(head, other.head().context("a head")?, [])),
            ("fr-alder", ForkProof::write(signed_once, signed_once, [])),
            (LIAR.id, about_itself),
        ];
        let claimed = proofs.iter().map(|(log, _)| Ok((log.parse()?, one.end().position())));
        let claimed = claimed.collect::<anyhow::Result<_>>()?;
        // One node is asked about another network, the other about another epoch: each asks once in a while alone.
        let node = &federation[usize::from(what == "epoch")];
        let door = liar.serve(move |asked| false_proof(asked, &proofs)).await?;
        liar.greeted(node, &hotline_protocol::hello::Hello { forks: claimed, ..liar.hello()? }).await?;
        until("the node has asked for what is claimed", SOON, async || {
            let forks = door.asked().into_iter().filter(|asked| asked.path.contains("/fork?ep=1")).count();
            Ok((forks == 3).then_some(()))
        })
        .await?;
        door.close().await;
        until("the node has looked at all of it", SOON, async || {
            Ok((node.log()?.matches("proof against a log does not hold").count() == 3).then_some(()))
        })
        .await?;
        for log in ["nl-birch", "fr-alder", LIAR.id] {
            let shown = node.cli.output(&["log", "evidence", log], None).await?;
            ensure!(shown.status.code() == Some(1), "{what}: nothing is believed about {log}");
        }
        ensure!(alerts(node, "log_forked").await?.is_empty(), "{what}: nobody is called");
        let (status, said) = node.operations("/readyz").await?;
        ensure!(status == 200, "{what}: {said}");
    }
    let id = federation[0].cli.submit(&url_in("NL", 2)).await?;
    until_all_show(&federation, 2, &id, "nl-birch").await?;
    until_others_agree(&federation, 2).await
}

/// Where a node's copy of the first one's log ends.
async fn first_log_at(node: &ProcessNode) -> anyhow::Result<Cursor> {
    let head = node.cli.json(&["log", "head"]).await?["fr-alder"].clone();
    Ok(serde_json::from_value(serde_json::json!({"ep": head["epoch"], "seq": head["seq"], "hash": head["hash"]}))?)
}

async fn until_it_stops(node: &ProcessNode) -> anyhow::Result<()> {
    until("it says that two copies of it have signed", SOON, async || {
        let (status, said) = node.operations("/readyz").await?;
        Ok((status == 503 && said.contains("contradicts the database")).then_some(()))
    })
    .await?;
    Ok(())
}

async fn a_node_learns_from_a_third_that_somebody_has_signed_for_it_and_stops_at_every_start(
    store: Store,
) -> anyhow::Result<()> {
    let mut federation = Federation::started(&store, &THREE).await?;
    let first = federation[0].cli.submit(&url_in("NL", 1)).await?;
    until_all_show(&federation, 3, &first, "nl-birch").await?;
    federation[0].stop().await?;
    federation[2].stop().await?;
    // The Netherlands take the entries that somebody signs with the node's keys, Germany the node's own.
    let thief = Member::of(&federation[0])?;
    let (run, _) = thief.pen.run(&first_log_at(&federation[1]).await?, 1)?;
    let answer = thief.push(&federation[1], &run).await?;
    ensure!(answer.status == 200, "{}", answer.text);
    federation[1].stop().await?;
    federation[2].start_listening().await?;
    federation[0].start().await?;
    federation[0].cli.submit(&url_in("DE", 2)).await?;
    until("Germany has entry 2", SOON, async || Ok((first_log_at(&federation[2]).await?.seq == 2).then_some(())))
        .await?;
    federation[0].stop().await?;
    federation[1].start_listening().await?;
    until("Germany has the proof", SOON, async || evidence_against("fr-alder", &federation[2]).await).await?;
    federation[1].stop().await?;
    // Germany's copy of its log is all its own.
    federation[0].start_listening().await?;
    until_it_stops(&federation[0]).await?;
    federation[0].stop().await?;
    federation[2].stop().await?;
    federation[0].start_listening().await?;
    until_it_stops(&federation[0]).await
}

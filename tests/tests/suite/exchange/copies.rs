//! A node's folder that was copied: the copy signs nothing that the node has signed. Where it spoke, both houses are
//! told their next steps, until it is over.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, ensure};
use hotline_tests::node::cli::Cli;
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::places::url_in;
use hotline_tests::ports::free_address;
use hotline_tests::sentences;
use hotline_tests::wait::until;
use libtest_mimic::Trial;

use super::between_hotlines::SOON;
use crate::storage::database_access::{file, rest};

/// A server's database is not copied with the folder.
pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    match store {
        Store::Sqlite => sentences!(
            "copies",
            store,
            [
                a_node_without_high_water_file_and_peers_seals_nothing_until_a_person_says_so,
                a_copy_of_a_young_database_gives_no_number_again,
                a_copy_that_spoke_for_a_while_is_told_of_at_both_houses_until_the_node_starts_again,
            ]
        ),
        Store::Postgres(_) => Vec::new(),
    }
}

async fn signed(federation: &Federation) -> anyhow::Result<u64> {
    let heads = federation[0].cli.json(&["log", "head"]).await?;
    heads["fr-alder"]["seq"].as_u64().with_context(|| format!("{heads}"))
}

/// Not ready, and a person is called; `doctor` says the same.
async fn waits_for_a_person(federation: &Federation) -> anyhow::Result<()> {
    let (status, said) = federation[0].operations("/readyz").await?;
    ensure!(status == 503 && said.contains("high-water file is missing"), "{status} {said}");
    ensure!(said.contains("log seal --anyway"), "it says what to do: {said}");
    until("a person is called", SOON, async || {
        Ok(alerts(&federation[0].cli, "nothing_is_sealed").await?.first().map(drop))
    })
    .await?;
    let doctor = federation[0].cli.output(&["doctor"], None).await?;
    let found = String::from_utf8_lossy(&doctor.stdout).into_owned();
    ensure!(doctor.status.code() == Some(1) && found.contains("high-water"), "{found}");
    Ok(())
}

/// Returns the subjects of open alerts of a kind.
async fn alerts(cli: &Cli, kind: &str) -> anyhow::Result<Vec<String>> {
    let alerts = cli.json(&["alert", "list"]).await?;
    let all = alerts.as_array().context("a list")?.iter().filter(|alert| alert["kind"] == kind);
    Ok(all.filter_map(|alert| Some(alert["subject"].as_str()?.to_owned())).collect())
}

async fn a_node_without_high_water_file_and_peers_seals_nothing_until_a_person_says_so(
    store: Store,
) -> anyhow::Result<()> {
    let mut federation = Federation::started(&store, &THREE[..1]).await?;
    federation[0].cli.submit(&url_in("DE", 1)).await?;
    until("it is signed", SOON, async || Ok((signed(&federation).await? == 1).then_some(()))).await?;
    federation[0].stop().await?;
    let file = federation[0].folder().join("high-water");
    fs::remove_file(&file)?;
    federation[0].start_listening().await?;
    federation[0].cli.submit(&url_in("DE", 2)).await?;
    waits_for_a_person(&federation).await?;
    ensure!(signed(&federation).await? == 1, "nothing is signed meanwhile");
    federation[0].cli.json(&["log", "seal", "--anyway"]).await?;
    federation[0].wait_for("/readyz").await?;
    until("the other one is signed", SOON, async || Ok((signed(&federation).await? == 2).then_some(()))).await?;
    ensure!(file.exists(), "the file is there again");
    federation[0].stop().await?;
    federation[0].start().await
}

async fn a_copy_of_a_young_database_gives_no_number_again(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE[..1]).await?;
    // The database of the first day.
    rest(&file(&federation)).await?;
    let young = fs::read(file(&federation))?;
    federation[0].start().await?;
    federation[0].cli.submit(&url_in("DE", 1)).await?;
    until("it is signed", SOON, async || Ok((signed(&federation).await? == 1).then_some(()))).await?;
    federation[0].stop().await?;
    fs::write(federation[0].folder().join("node.sqlite"), young)?;
    fs::remove_file(federation[0].folder().join("high-water"))?;
    federation[0].start_listening().await?;
    waits_for_a_person(&federation).await?;
    federation[0].cli.submit(&url_in("DE", 2)).await?;
    ensure!(signed(&federation).await? == 0, "entry 1 is not signed anew");
    Ok(())
}

/// The first node's folder, copied while nobody serves, with listeners of its own.
fn copied(federation: &Federation) -> anyhow::Result<PathBuf> {
    let (from, to) = (federation[0].folder(), federation.folder().join("copy"));
    copy(from, &to)?;
    let file = to.join("config.toml");
    let mut config: toml::Table = fs::read_to_string(&file)?.parse()?;
    for section in ["exchange", "office", "public", "operations"] {
        let section = config.get_mut(section).and_then(toml::Value::as_table_mut).context("it listens")?;
        section.insert("listen".to_owned(), free_address().to_string().into());
    }
    fs::write(&file, toml::to_string(&config)?)?;
    Ok(file)
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir(to)?;
    fs::set_permissions(to, fs::metadata(from)?.permissions())?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (name, place) = (entry.file_name(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &place)?;
        } else if !name.to_string_lossy().ends_with(".lock") {
            fs::copy(entry.path(), place)?;
        }
    }
    Ok(())
}

async fn a_copy_that_spoke_for_a_while_is_told_of_at_both_houses_until_the_node_starts_again(
    store: Store,
) -> anyhow::Result<()> {
    let mut federation = Federation::started(&store, &THREE[..2]).await?;
    federation[0].stop().await?;
    let copy = Cli { id: "fr-alder", config_file: copied(&federation)?, within: Vec::new() };
    federation[0].start().await?;
    federation.until_heads_equal(SOON).await?;
    let mut serve = copy.command();
    serve.arg("serve").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let mut running = serve.spawn()?;
    let doctor = async |place: usize| -> anyhow::Result<String> {
        let output = federation[place].cli.output(&["doctor"], None).await?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    };
    until("the node says that it is taken for a copy", SOON, async || {
        Ok(doctor(0).await?.contains("it takes this node for a copy").then_some(()))
    })
    .await?;
    running.kill().await?;
    for (place, kind, subject) in [(0, "clone_suspected", "nl-birch"), (1, "peer_runs_twice", "fr-alder")] {
        until(format!("{kind} calls a person"), SOON, async || {
            Ok(alerts(&federation[place].cli, kind).await?.contains(&subject.to_owned()).then_some(()))
        })
        .await?;
    }
    ensure!(doctor(1).await?.contains("two machines seem to run as it"), "the other house sees it too");
    let (_, said) = federation[0].operations("/readyz").await?;
    ensure!(said.contains("stop every other copy of this node"), "it says what to do: {said}");
    let list = federation[0].cli.output(&["peer", "check", "nl-birch"], None).await?;
    ensure!(list.status.code() != Some(0), "a check finds it, too");
    // The alert's advice: the copy is gone, the node starts again.
    federation[0].stop().await?;
    federation[0].start().await?;
    federation[0].cli.submit(&url_in("NL", 1)).await?;
    federation.until_heads_equal(SOON).await?;
    let (_, said) = federation[0].operations("/readyz").await?;
    ensure!(!said.contains("copy"), "it is over: {said}");
    federation.verify_logs().await
}

//! A PostgreSQL server that goes away while a transaction of keys is committed: nobody can tell whether it was, the
//! sentence says so, and nothing is half done either way.

use std::fs;
use std::path::Path;
use std::process::Output;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use futures_util::future::try_join_all;
use hotline_tests::node::cli::{Cli, NETWORK, done, program_as_node, run};
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::refusal::{FAILED, refused_with};
use hotline_tests::sentences;
use hotline_tests::service::postgres_way::{Fate, PostgresWay};
use hotline_tests::wait::until;
use libtest_mimic::Trial;
use serde_json::Value;

/// A node looks for ten seconds how a commit ended.
const SOON: Duration = Duration::from_mins(1);
/// After either fate at the server, the node finds the same in the end.
const FATES: [Fate; 2] = [Fate::Committed, Fate::Undone];

/// Of a file, the disk's answer is not lost on the way.
pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    match store {
        Store::Sqlite => Vec::new(),
        Store::Postgres(_) => sentences!(
            "outcome",
            store,
            [
                an_init_whose_commit_has_no_answer_keeps_the_keys_and_says_what_is_known,
                an_announced_key_whose_commit_has_no_answer_is_used_where_it_was_committed_and_announced_again_where_not,
                a_switch_whose_commit_has_no_answer_is_brought_to_its_end_by_the_node_that_serves,
            ]
        ),
    }
}

async fn init(dir: &Path, database: &str) -> anyhow::Result<Output> {
    let dir = dir.to_string_lossy();
    let who = ["init", "--dir", &dir, "--id", "fr-new", "--country", "FR", "--name", "New", "--network", NETWORK];
    run(program_as_node().args(who).args(["--database-url", database]), None).await
}

async fn an_init_whose_commit_has_no_answer_keeps_the_keys_and_says_what_is_known(store: Store) -> anyhow::Result<()> {
    // The waits of all of them are one.
    try_join_all(FATES.map(|fate| make_a_node(&store, fate))).await.map(drop)
}

async fn make_a_node(store: &Store, fate: Fate) -> anyhow::Result<()> {
    let url = store.new_database().context("a server has databases")?;
    let way = PostgresWay::to(&url, "INSERT INTO \"audit\"", fate).await?;
    way.arm();
    let folder = tempfile::tempdir()?;
    let dir = folder.path().join("node");
    let output = init(&dir, &way.before(&url)).await?;
    refused_with(&output, FAILED, &["it is not known", "identity show", "is kept"])
        .with_context(|| format!("{fate:?}"))?;
    ensure!(way.is_broken() && dir.join("keys/seal.key").exists(), "{fate:?}: the keys are there");
    way.heal();
    let cli = Cli { id: "fr-new", config_file: dir.join("config.toml"), within: Vec::new() };
    if fate == Fate::Committed {
        let shown = cli.json(&["identity", "show"]).await?;
        ensure!(shown["id"] == "fr-new" && shown["fingerprint"].is_string(), "{shown}");
        ensure!(dir.join("high-water").exists(), "a node without it seals nothing");
        return done(&cli.call(&["report", "list"]).await?);
    }
    refused_with(&cli.output(&["identity", "show"], None).await?, FAILED, &["no digest key of fr-new"])?;
    fs::remove_dir_all(&dir)?;
    done(&init(&dir, &way.before(&url)).await?)
}

/// A kind of rotation: the command, its name in `identity show`, and the names of announcement and switch in the audit
/// trail.
#[derive(Clone, Copy)]
struct Exchanged {
    command: &'static str,
    shown: &'static str,
    announced: &'static str,
    switched: &'static str,
}

const CERTIFICATE: Exchanged = Exchanged {
    command: "rotate-certificate",
    shown: "tls_fingerprint",
    announced: "rotate_certificate",
    switched: "switch_certificate",
};
const SIGNING_KEY: Exchanged = Exchanged {
    command: "rotate-signing-key",
    shown: "signing_key_id",
    announced: "rotate_signing_key",
    switched: "switch_signing_key",
};
/// Each with each.
const ALL: [(Exchanged, Fate); 4] = [
    (CERTIFICATE, Fate::Committed),
    (CERTIFICATE, Fate::Undone),
    (SIGNING_KEY, Fate::Committed),
    (SIGNING_KEY, Fate::Undone),
];

/// A node that does not serve, and the way to its database.
async fn house(store: &Store, needle: &'static str, fate: Fate) -> anyhow::Result<(Federation, PostgresWay)> {
    let federation = Federation::new(store, &THREE[..1]).await?;
    let direct = federation[0].database_url(store)?;
    let way = PostgresWay::to(&direct, needle, fate).await?;
    federation[0].configure(&[("database", "url", way.before(&direct).into())])?;
    Ok((federation, way))
}

/// Waits until the node uses the key that this says, and serves on.
async fn until_used(federation: &mut Federation, of: Exchanged, is_it: impl Fn(&Value) -> bool) -> anyhow::Result<()> {
    until(format!("{} is done", of.command), SOON, async || {
        let output = federation[0].cli.output(&["identity", "show"], None).await?;
        let shown: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        Ok(is_it(&shown[of.shown]).then_some(()))
    })
    .await?;
    federation[0].wait_for("/readyz").await?;
    federation.verify_logs().await?;
    federation[0].stop().await.map(drop)
}

async fn an_announced_key_whose_commit_has_no_answer_is_used_where_it_was_committed_and_announced_again_where_not(
    store: Store,
) -> anyhow::Result<()> {
    try_join_all(ALL.map(|(of, fate)| announce(&store, of, fate))).await.map(drop)
}

async fn announce(store: &Store, of: Exchanged, fate: Fate) -> anyhow::Result<()> {
    let (mut federation, way) = house(store, of.announced, fate).await?;
    let before = federation[0].cli.json(&["identity", "show"]).await?[of.shown].clone();
    way.arm();
    let output = federation[0].cli.output(&["identity", of.command], None).await?;
    refused_with(&output, FAILED, &["it is not known", "identity show"])?;
    way.heal();
    let again = federation[0].cli.output(&["identity", of.command], None).await?;
    match fate {
        Fate::Committed => refused_with(&again, FAILED, &["under way"])?,
        Fate::Undone => done(&again)?,
    }
    // The key's file is there: the node switches to it, and goes on.
    federation[0].start().await?;
    until_used(&mut federation, of, |shown| *shown != before && shown.is_string()).await
}

async fn a_switch_whose_commit_has_no_answer_is_brought_to_its_end_by_the_node_that_serves(
    store: Store,
) -> anyhow::Result<()> {
    try_join_all(ALL.map(|(of, fate)| switch(&store, of, fate))).await.map(drop)
}

async fn switch(store: &Store, of: Exchanged, fate: Fate) -> anyhow::Result<()> {
    let (mut federation, way) = house(store, of.switched, fate).await?;
    federation[0].start().await?;
    way.arm();
    let announced = federation[0].cli.json(&["identity", of.command]).await?["fingerprint"].clone();
    until("the node has given up looking how it ended", SOON, async || {
        let log = federation[0].log()?;
        Ok(log.contains("nobody can tell whether it was committed").then_some(()))
    })
    .await?;
    ensure!(way.is_broken(), "the way broke at the commit");
    way.heal();
    until_used(&mut federation, of, |shown| *shown == announced).await
}

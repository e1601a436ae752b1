//! A PostgreSQL server that is away, refuses, or would lose confirmed data.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use hotline_tests::node::cli::done;
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::places::url_in;
use hotline_tests::ports::free_address;
use hotline_tests::refusal::{CONFIGURATION, FAILED, TRY_AGAIN, refused_with};
use hotline_tests::sentences;
use hotline_tests::service::postgres::PostgresCluster;
use hotline_tests::wait::until;
use libtest_mimic::Trial;
use serde_json::json;

/// Longer than the node waits for a connection.
const SOON: Duration = Duration::from_secs(40);

/// A file is another topic.
pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    match store {
        Store::Sqlite => Vec::new(),
        Store::Postgres(_) => sentences!(
            "database_server",
            store,
            [
                a_server_that_is_down_ends_a_command_with_75,
                a_server_that_does_not_let_the_node_in_is_a_fault_of_the_configuration,
                a_server_that_does_not_flush_is_refused,
                a_node_goes_on_by_itself_when_its_server_comes_back,
            ]
        ),
    }
}

/// A server of the test's own, and a node on it that does not serve.
async fn on_its_own_server() -> anyhow::Result<(Arc<PostgresCluster>, Federation)> {
    let cluster = Arc::new(PostgresCluster::start().context("there was one for the suite")?);
    let federation = Federation::new(&Store::Postgres(Arc::clone(&cluster)), &THREE[..1]).await?;
    Ok((cluster, federation))
}

async fn a_server_that_is_down_ends_a_command_with_75(store: Store) -> anyhow::Result<()> {
    let federation = Federation::new(&store, &THREE[..1]).await?;
    let nowhere = format!("postgres://hotline@{}/node", free_address());
    federation[0].configure(&[("database", "url", nowhere.clone().into())])?;
    let (list, serve, init) = tokio::try_join!(
        federation[0].cli.output(&["report", "list"], None),
        federation[0].cli.output(&["serve"], None),
        init(&federation, &nowhere),
    )?;
    for output in [&list, &serve, &init] {
        refused_with(output, TRY_AGAIN, &["database", "try again"])?;
    }
    ensure!(!federation.folder().join("new").exists(), "nothing of a node that was not made is left");
    Ok(())
}

async fn init(federation: &Federation, database: &str) -> anyhow::Result<std::process::Output> {
    let folder = federation.folder().join("new").to_string_lossy().into_owned();
    let who =
        ["init", "--dir", &folder, "--id", "fr-new", "--country", "FR", "--name", "New", "--database-url", database];
    federation[0].cli.output(&who, None).await
}

async fn a_server_that_does_not_let_the_node_in_is_a_fault_of_the_configuration(_: Store) -> anyhow::Result<()> {
    let (cluster, federation) = on_its_own_server().await?;
    let refused = async |words: &[&str]| {
        let output = federation[0].cli.output(&["report", "list"], None).await?;
        ensure!(!String::from_utf8_lossy(&output.stderr).contains("canary"), "a password is shown");
        refused_with(&output, CONFIGURATION, words)
    };
    cluster.configure("pg_hba.conf", "host all all 127.0.0.1/32 scram-sha-256")?;
    cluster.stop()?;
    cluster.start_again()?;
    refused(&["[database]", "password"]).await?;
    let file = federation.folder().join("password");
    fs::write(&file, "canary-password\n")?;
    fs::set_permissions(&file, Permissions::from_mode(0o600))?;
    let path = file.to_string_lossy().into_owned();
    federation[0].configure(&[("database", "password_file", path.into())])?;
    refused(&["[database]", "password"]).await?;
    fs::set_permissions(&file, Permissions::from_mode(0o644))?;
    refused(&["database.password_file", "chmod 600"]).await?;
    cluster.configure("pg_hba.conf", "host all all 127.0.0.1/32 trust")?;
    cluster.stop()?;
    cluster.start_again()?;
    fs::set_permissions(&file, Permissions::from_mode(0o600))?;
    federation[0].cli.json(&["report", "list"]).await?;
    let elsewhere = cluster.create_database("elsewhere").replace("elsewhere", "missing");
    federation[0].configure(&[("database", "url", elsewhere.into())])?;
    refused(&["[database]", "no such database"]).await
}

async fn a_server_that_does_not_flush_is_refused(_: Store) -> anyhow::Result<()> {
    let (cluster, federation) = on_its_own_server().await?;
    for setting in ["fsync", "synchronous_commit"] {
        for (value, code) in [("off", FAILED), ("on", 0)] {
            cluster.configure("postgresql.conf", &format!("{setting} = {value}"))?;
            cluster.stop()?;
            cluster.start_again()?;
            let output = federation[0].cli.output(&["report", "submit", "-"], Some(&url_in("FR", 1))).await?;
            match code {
                0 => done(&output)?,
                code => refused_with(&output, code, &["power cut", setting])?,
            }
        }
    }
    let list = federation[0].cli.json(&["report", "list"]).await?;
    ensure!(list.as_array().is_some_and(|list| list.len() == 2), "one report each time it was on: {list}");
    Ok(())
}

async fn a_node_goes_on_by_itself_when_its_server_comes_back(_: Store) -> anyhow::Result<()> {
    let (cluster, mut federation) = on_its_own_server().await?;
    federation.start().await?;
    let before = federation[0].cli.submit(&url_in("FR", 1)).await?;
    cluster.stop()?;
    let report = json!({ "urls": [url_in("FR", 2)] }).to_string();
    let url = url_in("FR", 3);
    let ((status, problem), command) = tokio::try_join!(
        federation[0].report_publicly(&report),
        federation[0].cli.output(&["report", "submit", "-"], Some(&url)),
    )?;
    ensure!(status == 503 && problem.contains("urn:hotline-node:p:busy"), "{status} {problem}");
    refused_with(&command, TRY_AGAIN, &["try again"])?;
    let (status, said) = federation[0].operations("/readyz").await?;
    ensure!(status == 503 && said.contains("the database is busy or away"), "it says why it is not ready: {said}");
    cluster.start_again()?;
    federation[0].wait_for("/readyz").await?;
    let after = federation[0].cli.submit(&url_in("FR", 4)).await?;
    for id in [before, after] {
        until("the report is sealed", SOON, async || {
            Ok(federation[0]
                .cli
                .find(&id)
                .await?
                .filter(|seen| seen["history"].as_array().is_some_and(|h| !h.is_empty())))
        })
        .await?;
    }
    ensure!(federation[0].report_publicly(&report).await?.0 == 201, "the refused report is taken now");
    let list = federation[0].cli.json(&["report", "list"]).await?;
    ensure!(list.as_array().is_some_and(|list| list.len() == 3), "what was refused was not half taken: {list}");
    federation.verify_logs().await?;
    federation[0].stop().await?;
    Ok(())
}

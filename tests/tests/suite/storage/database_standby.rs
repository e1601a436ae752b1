//! A PostgreSQL server that follows another one: commands that only read are answered, commands that write are refused.

use std::process::Output;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use hotline_tests::node::cli::done;
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::places::url_in;
use hotline_tests::refusal::{FAILED, refused_with};
use hotline_tests::sentences;
use hotline_tests::service::postgres::PostgresCluster;
use hotline_tests::wait::until;
use libtest_mimic::Trial;

/// A standby on the same machine is behind for moments.
const SOON: Duration = Duration::from_secs(20);

/// A file has no standby.
pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    match store {
        Store::Sqlite => Vec::new(),
        Store::Postgres(_) => sentences!(
            "database_standby",
            store,
            [commands_that_only_read_are_answered_by_a_standby_with_a_warning_and_others_are_refused]
        ),
    }
}

fn warnings(output: &Output) -> usize {
    let said = String::from_utf8_lossy(&output.stderr);
    said.lines().filter(|line| line.contains("standby")).count()
}

async fn commands_that_only_read_are_answered_by_a_standby_with_a_warning_and_others_are_refused(
    _: Store,
) -> anyhow::Result<()> {
    let primary = Arc::new(PostgresCluster::start().context("there was one for the suite")?);
    let store = Store::Postgres(Arc::clone(&primary));
    let federation = Federation::new(&store, &THREE[..2]).await?;
    let cli = &federation[0].cli;
    let report = cli.submit(&url_in("NL", 1)).await?;
    let url = federation[0].database_url(&store)?;
    let database = url.rsplit('/').next().context("a database")?.to_owned();
    let standby = primary.standby()?;
    let reading: [&[&str]; 15] = [
        &["report", "list"],
        &["report", "show", &report],
        &["statistics"],
        &["statistics", "--year", "2026"],
        &["peer", "list"],
        &["peer", "show", "nl-birch"],
        &["alert", "list"],
        &["alert", "list", "--all"],
        &["account", "list"],
        &["audit", "list"],
        &["audit", "verify"],
        &["identity", "show"],
        &["log", "head"],
        &["log", "verify"],
        &["log", "left-behind"],
    ];
    let mut expected = Vec::new();
    for command in reading {
        let output = cli.output(command, None).await?;
        done(&output).with_context(|| command.join(" "))?;
        ensure!(warnings(&output) == 0, "{command:?}: the primary is none");
        expected.push(output.stdout);
    }
    federation[0].configure(&[("database", "url", standby.url(&database).into())])?;
    until("the standby has the report", SOON, async || Ok(cli.find(&report).await?)).await?;
    for (command, expected) in reading.iter().zip(expected) {
        let output = cli.output(command, None).await?;
        done(&output).with_context(|| command.join(" "))?;
        let same = output.stdout == expected || command.contains(&"statistics");
        ensure!(same, "{command:?}: {}", String::from_utf8_lossy(&output.stdout));
        ensure!(warnings(&output) == 1, "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    // A command that must leave a trace is refused where it cannot.
    let url = url_in("NL", 2);
    let writing: [(&[&str], Option<&str>); 4] = [
        (&["report", "submit", "-"], Some(&url)),
        (&["report", "show", &report, "--reveal"], None),
        (&["peer", "suspend", "nl-birch", "--reason", "a test"], None),
        (&["serve"], None),
    ];
    for (command, input) in writing {
        let output = cli.output(command, input).await?;
        refused_with(&output, FAILED, &["standby", "primary"]).with_context(|| command.join(" "))?;
        ensure!(!String::from_utf8_lossy(&output.stdout).contains("item"), "{command:?}: nothing is shown");
    }
    Ok(())
}

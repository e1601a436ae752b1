//! A SQLite file that is locked or read-only: a sentence, nothing half done, and the work goes on when the cause is gone.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Output;

use anyhow::ensure;
use hotline_tests::node::cli::{Cli, done, run, run_by};
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::places::url_in;
use hotline_tests::refusal::{FAILED, TRY_AGAIN, refused_with};
use hotline_tests::sentences;
use libtest_mimic::Trial;
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection};
use tokio::process::Command;

/// A server's database is another topic.
pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    match store {
        Store::Sqlite => sentences!(
            "database_access",
            store,
            [
                a_locked_file_is_waited_for_and_then_tried_again_later,
                a_read_only_file_is_refused_and_read,
                a_read_only_folder_is_refused,
            ]
        ),
        Store::Postgres(_) => Vec::new(),
    }
}

pub(crate) async fn house(store: &Store) -> anyhow::Result<Federation> {
    Federation::new(store, &THREE[..1]).await
}

pub(crate) fn file(federation: &Federation) -> PathBuf {
    federation[0].folder().join("node.sqlite")
}

/// Another program that has the file open.
pub(crate) async fn opened(file: &Path) -> anyhow::Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(format!("sqlite://{}", file.display()));
    options.max_connections(1);
    Ok(Database::connect(options).await?)
}

/// A node with everything in its file: the last process to close it takes its write-ahead log away.
pub(crate) async fn house_at_rest(store: &Store) -> anyhow::Result<Federation> {
    let federation = house(store).await?;
    rest(&file(&federation)).await?;
    Ok(federation)
}

/// Closes the file as the last one.
pub(crate) async fn rest(file: &Path) -> anyhow::Result<()> {
    opened(file).await?.close().await?;
    ensure!(!file.with_extension("sqlite-wal").exists(), "its write-ahead log is still there");
    Ok(())
}

async fn submit(cli: &Cli) -> anyhow::Result<Output> {
    cli.output(&["report", "submit", "-", "--assessment", "baseline"], Some(&url_in("FR", 1))).await
}

/// So many reports are here, and the audit trail is whole.
pub(crate) async fn holds(cli: &Cli, reports: usize) -> anyhow::Result<()> {
    let list = cli.json(&["report", "list"]).await?;
    ensure!(list.as_array().is_some_and(|list| list.len() == reports), "{reports} reports are expected: {list}");
    let trail = cli.json(&["audit", "verify"]).await?;
    // The making of the node, and an act for each report.
    ensure!(trail["ok"] == true && trail["entries"] == reports + 1, "{trail}");
    Ok(())
}

async fn a_locked_file_is_waited_for_and_then_tried_again_later(store: Store) -> anyhow::Result<()> {
    let federation = house(&store).await?;
    let other = opened(&file(&federation)).await?;
    other.execute_unprepared("BEGIN IMMEDIATE").await?;
    refused_with(&submit(&federation[0].cli).await?, TRY_AGAIN, &["try again"])?;
    holds(&federation[0].cli, 0).await?;
    other.execute_unprepared("ROLLBACK").await?;
    done(&submit(&federation[0].cli).await?)?;
    holds(&federation[0].cli, 1).await
}

/// The command, run by somebody bound by modes: they do not bind root, so root gives that right up.
fn bound_by_modes(command: &Command) -> anyhow::Result<Command> {
    if fs::metadata("/proc/self")?.uid() != 0 {
        return Ok(run_by(Command::new("env"), command));
    }
    let mut setpriv = Command::new("setpriv");
    setpriv.arg("--bounding-set=-dac_override,-dac_read_search,-fowner");
    Ok(run_by(setpriv, command))
}

async fn submit_bound(federation: &Federation) -> anyhow::Result<Output> {
    let mut command = federation[0].cli.command();
    command.args(["--json", "report", "submit", "-"]);
    run(&mut bound_by_modes(&command)?, Some(&url_in("FR", 1))).await
}

fn set_mode(path: &Path, mode: u32) -> anyhow::Result<()> {
    Ok(fs::set_permissions(path, Permissions::from_mode(mode))?)
}

async fn a_read_only_file_is_refused_and_read(store: Store) -> anyhow::Result<()> {
    let federation = house_at_rest(&store).await?;
    set_mode(&file(&federation), 0o400)?;
    refused_with(&submit_bound(&federation).await?, FAILED, &["read-only", "owner and mode", "-wal"])?;
    holds(&federation[0].cli, 0).await?;
    // The files that SQLite makes beside it have its mode.
    for ending in ["sqlite", "sqlite-wal", "sqlite-shm"] {
        let beside = file(&federation).with_extension(ending);
        if beside.exists() {
            set_mode(&beside, 0o600)?;
        }
    }
    done(&submit_bound(&federation).await?)?;
    holds(&federation[0].cli, 1).await
}

async fn a_read_only_folder_is_refused(store: Store) -> anyhow::Result<()> {
    let federation = house_at_rest(&store).await?;
    set_mode(federation[0].folder(), 0o500)?;
    let output = submit_bound(&federation).await?;
    set_mode(federation[0].folder(), 0o700)?;
    refused_with(&output, FAILED, &["database", "owner and mode"])?;
    done(&submit_bound(&federation).await?)?;
    holds(&federation[0].cli, 1).await
}

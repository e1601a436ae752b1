//! A SQLite file that is damaged, missing, of another version or served already: a sentence, and the file is left as it
//! was.

use std::fs;
use std::os::unix::fs::FileExt as _;

use anyhow::{Context as _, ensure};
use hotline_tests::node::cli::{Cli, done, run};
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::Federation;
use hotline_tests::places::url_in;
use hotline_tests::ports::free_address;
use hotline_tests::refusal::{FAILED, refusal, refused_with};
use hotline_tests::sentences;
use libtest_mimic::Trial;
use sea_orm::ConnectionTrait as _;
use tokio::process::Command;

use super::database_access::{file, holds, house, house_at_rest, opened, rest};

/// SQLite's page.
const PAGE: usize = 8_192;

/// A server's database is another topic.
pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    match store {
        Store::Sqlite => sentences!(
            "database_file",
            store,
            [
                a_file_of_something_else_is_refused_and_left_alone,
                an_empty_file_is_no_node_to_be_migrated,
                damage_anywhere_in_the_file_is_found_and_never_a_panic,
                a_missing_file_is_refused_and_not_made,
                a_file_of_a_newer_version_is_refused_and_left_alone,
                one_file_is_served_once_whatever_folder_names_it,
                a_command_leaves_one_whole_file,
            ]
        ),
        Store::Postgres(_) => Vec::new(),
    }
}

/// Every command refuses the file, and the doctor says why.
async fn refused_by_all(federation: &Federation, words: &str) -> anyhow::Result<()> {
    for arguments in [&["report", "list"][..], &["migrate"], &["serve"], &["report", "submit", "-"]] {
        let output = federation[0].cli.output(arguments, Some(&url_in("FR", 1))).await?;
        refused_with(&output, FAILED, &["database", words, "backup"]).with_context(|| arguments.join(" "))?;
    }
    let doctor = federation[0].cli.output(&["doctor"], None).await?;
    ensure!(String::from_utf8_lossy(&doctor.stdout).contains(words), "the doctor says so");
    Ok(())
}

async fn a_file_of_something_else_is_refused_and_left_alone(store: Store) -> anyhow::Result<()> {
    let federation = house_at_rest(&store).await?;
    let database = file(&federation);
    let whole = fs::read(&database)?;
    let mut destroyed = whole.clone();
    destroyed[..100].fill(0xa5);
    for (what, content) in [("a text", b"this is no database\n".repeat(500)), ("a destroyed header", destroyed)] {
        fs::write(&database, &content)?;
        refused_by_all(&federation, "no SQLite database").await.context(what)?;
        ensure!(fs::read(&database)? == content, "{what}: it is left as it was");
    }
    fs::write(&database, whole)?;
    holds(&federation[0].cli, 0).await
}

async fn an_empty_file_is_no_node_to_be_migrated(store: Store) -> anyhow::Result<()> {
    let federation = house_at_rest(&store).await?;
    let database = file(&federation);
    let whole = fs::read(&database)?;
    fs::write(&database, b"")?;
    refused_by_all(&federation, "empty").await?;
    rest(&database).await?;
    fs::write(&database, whole)?;
    holds(&federation[0].cli, 0).await
}

async fn damage_anywhere_in_the_file_is_found_and_never_a_panic(store: Store) -> anyhow::Result<()> {
    let federation = house(&store).await?;
    let cli = &federation[0].cli;
    let rows: Vec<_> = (0..50).map(|number| (format!("row-{number}"), url_in("FR", number))).collect();
    cli.import(&rows).await?;
    let database = file(&federation);
    rest(&database).await?;
    let whole = fs::read(&database)?;
    let pages = whole.len() / PAGE;
    ensure!(pages > 10, "there are pages to be damaged");
    // Every third page in turn, as a failing disk leaves it.
    for page in (1..pages).step_by(3) {
        fs::write(&database, &whole)?;
        let damaged = fs::File::options().write(true).open(&database)?;
        damaged.write_all_at(&[0xa5; PAGE], u64::try_from(page * PAGE)?)?;
        let doctor = cli.output(&["doctor"], None).await?;
        refusal(&doctor, FAILED).with_context(|| format!("page {page}: doctor"))?;
        ensure!(String::from_utf8_lossy(&doctor.stdout).contains("damaged"), "page {page}: the doctor says so");
        let list = cli.output(&["report", "list"], None).await?;
        if !list.status.success() {
            refusal(&list, FAILED).with_context(|| format!("page {page}: report list"))?;
        }
    }
    fs::write(&database, whole)?;
    ensure!(cli.json(&["audit", "verify"]).await?["ok"] == true, "with the backup in its place all is well");
    Ok(())
}

async fn a_missing_file_is_refused_and_not_made(store: Store) -> anyhow::Result<()> {
    let federation = house_at_rest(&store).await?;
    let (database, aside) = (file(&federation), federation.folder().join("aside"));
    fs::rename(&database, &aside)?;
    for arguments in [&["report", "list"][..], &["migrate"], &["serve"]] {
        let output = federation[0].cli.output(arguments, None).await?;
        refused_with(&output, FAILED, &["database", "cannot be opened"]).with_context(|| arguments.join(" "))?;
        ensure!(!database.exists(), "{}: no empty database is made", arguments.join(" "));
    }
    fs::rename(&aside, &database)?;
    holds(&federation[0].cli, 0).await
}

async fn a_file_of_a_newer_version_is_refused_and_left_alone(store: Store) -> anyhow::Result<()> {
    let federation = house(&store).await?;
    let newer = opened(&file(&federation)).await?;
    newer.execute_unprepared("INSERT INTO seaql_migrations VALUES ('m9999_of_the_future', 0)").await?;
    for arguments in [&["report", "list"][..], &["migrate"], &["migrate", "--check"], &["serve"]] {
        let output = federation[0].cli.output(arguments, None).await?;
        refused_with(&output, FAILED, &["newer version"]).with_context(|| arguments.join(" "))?;
    }
    newer.execute_unprepared("DELETE FROM seaql_migrations WHERE version = 'm9999_of_the_future'").await?;
    holds(&federation[0].cli, 0).await
}

async fn one_file_is_served_once_whatever_folder_names_it(store: Store) -> anyhow::Result<()> {
    let mut federation = house(&store).await?;
    let other = federation.folder().join("other");
    let mut copy = Command::new("cp");
    done(&run(copy.arg("-a").args([federation[0].folder(), &other]), None).await?)?;
    federation.start().await?;
    let mut config: toml::Table = fs::read_to_string(other.join("config.toml"))?.parse()?;
    for section in ["exchange", "office", "public", "operations"] {
        config[section]["listen"] = free_address().to_string().into();
    }
    config.entry("database").or_insert_with(|| toml::Table::new().into())["url"] =
        format!("sqlite:{}", file(&federation).display()).into();
    fs::write(other.join("config.toml"), toml::to_string(&config)?)?;
    let second = Cli { id: "fr-alder", config_file: other.join("config.toml"), within: Vec::new() };
    refused_with(&second.output(&["serve"], None).await?, FAILED, &["runs already", "stop it first"])?;
    refused_with(&federation[0].cli.output(&["serve"], None).await?, FAILED, &["runs already"])?;
    federation[0].stop().await?;
    Ok(())
}

async fn a_command_leaves_one_whole_file(store: Store) -> anyhow::Result<()> {
    let federation = house_at_rest(&store).await?;
    let database = file(&federation);
    let log = database.with_extension("sqlite-wal");
    for number in 1..=10 {
        federation[0].cli.json_of(&["report", "submit", "-"], Some(&url_in("FR", number))).await?;
        ensure!(!log.exists(), "after command {number} a part stands in {}", log.display());
    }
    holds(&federation[0].cli, 10).await
}

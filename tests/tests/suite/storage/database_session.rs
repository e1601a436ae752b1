//! Sessions of a PostgreSQL server that somebody stands before, ends, or has already: each has its own sentence.

use std::fs;
use std::process::Output;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use hotline_tests::node::cli::{Cli, done};
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::places::url_in;
use hotline_tests::refusal::{CONFIGURATION, FAILED, TRY_AGAIN, refused_with};
use hotline_tests::sentences;
use hotline_tests::service::pgbouncer::PgBouncer;
use hotline_tests::service::postgres::PostgresCluster;
use hotline_tests::wait::until;
use libtest_mimic::Trial;
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, DbBackend, Statement};

/// A session ends, or is taken, within this time.
const SOON: Duration = Duration::from_secs(20);

/// The lock of a node that serves: "serving" in ASCII.
const SERVE_LOCK: i64 = 0x0073_6572_7669_6e67;
/// That it is held; the server names it by its halves.
const HELD: &str = "locktype = 'advisory' AND granted AND classid = 7562610 AND objid = 1986621031";

/// A file has no sessions.
pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    match store {
        Store::Sqlite => Vec::new(),
        Store::Postgres(_) => sentences!(
            "database_session",
            store,
            [
                a_pooler_is_named_unless_a_node_can_work_through_it,
                a_server_that_takes_no_writes_is_not_spoken_of_as_a_file,
                a_statement_that_the_server_ends_is_tried_again_later,
                a_second_serve_on_one_database_is_refused,
                a_serve_whose_server_was_away_keeps_its_place,
                sessions_have_a_name_and_refused_statements_a_code,
            ]
        ),
    }
}

/// A server of the test's own, a node on it, the address of its database, and a session of another program.
async fn on_its_own_server() -> anyhow::Result<(Arc<PostgresCluster>, Federation, String, DatabaseConnection)> {
    let cluster = Arc::new(PostgresCluster::start().context("there was one for the suite")?);
    let federation = Federation::new(&Store::Postgres(Arc::clone(&cluster)), &THREE[..1]).await?;
    let config: toml::Table = fs::read_to_string(&federation[0].cli.config_file)?.parse()?;
    let url = config["database"]["url"].as_str().context("an address")?.to_owned();
    let other = Database::connect(&url).await?;
    Ok((cluster, federation, url, other))
}

async fn submit(cli: &Cli, number: u32) -> anyhow::Result<Output> {
    cli.output(&["report", "submit", "-"], Some(&url_in("FR", number))).await
}

async fn a_pooler_is_named_unless_a_node_can_work_through_it(_: Store) -> anyhow::Result<()> {
    const DROPPED: &str = "options,extra_float_digits";
    let (_cluster, federation, url, other) = on_its_own_server().await?;
    let set_role = async |words: &str| other.execute_unprepared(&format!("ALTER ROLE hotline {words}")).await;
    for (mode, ignored, is_set, expected) in [
        ("session", "", false, Some("start of a session")),
        ("transaction", "", true, Some("start of a session")),
        ("session", DROPPED, false, Some("plan_cache_mode")),
        ("transaction", DROPPED, true, Some("PgBouncer")),
        ("statement", DROPPED, true, Some("PgBouncer")),
        ("session", DROPPED, true, None),
    ] {
        set_role(if is_set { "SET plan_cache_mode = force_custom_plan" } else { "RESET plan_cache_mode" }).await?;
        let Some(pooler) = PgBouncer::start(&url, mode, ignored).await? else { return Ok(()) };
        federation[0].configure(&[("database", "url", pooler.before(&url).into())])?;
        let output = submit(&federation[0].cli, 1).await?;
        match expected {
            Some(words) => refused_with(&output, CONFIGURATION, &["PgBouncer", words, "database.url"])
                .with_context(|| format!("{mode} {ignored}"))?,
            None => done(&output)?,
        }
    }
    federation[0].configure(&[("database", "url", url.into())])?;
    let list = federation[0].cli.json(&["report", "list"]).await?;
    ensure!(list.as_array().is_some_and(|list| list.len() == 1), "what was refused was not taken: {list}");
    Ok(())
}

async fn a_server_that_takes_no_writes_is_not_spoken_of_as_a_file(_: Store) -> anyhow::Result<()> {
    let (_cluster, federation, _, other) = on_its_own_server().await?;
    other.execute_unprepared("ALTER ROLE hotline SET default_transaction_read_only = on").await?;
    // This program's own session is older, and writes on.
    let output = submit(&federation[0].cli, 1).await?;
    refused_with(&output, FAILED, &["standby", "primary"])?;
    ensure!(!String::from_utf8_lossy(&output.stderr).contains("-wal"), "a server has no such file");
    other.execute_unprepared("ALTER ROLE hotline RESET default_transaction_read_only").await?;
    done(&submit(&federation[0].cli, 1).await?)
}

async fn a_statement_that_the_server_ends_is_tried_again_later(_: Store) -> anyhow::Result<()> {
    let (_cluster, federation, _, other) = on_its_own_server().await?;
    for (setting, words) in [("statement_timeout", "took too long"), ("lock_timeout", "lock")] {
        other.execute_unprepared(&format!("ALTER ROLE hotline SET {setting} = '300ms'")).await?;
        let blocker = sea_orm::TransactionTrait::begin(&other).await?;
        blocker.execute_unprepared("SET LOCAL statement_timeout = 0").await?;
        blocker.execute_unprepared("LOCK TABLE report IN ACCESS EXCLUSIVE MODE").await?;
        refused_with(&submit(&federation[0].cli, 1).await?, TRY_AGAIN, &["try again", words])?;
        blocker.rollback().await?;
        other.execute_unprepared(&format!("ALTER ROLE hotline RESET {setting}")).await?;
    }
    done(&submit(&federation[0].cli, 1).await?)
}

/// The node's folder again, elsewhere, as if on another machine that reaches the same server.
fn another_folder(federation: &Federation) -> anyhow::Result<Cli> {
    let folder = federation.folder().join("elsewhere");
    fs::create_dir_all(folder.join("keys"))?;
    for part in ["", "keys"] {
        for entry in fs::read_dir(federation[0].folder().join(part))? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                fs::copy(entry.path(), folder.join(part).join(entry.file_name()))?;
            }
        }
    }
    Ok(Cli { id: federation[0].who.id, config_file: folder.join("config.toml"), within: Vec::new() })
}

async fn a_second_serve_on_one_database_is_refused(_: Store) -> anyhow::Result<()> {
    let (_cluster, mut federation, ..) = on_its_own_server().await?;
    federation[0].start().await?;
    let second = another_folder(&federation)?;
    refused_with(&second.output(&["serve"], None).await?, FAILED, &["another serve", "stop it first"])?;
    done(&submit(&second, 1).await?)?;
    federation[0].wait_for("/readyz").await?;
    // Nobody waits for a killed process.
    federation[0].kill().await?;
    federation[0].start().await?;
    federation[0].stop().await?;
    Ok(())
}

async fn a_serve_whose_server_was_away_keeps_its_place(_: Store) -> anyhow::Result<()> {
    let (cluster, mut federation, url, _) = on_its_own_server().await?;
    federation[0].start().await?;
    cluster.kill()?;
    cluster.start_again()?;
    federation[0].wait_for("/readyz").await?;
    let other = Database::connect(&url).await?;
    until("the lock is held again", SOON, async || {
        let sql = format!("SELECT 1 FROM pg_locks WHERE {HELD}");
        let held = other.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
        Ok(held.map(drop))
    })
    .await?;
    refused_with(&another_folder(&federation)?.output(&["serve"], None).await?, FAILED, &["another serve"])?;
    // Another process was faster than this node: the server has ended the node's sessions.
    let end = format!("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE {HELD} AND pid <> pg_backend_pid()");
    other.execute_unprepared(&end).await?;
    until("the lock is another's", SOON, async || {
        let sql = format!("SELECT pg_try_advisory_lock({SERVE_LOCK})");
        let taken = other.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
        Ok(taken.context("a row")?.try_get_by_index::<bool>(0)?.then_some(()))
    })
    .await?;
    federation[0].until_refused("another serve works on this node's database").await
}

async fn sessions_have_a_name_and_refused_statements_a_code(_: Store) -> anyhow::Result<()> {
    let (_cluster, mut federation, url, other) = on_its_own_server().await?;
    federation[0].start().await?;
    let named = async |name: &str| -> anyhow::Result<usize> {
        let sql = "SELECT 1 FROM pg_stat_activity WHERE application_name = $1";
        let sql = Statement::from_sql_and_values(DbBackend::Postgres, sql, [name.into()]);
        Ok(other.query_all_raw(sql).await?.len())
    };
    ensure!(named("hotline-node").await? > 0, "its sessions have its name");
    federation[0].stop().await?;
    federation[0].configure(&[("database", "url", format!("{url}?application_name=office").into())])?;
    federation[0].start().await?;
    ensure!(named("office").await? > 0 && named("hotline-node").await? == 0, "or the one that the address gives");
    federation[0].stop().await?;
    other.execute_unprepared("ALTER TABLE report RENAME TO reports").await?;
    refused_with(&federation[0].cli.output(&["report", "list"], None).await?, FAILED, &["SQLSTATE 42P01"])
}

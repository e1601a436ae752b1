//! How connections are opened and given back, and the settings that keep a database from losing confirmed writes.

use std::time::Duration;

use sea_orm::sqlx::Connection;
use sea_orm::sqlx::pool::PoolOptions;
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, ConnectionTrait as _, DatabaseConnection};

use super::engine::{Engine, statement};
use super::error::StorageError;

/// How long a writer waits for another process's transaction before it says that the database is busy.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections that only read. Two cores serve a hotline, and each of SQLite's connections reads anew the pages that
/// another process has written. A third is there for figures: they take a connection for seconds.
pub(super) const READERS: u32 = 3;
/// SQLite's page cache of the connection that writes, KiB: the inner pages and the ends of all indexes.
pub(super) const WRITER_CACHE_KIB: u32 = 48 * 1_024;
/// SQLite's page cache of each connection that reads, KiB. Most reads are of the latest writes, and the operating
/// system holds those.
pub(super) const READER_CACHE_KIB: u32 = 4 * 1_024;
/// Bytes of a page of a new SQLite file. An entry with its body takes some two kilobytes: of these pages it wastes a
/// fifth, of SQLite's usual ones half.
const PAGE_BYTES: u32 = 8_192;
/// Pages of SQLite's write-ahead log before they are moved into the database: 64 MiB. A page of an index that many
/// transactions write is moved once.
const WAL_PAGES: &str = "8192";
/// Rows that SQLite's thread reads ahead of the caller: a whole step's, or the two would wake each other in turn.
const ROWS_UNDER_WAY: usize = 1_024;
/// How PostgreSQL is to plan. A plan that was made for an empty table is kept for ever otherwise, and a node's tables begin
/// empty.
pub(super) const PLAN_CACHE_MODE: &str = "force_custom_plan";
/// The name of our sessions in the server's list, where the address gives no other.
const APPLICATION_NAME: &str = "hotline-node";

pub(super) fn options(url: &str, connections: u32, cache_kib: u32, create: bool) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(0)
        .acquire_timeout(BUSY_TIMEOUT)
        .sqlx_logging(false)
        .map_sqlx_postgres_opts(|postgres| {
            let named = postgres.get_application_name().is_some();
            let postgres = if named { postgres } else { postgres.application_name(APPLICATION_NAME) };
            // Counting in the background must leave processors to the exchange and to pages.
            postgres.options([("plan_cache_mode", PLAN_CACHE_MODE), ("max_parallel_workers_per_gather", "0")])
        })
        .map_sqlx_sqlite_opts(move |sqlite| {
            sqlite
                .create_if_missing(create)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(BUSY_TIMEOUT)
                .foreign_keys(true)
                .row_buffer_size(ROWS_UNDER_WAY)
                .page_size(PAGE_BYTES)
                .pragma("cache_size", format!("-{cache_kib}"))
                .pragma("wal_autocheckpoint", WAL_PAGES)
        })
        .map_sqlx_sqlite_pool_opts(out_of_transactions)
        .map_sqlx_postgres_pool_opts(out_of_transactions);
    options
}

/// Gives no connection back to the pool that counts itself within a transaction.
///
/// Where SQLite has ended a transaction by itself (a full disk, say), the driver goes on counting: its ROLLBACK is refused,
/// and later transactions become savepoints of one that nobody ever commits. Each of them says that it was committed,
/// its rows are seen over that connection alone, and are gone when it closes.
fn out_of_transactions<D: sea_orm::sqlx::Database>(pool: PoolOptions<D>) -> PoolOptions<D> {
    pool.after_release(|connection, _| {
        Box::pin(async move {
            // A rollback may still be under way; the ping is answered after it.
            connection.ping().await?;
            Ok(!connection.is_in_transaction())
        })
    })
}

/// Refuses a database that answers "committed" before it is on disk (protocol: nothing is sent before it is durable).
pub(super) async fn check_durable(connection: &DatabaseConnection, engine: Engine) -> Result<(), StorageError> {
    let required: &[(&'static str, &str)] = match engine {
        Engine::Sqlite => &[("journal_mode", "PRAGMA journal_mode")],
        Engine::Postgres => &[("fsync", "SHOW fsync"), ("synchronous_commit", "SHOW synchronous_commit")],
    };
    for (setting, sql) in required {
        let row = connection.query_one_raw(statement(engine, sql)).await?;
        let value: String = row.ok_or(StorageError::Unreadable("no settings"))?.try_get_by_index(0)?;
        if !matches!(value.as_str(), "wal" | "on" | "remote_apply" | "remote_write" | "local") {
            return Err(StorageError::NotDurable { setting, value });
        }
    }
    if engine == Engine::Sqlite {
        let row = connection.query_one_raw(statement(engine, "PRAGMA synchronous")).await?;
        let level: i32 = row.ok_or(StorageError::Unreadable("no settings"))?.try_get_by_index(0)?;
        if level < 2 {
            return Err(StorageError::NotDurable { setting: "synchronous", value: level.to_string() });
        }
    }
    Ok(())
}

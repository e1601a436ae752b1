//! Opening the database, and refusing one that would lose what it confirmed.

use std::path::Path;
use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, RuntimeErr, SqlErr, SqlxError, Statement,
};
use sea_orm_migration::MigratorTrait as _;
use thiserror::Error;
use tokio::sync::watch;

use super::migration::Migrator;
use super::writers::Writers;

/// How long a writer waits for another process's transaction before it says that the database is busy.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections that only read. Two cores serve a hotline, and each of SQLite's connections reads anew what another
/// process has written. A third is there for figures, which take a connection for seconds.
const READERS: u32 = 3;
/// SQLite's page cache of the connection that writes, KiB: the inner pages and the ends of all indexes.
const WRITER_CACHE_KIB: u32 = 48 * 1_024;
/// SQLite's page cache of each connection that reads, KiB. Most reads are of what was written last, which the operating
/// system has.
const READER_CACHE_KIB: u32 = 4 * 1_024;
/// Bytes of a page of a new SQLite file. An entry with its body takes some two kilobytes: of these pages it wastes a
/// fifth, of SQLite's usual ones half.
const PAGE_BYTES: u32 = 8_192;
/// Pages of SQLite's write-ahead log before they are moved into the database: 64 MiB. A page of an index that many
/// transactions write is moved once.
const WAL_PAGES: &str = "8192";
/// Rows that SQLite's thread reads ahead of whoever asked: a whole step's, or the two would wake each other in turn.
const ROWS_UNDER_WAY: usize = 1_024;

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file of this node's own.
    Sqlite,
    /// A server.
    Postgres,
}

/// What went wrong with the database, by whose move it is.
#[derive(Debug, Error)]
pub enum StorageError {
    /// Another process holds it, or the server is away: try again.
    #[error("the database is busy or away; try again ({0})")]
    Busy(&'static str),
    /// The disk is full.
    #[error("the database's disk is full; make room and try again, nothing was half done")]
    Full,
    /// The system could not read or write.
    #[error("the database's disk cannot be read or written; look at the disk and its limits, nothing was half done")]
    DiskFails,
    /// The file may not be written.
    #[error(
        "the database is read-only for this user; check owner and mode of its file, and of -wal and -shm beside it"
    )]
    ReadOnly,
    /// The file is not there, or not for this user.
    #[error("the database's file cannot be opened; check that it is there, its folder, and its owner and mode")]
    NotOpened,
    /// It is no database of this program, or damaged.
    #[error("the database cannot be read: {0}; put a backup in its place")]
    Unreadable(&'static str),
    /// The server does not let this node in: the configuration is wrong.
    #[error("the database server refuses this node: {0}; correct the section [database] of the configuration")]
    LoginRefused(&'static str),
    /// A setting that protects what was confirmed is switched off.
    #[error("the database would lose confirmed reports in a power cut: {setting} is {value}; switch it on")]
    NotDurable {
        /// The setting.
        setting: &'static str,
        /// Its value.
        value: String,
    },
    /// The program is older or newer than the database's tables.
    #[error("the database's tables are not those of this version; run: hotline-node migrate")]
    NotMigrated,
    /// A newer program has migrated it.
    #[error("the database's tables are those of a newer version; run that version of hotline-node")]
    Newer,
    /// A row holds what cannot be.
    #[error("a row of '{0}' holds what cannot be; run: hotline-node doctor")]
    Inconsistent(&'static str),
    /// Anything else; the cause is for the log, it never holds bound values.
    #[error("the database refused a statement")]
    Failed(#[source] DbErr),
}

impl From<DbErr> for StorageError {
    fn from(error: DbErr) -> Self {
        if let Some(SqlErr::UniqueConstraintViolation(_)) = error.sql_err() {
            return Self::Failed(error);
        }
        let code = match &error {
            DbErr::Conn(RuntimeErr::SqlxError(cause))
            | DbErr::Exec(RuntimeErr::SqlxError(cause))
            | DbErr::Query(RuntimeErr::SqlxError(cause)) => match &**cause {
                SqlxError::Database(cause) => cause.code().map(std::borrow::Cow::into_owned),
                SqlxError::Io(_) | SqlxError::PoolTimedOut | SqlxError::PoolClosed => {
                    return Self::Busy("no connection");
                }
                SqlxError::Tls(_) => return Self::LoginRefused("TLS is not agreed upon"),
                _ => None,
            },
            DbErr::ConnectionAcquire(_) => return Self::Busy("no connection"),
            _ => None,
        };
        Self::of_code(code.as_deref(), error)
    }
}

impl StorageError {
    /// By SQLite's extended result codes (<https://sqlite.org/rescode.html>) and PostgreSQL's SQLSTATEs.
    fn of_code(code: Option<&str>, error: DbErr) -> Self {
        let primary =
            code.and_then(|code| code.parse::<u32>().ok()).filter(|number| *number < 10_000).map(|n| n & 0xff);
        match (primary, code) {
            // SQLITE_IOERR_SHMSIZE: there is no room for the index of the write-ahead log.
            (_, Some("4874")) => Self::Full,
            (Some(10), _) | (_, Some("58030")) => Self::DiskFails,
            (Some(5 | 6), _) => Self::Busy("another process is writing"),
            (Some(8), _) | (_, Some("25006")) => Self::ReadOnly,
            (Some(13), _) | (_, Some("53100")) => Self::Full,
            (Some(14), _) => Self::NotOpened,
            (Some(11), _) => Self::Unreadable("the file is damaged"),
            (Some(26), _) => Self::Unreadable("the file is no SQLite database"),
            (_, Some(state)) if state.len() == 5 && state.starts_with("08") => Self::Busy("the connection was lost"),
            (_, Some("57P01" | "57P02" | "57P03" | "53300" | "55P03" | "40001" | "40P01")) => {
                Self::Busy("the server asks to try again")
            }
            (_, Some("28000" | "28P01")) => Self::LoginRefused("user or password is wrong"),
            (_, Some("42501")) => Self::LoginRefused("the user has not the rights that a node needs"),
            (_, Some("3D000")) => Self::LoginRefused("it has no such database"),
            _ => Self::Failed(error),
        }
    }
}

/// The node's database: one writer at a time, some readers.
#[derive(Clone)]
pub struct Database {
    pub(super) writer: DatabaseConnection,
    readers: DatabaseConnection,
    pub(super) engine: Engine,
    /// The processes that write the same SQLite file.
    pub(super) writers: Option<Writers>,
    pub(super) changes: watch::Sender<u64>,
}

impl Database {
    /// Opens an existing database whose tables are those of this version.
    pub async fn open(url: &str) -> Result<Self, StorageError> {
        let database = Self::connect(url, false).await?;
        if due(&database.writer).await?.is_empty() { Ok(database) } else { Err(StorageError::NotMigrated) }
    }

    /// Opens a database, making the file where there is none, and brings its tables to this version.
    pub async fn create_or_migrate(url: &str) -> Result<Self, StorageError> {
        let database = Self::connect(url, true).await?;
        pending(&database.writer).await?;
        Migrator::up(&database.writer, None).await?;
        Ok(database)
    }

    /// The names of migrations that were not run yet.
    pub async fn pending_migrations(url: &str) -> Result<Vec<String>, StorageError> {
        due(&Self::connect(url, false).await?.writer).await
    }

    async fn connect(url: &str, create: bool) -> Result<Self, StorageError> {
        let engine = if url.starts_with("postgres") { Engine::Postgres } else { Engine::Sqlite };
        let writer = sea_orm::Database::connect(options(url, 1, WRITER_CACHE_KIB, create)).await?;
        check_durable(&writer, engine).await?;
        let readers = sea_orm::Database::connect(options(url, READERS, READER_CACHE_KIB, false)).await?;
        let writers = match engine {
            Engine::Sqlite => Writers::beside(Path::new(&file_name(&writer).await?)),
            Engine::Postgres => None,
        };
        Ok(Self { writer, readers, engine, writers, changes: watch::Sender::new(0) })
    }

    /// For reading. What is read may be older than a transaction that is being written.
    #[must_use]
    pub const fn read(&self) -> &DatabaseConnection {
        &self.readers
    }

    /// Which database it is.
    #[must_use]
    pub const fn engine(&self) -> Engine {
        self.engine
    }

    /// Rises with every transaction that this process commits: register before looking, then wait.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Closes it for everybody in this process. The last to close a SQLite file moves its write-ahead log into it, so
    /// that the file alone is whole.
    pub async fn close(&self) -> Result<(), StorageError> {
        self.readers.close_by_ref().await?;
        Ok(self.writer.close_by_ref().await?)
    }

    /// Bytes that the database takes on disk.
    pub async fn size_bytes(&self) -> Result<u64, StorageError> {
        let sql = match self.engine {
            Engine::Sqlite => {
                "SELECT (SELECT page_count FROM pragma_page_count()) * (SELECT page_size FROM pragma_page_size()) AS n"
            }
            Engine::Postgres => "SELECT pg_database_size(current_database()) AS n",
        };
        let row = self.read().query_one_raw(statement(self.engine, sql)).await?;
        let bytes: i64 = row.ok_or(StorageError::Unreadable("no size"))?.try_get("", "n")?;
        Ok(u64::try_from(bytes).unwrap_or(0))
    }
}

/// The SQLite file under its own name, whatever links lead to it.
async fn file_name(connection: &DatabaseConnection) -> Result<String, StorageError> {
    let row = connection.query_one_raw(statement(Engine::Sqlite, "SELECT file FROM pragma_database_list")).await?;
    Ok(row.ok_or(StorageError::Unreadable("no name"))?.try_get_by_index(0)?)
}

/// [`pending`], of a database that holds a node: tables made in an empty one would look like reports that were lost.
async fn due(connection: &DatabaseConnection) -> Result<Vec<String>, StorageError> {
    let due = pending(connection).await?;
    if due.len() == Migrator::migrations().len() { Err(StorageError::Unreadable("it is empty")) } else { Ok(due) }
}

/// The names of migrations that were not run yet; refuses a database that has run unknown ones.
async fn pending(connection: &DatabaseConnection) -> Result<Vec<String>, StorageError> {
    let run = Migrator::get_migration_models(connection).await?;
    let migrations = Migrator::migrations();
    let known: Vec<&str> = migrations.iter().map(|migration| migration.name()).collect();
    if run.iter().any(|run| !known.contains(&run.version.as_str())) {
        return Err(StorageError::Newer);
    }
    let is_due = |name: &&str| run.iter().all(|run| run.version != *name);
    Ok(known.into_iter().filter(is_due).map(str::to_owned).collect())
}

fn statement(engine: Engine, sql: &str) -> Statement {
    let backend = match engine {
        Engine::Sqlite => DbBackend::Sqlite,
        Engine::Postgres => DbBackend::Postgres,
    };
    Statement::from_string(backend, sql.to_owned())
}

fn options(url: &str, connections: u32, cache_kib: u32, create: bool) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(0)
        .acquire_timeout(BUSY_TIMEOUT)
        .sqlx_logging(false)
        // A plan that was made for an empty table is kept for ever otherwise, and a node's tables begin empty. And what is
        // counted in the background must leave processors to the exchange and to pages.
        .map_sqlx_postgres_opts(|postgres| {
            postgres.options([("plan_cache_mode", "force_custom_plan"), ("max_parallel_workers_per_gather", "0")])
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
        });
    options
}

/// Refuses a database that answers "committed" before it is on disk (protocol: nothing is sent before it is durable).
async fn check_durable(connection: &DatabaseConnection, engine: Engine) -> Result<(), StorageError> {
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

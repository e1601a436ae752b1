//! Opening the database, and refusing one that would lose confirmed writes.

use std::path::Path;

use sea_orm::{ConnectionTrait, DatabaseConnection, EntityName as _, EntityTrait as _};
use sea_orm_migration::{MigratorTrait as _, SchemaManager, seaql_migrations};
use tokio::sync::watch;

use super::closing;
use super::engine::{Engine, statement};
pub(super) use super::error::StorageError;
use super::migration::Migrator;
use super::options::{READER_CACHE_KIB, READERS, WRITER_CACHE_KIB, check_durable, options};
use super::server::check_way_to_server;
use super::writing::{Marks, Remembered, Writers};

/// The node's database: one writer at a time, some readers.
#[derive(Clone)]
pub struct Database {
    pub(super) writer: DatabaseConnection,
    readers: DatabaseConnection,
    pub(super) engine: Engine,
    /// The processes that write the same SQLite file.
    pub(super) writers: Option<Writers>,
    /// The writers of this process on a PostgreSQL server.
    pub(super) marks: Marks,
    pub(super) trouble: Remembered,
    pub(super) changes: watch::Sender<u64>,
}

impl Database {
    /// Opens an existing database with the tables of this version.
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
        closing::remember(&writer);
        check_durable(&writer, engine).await?;
        let readers = sea_orm::Database::connect(options(url, READERS, READER_CACHE_KIB, false)).await?;
        closing::remember(&readers);
        if engine == Engine::Postgres {
            check_way_to_server(&writer, &readers).await?;
        }
        let writers = match engine {
            Engine::Sqlite => Writers::beside(Path::new(&file_name(&writer).await?)),
            Engine::Postgres => None,
        };
        let (marks, trouble) = (Marks::default(), Remembered::default());
        Ok(Self { writer, readers, engine, writers, marks, trouble, changes: watch::Sender::new(0) })
    }

    /// For reading. Its reads may be older than a transaction that is being written.
    #[must_use]
    pub const fn read(&self) -> &DatabaseConnection {
        &self.readers
    }

    /// Returns the engine of the database.
    #[must_use]
    pub const fn engine(&self) -> Engine {
        self.engine
    }

    /// Whether the server takes no writes: it is a standby, or set to read-only. Its data may be older than the
    /// primary's.
    pub async fn only_reads(&self) -> Result<bool, StorageError> {
        if self.engine != Engine::Postgres {
            return Ok(false);
        }
        let row = self.read().query_one_raw(statement(self.engine, "SHOW transaction_read_only")).await?;
        let set: String = row.ok_or(StorageError::Unreadable("no settings"))?.try_get_by_index(0)?;
        Ok(set == "on")
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

/// Returns the SQLite file's own name, through any links to it.
async fn file_name(connection: &DatabaseConnection) -> Result<String, StorageError> {
    let row = connection.query_one_raw(statement(Engine::Sqlite, "SELECT file FROM pragma_database_list")).await?;
    Ok(row.ok_or(StorageError::Unreadable("no name"))?.try_get_by_index(0)?)
}

/// [`pending`], of a database that holds a node: tables made in an empty one would look like reports that were lost.
async fn due(connection: &DatabaseConnection) -> Result<Vec<String>, StorageError> {
    let due = pending(connection).await?;
    if due.len() == Migrator::migrations().len() { Err(StorageError::Unreadable("it is empty")) } else { Ok(due) }
}

/// The names of migrations that were not run yet; refuses a database that has run unknown ones. Only reads: a standby
/// takes nothing.
async fn pending(connection: &DatabaseConnection) -> Result<Vec<String>, StorageError> {
    let has_table = SchemaManager::new(connection).has_table(seaql_migrations::Entity.table_name()).await?;
    let run = if has_table { seaql_migrations::Entity::find().all(connection).await? } else { Vec::new() };
    let migrations = Migrator::migrations();
    let known: Vec<&str> = migrations.iter().map(|migration| migration.name()).collect();
    if run.iter().any(|run| !known.contains(&run.version.as_str())) {
        return Err(StorageError::Newer);
    }
    let is_due = |name: &&str| run.iter().all(|run| run.version != *name);
    Ok(known.into_iter().filter(is_due).map(str::to_owned).collect())
}

//! One table of numbers and bytes, as durable as a node's.

use anyhow::Result;
use aws_lc_rs::digest::{Context, SHA256, digest};
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, ConnectionTrait as _, DatabaseConnection, DbBackend, Statement, Value};

/// The hash over the hashes of a batch's records.
pub(super) fn batch_hash(records: &[Vec<u8>]) -> [u8; 32] {
    let mut all = Context::new(&SHA256);
    for record in records {
        all.update(digest(&SHA256, record).as_ref());
    }
    all.finish().as_ref().try_into().expect("SHA-256 has 32 bytes")
}

/// The table, open.
pub(super) struct Store {
    connection: DatabaseConnection,
    taken: i64,
}

impl Store {
    /// Makes the table in an empty database. SQLite is as durable as a node's, and has pages of its usual size.
    pub(super) async fn make(url: &str) -> Result<Self> {
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false).map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .pragma("cache_size", "-32768")
                .pragma("wal_autocheckpoint", "4000")
        });
        let connection = sea_orm::Database::connect(options).await?;
        let kind = if connection.get_database_backend() == DbBackend::Postgres { "BYTEA" } else { "BLOB" };
        connection.execute_unprepared(&format!("CREATE TABLE floor (id BIGINT PRIMARY KEY, bytes {kind})")).await?;
        Ok(Self { connection, taken: 0 })
    }

    /// Inserts records with the next numbers; one statement is one transaction, durable when this returns.
    pub(super) async fn insert(&mut self, records: &[Vec<u8>]) -> Result<()> {
        let backend = self.connection.get_database_backend();
        let places: Vec<String> = (0..records.len())
            .map(|place| match backend {
                DbBackend::Postgres => format!("(${},${})", 2 * place + 1, 2 * place + 2),
                _ => "(?,?)".to_owned(),
            })
            .collect();
        let sql = format!("INSERT INTO floor (id, bytes) VALUES {}", places.join(","));
        let mut values: Vec<Value> = Vec::with_capacity(2 * records.len());
        for record in records {
            self.taken += 1;
            values.extend([self.taken.into(), record.clone().into()]);
        }
        self.connection.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
        Ok(())
    }
}

//! Keeping PostgreSQL's planner informed while a young database grows.

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use crate::storage::database::Database;
use crate::storage::engine::Engine;
use crate::storage::error::StorageError;

/// Tables that grow with every report.
const GROWING: [&str; 4] = ["report", "entry", "digest", "offer"];
/// Rows that changed since the planner last looked at a table, before it looks again: this many …
const CHANGED_ROWS: i64 = 5_000;
/// … and one of so many that are there: it looks again at double the size.
const CHANGED_PART: i64 = 2;

impl Database {
    /// Lets PostgreSQL look at tables that have grown by much. Its own daemon does that once a minute, and until then a
    /// planner that takes a table for empty reads the whole of it for every key. SQLite needs no such help.
    pub async fn inform_planner(&self) -> Result<(), StorageError> {
        if self.engine() != Engine::Postgres {
            return Ok(());
        }
        let grown = format!(
            "SELECT relname FROM pg_stat_user_tables WHERE n_mod_since_analyze > {CHANGED_ROWS} \
             AND n_mod_since_analyze > n_live_tup / {CHANGED_PART}"
        );
        let rows = self.read().query_all_raw(Statement::from_string(DbBackend::Postgres, grown)).await?;
        for row in rows {
            let name: String = row.try_get_by_index(0)?;
            if let Some(table) = GROWING.into_iter().find(|table| *table == name) {
                self.read().execute_unprepared(&format!("ANALYZE {table}")).await?;
            }
        }
        Ok(())
    }
}

//! Whether a SQLite file is whole.

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use super::database::Database;
use super::engine::Engine;
use super::error::StorageError;

impl Database {
    /// Whether the pages of a SQLite file fit together; reads the whole file. A server looks after its own.
    pub async fn is_whole(&self) -> Result<bool, StorageError> {
        if self.engine() == Engine::Postgres {
            return Ok(true);
        }
        // The first fault is enough.
        let check = Statement::from_string(DbBackend::Sqlite, "PRAGMA quick_check(1)");
        let row = self.read().query_one_raw(check).await?.ok_or(StorageError::Unreadable("it is not checked"))?;
        let found: String = row.try_get_by_index(0)?;
        Ok(found == "ok")
    }
}

//! Whether a connection pooler stands between this node and its server, and keeps the node's settings for its sessions.

use sea_orm::{ConnectionTrait as _, DatabaseConnection};

use crate::storage::engine::{Engine, statement};
use crate::storage::error::StorageError;
use crate::storage::options::PLAN_CACHE_MODE;

/// Looks over two connections of ours: over a pooler that gives each transaction another server session, both are in the
/// same one as long as neither works; and one that drops a session's settings shows the server's own.
pub(in crate::storage) async fn check_way_to_server(
    writer: &DatabaseConnection,
    readers: &DatabaseConnection,
) -> Result<(), StorageError> {
    if session(writer).await? == session(readers).await? {
        return Err(StorageError::Pooler("it gives each transaction another session of the server"));
    }
    let row = readers.query_one_raw(statement(Engine::Postgres, "SHOW plan_cache_mode")).await?;
    let mode: String = row.ok_or(StorageError::Unreadable("no settings"))?.try_get_by_index(0)?;
    if mode == PLAN_CACHE_MODE {
        Ok(())
    } else {
        Err(StorageError::Pooler("it drops what this node sets for its sessions (plan_cache_mode)"))
    }
}

/// The server's process that answers.
async fn session(connection: &DatabaseConnection) -> Result<i32, StorageError> {
    let row = connection.query_one_raw(statement(Engine::Postgres, "SELECT pg_backend_pid()")).await?;
    Ok(row.ok_or(StorageError::Unreadable("no session"))?.try_get_by_index(0)?)
}

//! The database, and the audit trail in it.

use crate::access::audit::verify_trail;
use crate::context::Context;
use crate::health::check::{Check, CheckName};
use crate::plural::counted;
use crate::storage::{Engine, StorageError};

const MEBIBYTE: u64 = 1024 * 1024;

/// Describes an open database: durable and of this version, or it is refused.
pub(in crate::health) fn engine(context: &Context) -> &'static str {
    match context.database.engine() {
        Engine::Sqlite => "SQLite, durable, of this version",
        Engine::Postgres => "PostgreSQL, durable, of this version",
    }
}

/// Reads all of it.
pub(in crate::health) async fn examine(context: &Context) -> Result<Vec<Check>, StorageError> {
    Ok(vec![database(context).await?, trail(context).await?])
}

async fn database(context: &Context) -> Result<Check, StorageError> {
    if !context.database.is_whole().await? {
        let advice = "stop the node, copy the file for an examination, and put a backup in its place";
        return Ok(Check::fault(CheckName::Database, "the file is damaged", advice));
    }
    let size = context.database.size_bytes().await? / MEBIBYTE;
    Ok(Check::ok(CheckName::Database, format!("{}, {size} MiB", engine(context))))
}

async fn trail(context: &Context) -> Result<Check, StorageError> {
    let trail = verify_trail(&context.database).await?;
    Ok(match trail.broken_at {
        None => Check::ok(CheckName::Audit, format!("unbroken: {}", counted(trail.entries, "entry"))),
        Some(id) => {
            Check::fault(CheckName::Audit, format!("the trail is broken at entry {id}"), "compare it with a backup")
        }
    })
}

//! The database, its disk, and the audit trail in it.

use super::Check;
use crate::access::audit::verify_trail;
use crate::config::{Config, DatabaseLocation};
use crate::context::Context;
use crate::storage::{Engine, StorageError};

const MEBIBYTE: u64 = 1024 * 1024;
/// Below this a node stops working within days of a large import.
const SCARCE: u64 = 1024 * MEBIBYTE;
/// Below this the next transactions fail.
const NEARLY_NONE: u64 = 100 * MEBIBYTE;

/// An open database is durable and of this version: it is refused otherwise.
pub(super) async fn check_database(context: &Context) -> Result<Check, StorageError> {
    if !context.database.is_whole().await? {
        let advice = "stop the node, copy the file for an examination, and put a backup in its place";
        return Ok(Check::fault("database", "the file is damaged", advice));
    }
    let engine = match context.database.engine() {
        Engine::Sqlite => "SQLite",
        Engine::Postgres => "PostgreSQL",
    };
    let size = context.database.size_bytes().await? / MEBIBYTE;
    Ok(Check::ok("database", format!("{engine}, durable, of this version, {size} MiB")))
}

pub(super) async fn check_trail(context: &Context) -> Result<Check, StorageError> {
    let trail = verify_trail(&context.database).await?;
    Ok(match trail.broken_at {
        None => Check::ok("audit", format!("all {} entries follow from each other", trail.entries)),
        Some(id) => Check::fault("audit", format!("the trail is broken at entry {id}"), "compare it with a backup"),
    })
}

/// The room on the disk of the node's own database file; a server's disk is its own matter.
pub(super) fn check_space(config: &Config) -> Option<Check> {
    let DatabaseLocation::Sqlite(file) = config.database.url.location() else { return None };
    let folder = file.parent()?;
    Some(match rustix::fs::statvfs(folder) {
        Ok(found) => judge_space(found.f_bavail.saturating_mul(found.f_frsize)),
        Err(cause) => Check::warning("space", format!("{}: {cause}", folder.display()), "look at the disk by hand"),
    })
}

fn judge_space(free: u64) -> Check {
    let text = format!("{} MiB are free for the database", free / MEBIBYTE);
    match free {
        ..NEARLY_NONE => Check::fault("space", text, "make room at once: nothing is lost, but nothing is taken in"),
        NEARLY_NONE..SCARCE => Check::warning("space", text, "make room, or move the database to a larger disk"),
        _ => Check::ok("space", text),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Finding;
    use super::*;

    #[test]
    fn little_room_is_warned_of_and_none_is_a_fault() {
        assert_eq!(judge_space(SCARCE).status, Finding::Ok);
        assert_eq!(judge_space(SCARCE - 1).status, Finding::Warning);
        assert_eq!(judge_space(NEARLY_NONE - 1).status, Finding::Fault);
    }
}

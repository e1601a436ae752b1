//! The room that is left on the disk.

use crate::config::{Config, DatabaseLocation};
use crate::health::check::{Check, CheckName};

const MEBIBYTE: u64 = 1024 * 1024;
/// Below this a node stops working within days of a large import.
const SCARCE: u64 = 1024 * MEBIBYTE;
/// Below this the next transactions fail.
const NEARLY_NONE: u64 = 100 * MEBIBYTE;

/// The room on the disk of the node's own database file; a server's disk is its own matter.
pub(in crate::health) fn check(config: &Config) -> Option<Check> {
    let DatabaseLocation::Sqlite(file) = config.database.url.location() else { return None };
    let folder = file.parent()?;
    Some(match rustix::fs::statvfs(folder) {
        Ok(found) => judge_space(found.f_bavail.saturating_mul(found.f_frsize)),
        Err(cause) => {
            Check::warning(CheckName::Disk, format!("{}: {cause}", folder.display()), "look at the disk by hand")
        }
    })
}

fn judge_space(free: u64) -> Check {
    let text = format!("{} MiB are free for the database", free / MEBIBYTE);
    match free {
        ..NEARLY_NONE => {
            Check::fault(CheckName::Disk, text, "make room at once: nothing is lost, but nothing is taken in")
        }
        NEARLY_NONE..SCARCE => {
            Check::warning(CheckName::Disk, text, "make room, or move the database to a larger disk")
        }
        _ => Check::ok(CheckName::Disk, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::check::Status;

    #[test]
    fn little_room_is_warned_of_and_none_is_a_fault() {
        assert_eq!(judge_space(SCARCE).status, Status::Ok);
        assert_eq!(judge_space(SCARCE - 1).status, Status::Warning);
        assert_eq!(judge_space(NEARLY_NONE - 1).status, Status::Fault);
    }
}

//! The room that is left on the disks of the node's folder and of its database.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use crate::access::alert::{AlertKind, Cause};
use crate::config::Config;
use crate::config::section::DatabaseLocation;
use crate::health::check::{Check, CheckName};

const MEBIBYTE: u64 = 1024 * 1024;
/// Below this a node stops working within days of a large import.
const SCARCE: u64 = 1024 * MEBIBYTE;
/// Below this the next transactions fail.
const NEARLY_NONE: u64 = 100 * MEBIBYTE;
/// Below this no report can be written.
const NONE: u64 = MEBIBYTE;
/// A large disk is scarce when less than one of so many parts is free …
const SCARCE_PART: u64 = 20;
/// … and less than this.
const SCARCE_ON_LARGE: u64 = 5 * SCARCE;

/// How much room there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Bytes that this user may still write.
    pub free: u64,
    /// Bytes of the whole disk.
    pub size: u64,
}

/// Returns the disks by their content, each once. A database server's disk is its own matter.
#[must_use]
pub fn rooms(config: &Config) -> Vec<(&'static str, std::io::Result<Room>)> {
    let mut folders = vec![("folder", config.folder.as_path())];
    if let DatabaseLocation::Sqlite(file) = config.database.url.location()
        && let Some(folder) = file.parent()
        && device(folder) != device(&config.folder)
    {
        folders.push(("database", folder));
    }
    folders.into_iter().map(|(name, folder)| (name, room(folder))).collect()
}

fn device(folder: &Path) -> Option<u64> {
    std::fs::metadata(folder).ok().map(|found| found.dev())
}

fn room(folder: &Path) -> std::io::Result<Room> {
    let found = rustix::fs::statvfs(folder)?;
    let bytes = |blocks: u64| blocks.saturating_mul(found.f_frsize);
    Ok(Room { free: bytes(found.f_bavail), size: bytes(found.f_blocks) })
}

pub(in crate::health) fn check(config: &Config) -> Vec<Check> {
    let check = |(name, room): (&'static str, std::io::Result<Room>)| match room {
        Ok(room) => judge(name, room),
        Err(cause) => Check::warning(CheckName::Disk, cause.to_string(), "look at the disk by hand").about(name),
    };
    rooms(config).into_iter().map(check).collect()
}

fn judge(name: &'static str, room: Room) -> Check {
    let Room { free, size } = room;
    let percent = free.saturating_mul(100).checked_div(size).unwrap_or(0);
    let text = format!("{} MiB are free, {percent} % of the disk", free / MEBIBYTE);
    let is_scarce = free < SCARCE || (free < size / SCARCE_PART && free < SCARCE_ON_LARGE);
    let (check, stage) = match free {
        ..NONE => {
            let advice = "make room at once: nothing is lost, but nothing is taken in";
            (Check::stop(CheckName::Disk, format!("the disk is full: {text}"), advice), "full")
        }
        NONE..NEARLY_NONE => {
            let advice = "make room at once, or the node takes nothing in any more";
            (Check::fault(CheckName::Disk, text, advice), "nearly full")
        }
        _ if is_scarce => {
            (Check::warning(CheckName::Disk, text, "make room, or move the database to a larger disk"), "scarce")
        }
        _ => return Check::ok(CheckName::Disk, text).about(name),
    };
    let text = format!("{}; {}", check.text, check.advice.as_deref().unwrap_or_default());
    let cause =
        Cause::new(AlertKind::Disk, name, text).at(stage).with("mebibytes", free / MEBIBYTE).with("percent", percent);
    check.about(name).calling([cause])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::check::Status;

    #[test]
    fn little_room_is_warned_of_less_is_a_fault_and_none_stops_the_node() {
        let large = 2_000 * SCARCE;
        for (free, size, status, stage) in [
            (SCARCE, 2 * SCARCE, Status::Ok, None),
            (SCARCE - 1, 2 * SCARCE, Status::Warning, Some("scarce")),
            (SCARCE_ON_LARGE, large, Status::Ok, None),
            (SCARCE_ON_LARGE - 1, large, Status::Warning, Some("scarce")),
            (NEARLY_NONE - 1, large, Status::Fault, Some("nearly full")),
            (NONE, 8 * NONE, Status::Fault, Some("nearly full")),
            (NONE - 1, 8 * NONE, Status::Fault, Some("full")),
            (0, 0, Status::Fault, Some("full")),
        ] {
            let check = judge("folder", Room { free, size });
            assert_eq!((check.status, check.stops), (status, free < NONE), "{free} of {size}");
            let stages: Vec<String> = check.causes("fr-example").into_iter().map(|cause| cause.stage).collect();
            assert_eq!(stages, stage.into_iter().collect::<Vec<_>>(), "{free} of {size}");
        }
    }
}

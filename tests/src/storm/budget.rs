//! The most that honest nodes take of one author in a day, and the growth of their disks that this allows.
//!
//! A database writes more than it is given. Of each entry it keeps rows (the entry, its report, its subject) and an
//! index entry for each of their keys, at any entry length. Of each byte it keeps the byte, sealed in a body, on pages
//! that are not filled to their end. Measured: 60,170 entries of 45 MiB made a database of SQLite 70 MiB bigger, and
//! 43,898 of 33 MiB one of PostgreSQL 47 MiB, honest traffic included: 1.5 bytes a byte. Two bytes a byte and half a
//! KiB an entry leave room for entries that are shorter than those.

use serde::Serialize;

/// An author's day, as the honest nodes of a storm are configured: little enough for an attack of some minutes to use up.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Budget {
    /// Entries (`exchange.day_maximum_entries`).
    pub entries: u32,
    /// Mebibytes of headers and bodies (`exchange.day_maximum_mebibytes`).
    pub mebibytes: u32,
    /// New epochs (`exchange.day_maximum_epochs`).
    pub epochs: u32,
}

/// Bytes on disk for a byte that is taken.
const DISK_OF_A_BYTE: u64 = 2;
/// Bytes on disk for an accepted entry of any length.
const DISK_OF_AN_ENTRY: u64 = 512;
/// Mebibytes for everything else. SQLite's write-ahead log takes 64: it is moved into the database only at that length.
/// The rest: the honest hotlines' own reports and the public's (some 5 in ten minutes), and the node's records of
/// refusals.
const DISK_OF_OTHERS_MIB: u64 = 96;
/// The most that is applied at once: the excess beyond a day's end.
const RUN_ENTRIES: u64 = 1_024;
const RUN_MIB: u64 = 4;

impl Default for Budget {
    fn default() -> Self {
        Self { entries: 50_000, mebibytes: 48, epochs: 8 }
    }
}

impl Budget {
    /// Returns a node's allowed growth, in mebibytes, where so many authors are hostile on so many days.
    #[must_use]
    pub fn disk_mib(&self, authors: u64, days: u64) -> u64 {
        let (entries, bytes) = (u64::from(self.entries) + RUN_ENTRIES, u64::from(self.mebibytes) + RUN_MIB);
        let of_author = bytes * DISK_OF_A_BYTE + (entries * DISK_OF_AN_ENTRY).div_ceil(1_024 * 1_024);
        of_author * authors * days + DISK_OF_OTHERS_MIB
    }

    /// A sentence where more was taken than a day's budget and one run.
    #[must_use]
    pub(super) fn exceeded(&self, taken: &Today) -> Option<String> {
        let most = [
            ("entries", taken.entries, u64::from(self.entries) + RUN_ENTRIES),
            ("bytes", taken.bytes, (u64::from(self.mebibytes) + RUN_MIB) * 1_024 * 1_024),
            ("epochs", taken.epochs, u64::from(self.epochs)),
        ];
        let (what, taken, most) = most.into_iter().find(|(_, taken, most)| taken > most)?;
        Some(format!("took {taken} {what} of the hostile member's log in a day, {most} are the most"))
    }
}

/// The amount that a node took of an author today, as `peer show` tells it.
#[derive(Debug, Default, Clone, Copy, Serialize, serde::Deserialize)]
pub(super) struct Today {
    pub(super) entries: u64,
    pub(super) bytes: u64,
    pub(super) epochs: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUDGET: Budget = Budget { entries: 2_000, mebibytes: 8, epochs: 2 };

    #[test]
    fn a_day_and_the_run_that_ends_it_are_taken_and_no_entry_more() {
        let most = Today { entries: 3_024, bytes: 12 * 1_024 * 1_024, epochs: 2 };
        assert_eq!(BUDGET.exceeded(&most), None);
        for more in [
            Today { entries: most.entries + 1, ..most },
            Today { bytes: most.bytes + 1, ..most },
            Today { epochs: most.epochs + 1, ..most },
        ] {
            assert!(BUDGET.exceeded(&more).is_some(), "{more:?}");
        }
    }

    #[test]
    fn each_hostile_author_and_each_day_may_take_its_room() {
        let once = BUDGET.disk_mib(1, 1) - DISK_OF_OTHERS_MIB;
        assert_eq!(BUDGET.disk_mib(3, 2), 6 * once + DISK_OF_OTHERS_MIB);
    }
}

//! The number of one author's entries about one report that take part in the fold.
//!
//! An author able to make a report as long as it likes could make every member's work on it just as long.

use std::collections::HashSet;

use super::seen::Seen;
use crate::bytes::Hash;

/// Entries of one author about one report that take part in its fold (specification, section 5).
pub const REPORT_ENTRIES_LIMIT: usize = 1_024;

/// The part beyond the limit.
#[derive(Debug, Default)]
pub(super) struct Beyond {
    /// All of it.
    all: HashSet<Hash>,
    /// Of each author the first one: the one that is judged.
    first: HashSet<Hash>,
}

impl Beyond {
    /// Of entries about one report, in any order; each author's are counted in the order of its log.
    pub(super) fn of(seen: &[Seen<'_>], limit: usize) -> Self {
        let mut beyond = Self::default();
        // Nearly every report: it costs nothing.
        if seen.len() <= limit {
            return beyond;
        }
        let mut ordered: Vec<&Seen<'_>> = seen.iter().collect();
        ordered.sort_unstable_by_key(|entry| (entry.log, entry.place, entry.hash));
        ordered.dedup_by_key(|entry| entry.hash);
        for of_author in ordered.chunk_by(|one, next| one.log == next.log) {
            let late = of_author.get(limit..).unwrap_or_default();
            beyond.first.extend(late.first().map(|entry| entry.hash));
            beyond.all.extend(late.iter().map(|entry| entry.hash));
        }
        beyond
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(super) fn contains(&self, entry: &Seen<'_>) -> bool {
        self.all.contains(&entry.hash)
    }

    pub(super) fn is_first(&self, entry: &Seen<'_>) -> bool {
        self.first.contains(&entry.hash)
    }
}

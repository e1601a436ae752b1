//! Entries by their hashes.

use super::seen::Seen;
use crate::bytes::Hash;

/// Entries in the order of their hashes, each once.
pub(super) struct ByHash<'a>(pub(super) Vec<Seen<'a>>);

impl<'a> ByHash<'a> {
    pub(crate) fn of(seen: &[Seen<'a>]) -> Self {
        let mut entries = seen.to_vec();
        entries.sort_unstable_by_key(|entry| entry.hash);
        entries.dedup_by_key(|entry| entry.hash);
        Self(entries)
    }

    /// All of them.
    pub(super) fn all(&self) -> &[Seen<'a>] {
        &self.0
    }

    /// The place of the entry with this hash.
    pub(super) fn place(&self, hash: &Hash) -> Option<usize> {
        self.0.binary_search_by(|entry| entry.hash.cmp(hash)).ok()
    }

    /// The place of the entry that the one at `place` names as `ref`.
    pub(super) fn before(&self, place: usize) -> Option<usize> {
        self.place(&self.0[place].content.reference?)
    }
}

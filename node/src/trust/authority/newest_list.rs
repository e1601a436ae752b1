//! Of all lists in all files, those that count: for each issuer the newest.

use std::cmp::Reverse;
use std::collections::HashSet;

use webpki::CertRevocationList;

use super::revocation_list::RevocationList;
use crate::watched_file::WatchedFile;

/// The newest list of each scope; the chain's library takes the first that fits.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct NewestLists(Vec<RevocationList>);

impl NewestLists {
    /// Returns the newest lists in the files at `now` (seconds since 1970). Where all lists about the same in the files
    /// are yet to come, the list that counted `before` counts on.
    pub(super) fn of(files: &[WatchedFile<Vec<RevocationList>>], now: i64, before: &Self) -> Self {
        let here: Vec<RevocationList> = files.iter().flat_map(|file| file.content().to_vec()).collect();
        let (mut all, to_come): (Vec<_>, Vec<_>) = here.into_iter().partition(|list| list.has_begun(now));
        let is_about =
            |lists: &[RevocationList], one: &RevocationList| lists.iter().any(|list| list.scope() == one.scope());
        let kept = before.0.iter().filter(|list| is_about(&to_come, list) && !is_about(&all, list));
        let kept: Vec<RevocationList> = kept.cloned().collect();
        all.extend(kept);
        // Stable: of two that were made at once the one counts that was named first.
        all.sort_by_key(|list| Reverse(list.this_update()));
        let mut seen = HashSet::new();
        all.retain(|list| {
            let (issuer, point) = list.scope();
            seen.insert((issuer.to_vec(), point.map(<[u8]>::to_vec)))
        });
        Self(all)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &RevocationList> {
        self.0.iter()
    }

    /// Those that are beyond their date at `now` (seconds since 1970).
    pub(super) fn stale(&self, now: i64) -> impl Iterator<Item = &RevocationList> {
        self.0.iter().filter(move |list| list.is_stale(now))
    }

    pub(super) fn for_chain(&self) -> Vec<&CertRevocationList<'static>> {
        self.0.iter().map(RevocationList::for_chain).collect()
    }
}

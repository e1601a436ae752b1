//! Of all lists in all files, those that count: for each issuer the newest.

use std::cmp::Reverse;
use std::collections::HashSet;

use webpki::CertRevocationList;

use super::revocation_list::RevocationList;
use crate::watched_file::WatchedFile;

/// The newest list of each scope; the chain's library takes the first that fits.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NewestLists(Vec<RevocationList>);

impl NewestLists {
    /// Of what the files hold.
    pub(super) fn of(files: &[WatchedFile<Vec<RevocationList>>]) -> Self {
        let mut all: Vec<RevocationList> = files.iter().flat_map(|file| file.content().to_vec()).collect();
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

//! The federation's own certificate authority, where the configuration names one.
//!
//! It is asked besides the pin, never in its place: a thief of the authority's key gets in nowhere by it. Its word may
//! change while the node runs: its revocation lists are read again when they change.
//!
//! `issuers` reads the authority's certificates, `revocation_list` one list, `list_file` a file of them, `newest_list` chooses
//! those that count; `chain` judges a certificate by all of these.

mod bounded_file;
mod chain;
mod error;
mod issuers;
mod list_file;
mod newest_list;
mod purpose;
mod revocation_list;
mod signature;
#[cfg(test)]
pub(crate) mod test_authority;
#[cfg(test)]
mod tests;
mod unix_time;
mod warning;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering};

use arc_swap::ArcSwap;
pub use error::AuthorityRefused;
use issuers::Issuers;
use list_file::ListFile;
use newest_list::NewestLists;
pub use revocation_list::{RevocationList, RevocationListRefused};
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls_pki_types::CertificateDer;
pub use warning::AuthorityWarning;

use super::certificate::Validity;
use super::handshake::provider;
use super::own::ShownCertificate;
use crate::config::section::{AuthoritySection, Revocation, StaleList};
use crate::config::{ConfigFault, ConfigFaults};
use crate::watched_file::WatchedFile;

/// The authority as its files say. One a node, shared by all its handshakes.
#[derive(Debug)]
pub struct Authority {
    issuers: Arc<Issuers>,
    files: Vec<WatchedFile<Vec<RevocationList>>>,
    lists: ArcSwap<NewestLists>,
    stale_list: StaleList,
    depth: Revocation,
    /// Seconds since 1970, as they were when files were looked at last.
    now: Arc<AtomicI64>,
    /// How many lists were beyond their date when it was looked last.
    stale: AtomicUsize,
    /// Whether a list was yet to come when it was looked last.
    had_to_come: AtomicBool,
    version: AtomicU64,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Authority {
    /// Reads the files that the section names, at `now` (seconds since 1970); `None` where there is no authority. Every
    /// faulty file is named with its key.
    pub fn open(section: &AuthoritySection, now: i64) -> Result<Option<Arc<Self>>, ConfigFaults> {
        if !section.is_there() {
            return Ok(None);
        }
        let issuers = Arc::new(Issuers::read(&section.certificates)?);
        let present = Arc::new(AtomicI64::new(now));
        let mut faults = Vec::new();
        let mut files = Vec::new();
        for (place, path) in section.revocation_lists.iter().enumerate() {
            let file = ListFile::new(Arc::clone(&issuers), Arc::clone(&present));
            match WatchedFile::open(path, move |path| file.read(path)) {
                Ok(file) => files.push(file),
                Err(fault) => faults.push(ConfigFault::new(AuthoritySection::key("revocation_lists", place), fault)),
            }
        }
        if !faults.is_empty() {
            return Err(faults.into());
        }
        Ok(Some(Arc::new(Self {
            issuers,
            lists: ArcSwap::from_pointee(NewestLists::of(&files, now, &NewestLists::default())),
            files,
            stale_list: section.stale_revocation_list,
            depth: section.revocation,
            now: present,
            stale: AtomicUsize::new(0),
            had_to_come: AtomicBool::new(true),
            version: AtomicU64::new(0),
            algorithms: provider().signature_verification_algorithms,
        })))
    }

    /// Whether a node's certificate (DER, with its validity) comes from the authority as things stand at `now` (seconds
    /// since 1970). `intermediates` are those that came with it.
    pub fn check(
        &self,
        leaf: &[u8],
        validity: Validity,
        intermediates: &[CertificateDer<'_>],
        now: i64,
    ) -> Result<(), AuthorityRefused> {
        let lists = self.lists.load();
        let refuse_stale = self.stale_list == StaleList::Refuse;
        let (issuers, depth, algorithms) = (&*self.issuers, self.depth, self.algorithms.all);
        let wants_lists = !self.files.is_empty();
        let judge = chain::Judge { issuers, lists: &lists, wants_lists, refuse_stale, depth, algorithms };
        judge.check(leaf, validity, intermediates, now)
    }

    /// Reads the files again that changed; whether certificates are judged otherwise from now on. A faulty file leaves the
    /// lists as they were and is told by [`Authority::warnings`]. Blocks while it reads.
    pub fn refresh(&self, now: i64) -> bool {
        self.now.store(now, Ordering::SeqCst);
        // Looks at each file, even after a change in one before it.
        let read = self.files.iter().map(WatchedFile::refresh).fold(false, |any, new| any | new);
        let mut changed = false;
        // One that was dated ahead begins to count by itself.
        if read || self.to_come(now).next().is_some() || self.had_to_come.load(Ordering::SeqCst) {
            let newest = NewestLists::of(&self.files, now, &self.lists.load());
            self.had_to_come.store(self.to_come(now).next().is_some(), Ordering::SeqCst);
            changed = newest != **self.lists.load();
            self.lists.store(Arc::new(newest));
        }
        let stale = self.lists.load().stale(now).count();
        let before = self.stale.swap(stale, Ordering::SeqCst);
        changed |= before != stale && self.stale_list == StaleList::Refuse;
        if changed {
            self.version.fetch_add(1, Ordering::SeqCst);
        }
        changed
    }

    /// Rises with every change that [`Authority::refresh`] finds.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::SeqCst)
    }

    /// Whether certificates are held against revocation lists.
    #[must_use]
    pub const fn has_lists(&self) -> bool {
        !self.files.is_empty()
    }

    /// Returns the matters that want attention at `now` (seconds since 1970): its files, and this node's own
    /// certificate.
    #[must_use]
    pub fn warnings(&self, own: &ShownCertificate, now: i64) -> Vec<AuthorityWarning> {
        let refused = own.check_chain(self, now).err();
        self.file_warnings(now).into_iter().chain(refused.map(AuthorityWarning::OwnCertificate)).collect()
    }

    /// Returns the matters of its files that want attention at `now` (seconds since 1970).
    #[must_use]
    pub fn file_warnings(&self, now: i64) -> Vec<AuthorityWarning> {
        let faults = self.files.iter().filter_map(WatchedFile::fault);
        let faults = faults.map(|fault| AuthorityWarning::FileFaulty { fault });
        let lists = self.lists.load();
        let ends = lists.iter().filter_map(|list| AuthorityWarning::of_list(list, self.stale_list, now));
        let to_come = self.to_come(now).map(|list| AuthorityWarning::of_list_to_come(&list));
        faults.chain(to_come).chain(ends).chain(self.issuers.ends(now)).collect()
    }

    /// The lists that are dated ahead of `now` (seconds since 1970).
    fn to_come(&self, now: i64) -> impl Iterator<Item = RevocationList> {
        let all = self.files.iter().flat_map(|file| file.content().to_vec());
        all.filter(move |list| !list.has_begun(now))
    }
}

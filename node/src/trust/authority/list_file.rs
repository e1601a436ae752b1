//! A file of revocation lists: several in PEM, or one in DER.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rustls_pki_types::CertificateRevocationListDer;
use rustls_pki_types::pem::PemObject as _;
use thiserror::Error;

use super::bounded_file::{FileUnreadable, read_bounded};
use super::issuers::Issuers;
use super::revocation_list::{RevocationList, RevocationListRefused, parse};
use super::signature::Unsigned;
use crate::trust::certificate::plain;

/// Why a file of lists cannot be used.
#[derive(Debug, Error)]
pub(super) enum ListRefused {
    #[error(transparent)]
    File(#[from] FileUnreadable),
    #[error("it holds no revocation list in PEM or DER")]
    Nothing,
    #[error("the PEM in it cannot be read")]
    Pem,
    #[error(transparent)]
    Form(#[from] RevocationListRefused),
    #[error("a revocation list in it is from {0}, which is not among authority.certificates")]
    IssuerUnknown(String),
    #[error("the signature of a revocation list in it does not hold, or {0} may not sign lists")]
    Signature(String),
    #[error(
        "the revocation list of {0} in it is signed in a way that is not taken (ECDSA, RSA and Ed25519 are, with SHA-256 or more)"
    )]
    Algorithm(String),
    #[error("the revocation list of {0} in it is older than the one that was there")]
    Older(String),
}

/// Reads one file again and again.
pub(super) struct ListFile {
    issuers: Arc<Issuers>,
    /// Seconds since 1970, as they were when files were looked at last.
    now: Arc<AtomicI64>,
    /// When the newest list of each scope was made that stood in this file.
    newest: Mutex<HashMap<Scope, i64>>,
}

/// An issuer's name and an issuing distribution point, in DER.
type Scope = (Vec<u8>, Option<Vec<u8>>);

impl ListFile {
    pub(super) fn new(issuers: Arc<Issuers>, now: Arc<AtomicI64>) -> Self {
        Self { issuers, now, newest: Mutex::default() }
    }

    /// The lists in the file, each signed by its issuer; or a sentence that names the file and its fault.
    pub(super) fn read(&self, path: &Path) -> Result<Vec<RevocationList>, String> {
        self.read_lists(path).map_err(|refused| format!("{}: {refused}", path.display()))
    }

    fn read_lists(&self, path: &Path) -> Result<Vec<RevocationList>, ListRefused> {
        let content = read_bounded(path)?;
        let lists = ders(&plain(&content))?.iter().map(|der| self.read_signed(der)).collect::<Result<Vec<_>, _>>()?;
        // Of several about the same, the newest counts.
        let mut here: HashMap<Scope, &RevocationList> = HashMap::new();
        for list in &lists {
            let known = here.entry(scope(list)).or_insert(list);
            if list.this_update() > known.this_update() {
                *known = list;
            }
        }
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        for (scope, list) in &here {
            // An older one would let in a certificate that a newer one has named: a mirror lags behind, or somebody put
            // an old file back.
            if newest.get(scope).is_some_and(|made| list.this_update() < *made) {
                return Err(ListRefused::Older(list.issuer_name().to_owned()));
            }
        }
        // One that is dated ahead by mistake must not keep the right one out.
        let now = self.now.load(Ordering::SeqCst);
        let begun = here.into_iter().filter(|(_, list)| list.has_begun(now));
        newest.extend(begun.map(|(scope, list)| (scope, list.this_update())));
        Ok(lists)
    }

    pub(super) fn read_signed(&self, der: &[u8]) -> Result<RevocationList, ListRefused> {
        let list = RevocationList::read(der)?;
        let parsed = parse(der)?;
        if !self.issuers.issues(&parsed) {
            return Err(ListRefused::IssuerUnknown(list.issuer_name().to_owned()));
        }
        match self.issuers.have_signed(&parsed, der) {
            Ok(()) => Ok(list),
            Err(Unsigned::Wrong) => Err(ListRefused::Signature(list.issuer_name().to_owned())),
            Err(Unsigned::UnknownKind) => Err(ListRefused::Algorithm(list.issuer_name().to_owned())),
        }
    }
}

fn scope(list: &RevocationList) -> Scope {
    let (issuer, point) = list.scope();
    (issuer.to_vec(), point.map(<[u8]>::to_vec))
}

/// The lists (DER) in a file's content.
fn ders(content: &[u8]) -> Result<Vec<CertificateRevocationListDer<'_>>, ListRefused> {
    const SEQUENCE: u8 = 0x30;
    if content.first() == Some(&SEQUENCE) {
        return Ok(vec![CertificateRevocationListDer::from(content)]);
    }
    let found = CertificateRevocationListDer::pem_slice_iter(content);
    let found: Vec<_> = found.collect::<Result<_, _>>().map_err(|_| ListRefused::Pem)?;
    if found.is_empty() { Err(ListRefused::Nothing) } else { Ok(found) }
}

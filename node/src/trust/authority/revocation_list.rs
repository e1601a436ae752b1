//! One revocation list: its issuer, from when and until when it counts, and the certificates that it names.

use std::sync::Arc;

use hotline_protocol::bytes::Hash;
use thiserror::Error;
use webpki::{CertRevocationList, OwnedCertRevocationList};
use x509_parser::prelude::{FromDer as _, X509Version};
use x509_parser::revocation_list::CertificateRevocationList;

/// Longest list that is read, in bytes: about 25,000 revoked certificates, of a federation that has some hundred. A list
/// is hashed at every handshake, so a longer one would make each of them slow.
const LIST_LIMIT: usize = 1024 * 1024;

/// Clocks of an authority and of a node differ by less.
const CLOCKS_DIFFER_SECONDS: i64 = 300;

/// Why something is no revocation list, in anybody's hands.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RevocationListRefused {
    /// Too long.
    #[error("a revocation list in it is over 1 MiB")]
    TooLarge,
    /// Not one list in DER.
    #[error("a revocation list in it cannot be read")]
    Encoding,
    /// A list of version 1: OpenSSL makes it unless it is told otherwise.
    #[error(
        "a revocation list in it is of version 1; the authority must make lists of version 2, with a number (openssl ca: \
         crl_extensions)"
    )]
    Version,
    /// A list without the date of the next one.
    #[error("a revocation list in it does not say when the next one comes (nextUpdate)")]
    NextUpdate,
    /// A list of changes alone.
    #[error("a revocation list in it holds changes alone (a delta); the whole list is needed")]
    Delta,
    /// A list that names other issuers' certificates, or tells some reasons alone.
    #[error("a revocation list in it is not about all that its issuer has issued (indirect, or by reason)")]
    Partial,
    /// An extension that must be understood, and is not.
    #[error("a revocation list in it demands what this node does not know (a critical extension)")]
    Critical,
    /// It ends before it begins.
    #[error("a revocation list in it ends before it begins")]
    Dates,
}

impl RevocationListRefused {
    fn of(refused: &webpki::Error) -> Self {
        use webpki::Error;
        match refused {
            Error::UnsupportedCrlVersion => Self::Version,
            Error::UnsupportedDeltaCrl => Self::Delta,
            Error::UnsupportedIndirectCrl
            | Error::UnsupportedCrlIssuingDistributionPoint
            | Error::UnsupportedRevocationReasonsPartitioning => Self::Partial,
            Error::UnsupportedCriticalExtension => Self::Critical,
            _ => Self::Encoding,
        }
    }
}

/// A list of the right form. That the authority signed it is not said by it.
#[derive(Debug, Clone)]
pub struct RevocationList {
    list: Arc<CertRevocationList<'static>>,
    issuer: String,
    this_update: i64,
    next_update: i64,
    digest: Hash,
}

impl RevocationList {
    /// Reads one list (DER), whole and version 2 (RFC 5280, section 5). Its signature is not checked.
    pub fn read(der: &[u8]) -> Result<Self, RevocationListRefused> {
        let parsed = parse(der)?;
        // Checks before the library is asked: it says of all these only that the bytes are bad.
        if parsed.version() != Some(X509Version::V2) {
            return Err(RevocationListRefused::Version);
        }
        let next_update = parsed.next_update().ok_or(RevocationListRefused::NextUpdate)?.timestamp();
        let list = OwnedCertRevocationList::from_der(der).map_err(|refused| RevocationListRefused::of(&refused))?;
        let this_update = parsed.last_update().timestamp();
        if next_update < this_update {
            return Err(RevocationListRefused::Dates);
        }
        Ok(Self {
            list: Arc::new(list.into()),
            issuer: parsed.issuer().to_string(),
            this_update,
            next_update,
            digest: Hash::of(&[der]),
        })
    }

    /// Whether it counts already at `now` (seconds since 1970). One that is dated ahead may have been made by a wrong
    /// clock. Or it is for a later day, and the certificates that it must name then are not known yet. Clocks differ by
    /// some minutes.
    #[must_use]
    pub const fn has_begun(&self, now: i64) -> bool {
        self.this_update <= now.saturating_add(CLOCKS_DIFFER_SECONDS)
    }

    /// Whether it is beyond its date at `now` (seconds since 1970).
    #[must_use]
    pub const fn is_stale(&self, now: i64) -> bool {
        now >= self.next_update
    }

    /// When it was made: seconds since 1970.
    #[must_use]
    pub const fn this_update(&self) -> i64 {
        self.this_update
    }

    /// When there must be a newer one: seconds since 1970.
    #[must_use]
    pub const fn next_update(&self) -> i64 {
        self.next_update
    }

    /// Returns its issuer, for people.
    #[must_use]
    pub fn issuer_name(&self) -> &str {
        &self.issuer
    }

    /// Its issuer's name in DER, as in a certificate of it.
    pub(super) fn issuer(&self) -> &[u8] {
        self.list.issuer()
    }

    /// Returns the part of its issuer's certificates that it is about; newer lists take the place of older ones about
    /// the same.
    pub(super) fn scope(&self) -> (&[u8], Option<&[u8]>) {
        (self.list.issuer(), self.list.issuing_distribution_point())
    }

    pub(super) fn for_chain(&self) -> &CertRevocationList<'static> {
        &self.list
    }
}

/// The same list: byte for byte.
impl PartialEq for RevocationList {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

impl Eq for RevocationList {}

/// The list as it is written, so that its signature can be checked.
pub(super) fn parse(der: &[u8]) -> Result<CertificateRevocationList<'_>, RevocationListRefused> {
    if der.len() > LIST_LIMIT {
        return Err(RevocationListRefused::TooLarge);
    }
    match CertificateRevocationList::from_der(der) {
        Ok(([], list)) => Ok(list),
        _ => Err(RevocationListRefused::Encoding),
    }
}

//! The authority's own certificates: its roots, and those between them and the nodes.

use std::path::{Path, PathBuf};

use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, TrustAnchor};
use thiserror::Error;
use webpki::Error as ChainError;
use x509_parser::prelude::{FromDer as _, X509Certificate};
use x509_parser::revocation_list::CertificateRevocationList;

use super::bounded_file::{FileUnreadable, read_bounded};
use super::signature::{Unsigned, check_signature, is_known_key};
use super::unix_time::unix_time;
use super::warning::AuthorityWarning;
use crate::config::section::AuthoritySection;
use crate::config::{ConfigFault, ConfigFaults};
use crate::trust::certificate::{Validity, plain};

/// Why a file of certificates cannot be used.
#[derive(Debug, Error)]
enum IssuerRefused {
    #[error(transparent)]
    File(#[from] FileUnreadable),
    #[error("it holds no certificate in PEM or DER")]
    Nothing,
    #[error("the PEM in it cannot be read")]
    Pem,
    #[error("a certificate in it cannot be read")]
    Encoding,
    #[error("{0} is no authority's certificate: it may not sign certificates (CA:TRUE, keyCertSign)")]
    NoAuthority(String),
    #[error("{0} is named by two certificates with different keys: which of them signed a list cannot be told")]
    SameName(String),
    #[error(
        "the key of {0} is of a kind that is not taken (P-256, P-384, P-521, RSA of 2048 to 8192 bits and Ed25519 are)"
    )]
    KeyType(String),
    #[error("{0} names itself as its issuer, and its signature does not hold")]
    Signature(String),
}

/// The authority's certificates.
#[derive(Debug)]
pub(super) struct Issuers {
    /// Roots, with the validity of each at the same place.
    anchors: Vec<TrustAnchor<'static>>,
    validities: Vec<Validity>,
    intermediates: Vec<CertificateDer<'static>>,
    /// The subject and the end of each of them.
    named: Vec<(String, i64)>,
    all: Vec<CertificateDer<'static>>,
}

impl Issuers {
    /// Reads the files; every faulty one is named with its key.
    pub(super) fn read(paths: &[PathBuf]) -> Result<Self, ConfigFaults> {
        let mut issuers = Self {
            anchors: Vec::new(),
            validities: Vec::new(),
            intermediates: Vec::new(),
            named: Vec::new(),
            all: Vec::new(),
        };
        let mut faults = Vec::new();
        for (place, path) in paths.iter().enumerate() {
            if let Err(refused) = issuers.add_file(path) {
                let fault = format!("{}: {refused}", path.display());
                faults.push(ConfigFault::new(AuthoritySection::key("certificates", place), fault));
            }
        }
        if faults.is_empty() && issuers.anchors.is_empty() {
            let fault = "no root is among them: a certificate that its own key has signed";
            faults.push(ConfigFault::new("authority.certificates", fault));
        }
        if faults.is_empty() { Ok(issuers) } else { Err(faults.into()) }
    }

    fn add_file(&mut self, path: &Path) -> Result<(), IssuerRefused> {
        const SEQUENCE: u8 = 0x30;
        let content = read_bounded(path)?;
        if content.first() == Some(&SEQUENCE) {
            return self.add(CertificateDer::from(content));
        }
        let content = plain(&content);
        let found: Vec<CertificateDer<'static>> =
            CertificateDer::pem_slice_iter(&content).collect::<Result<_, _>>().map_err(|_| IssuerRefused::Pem)?;
        if found.is_empty() {
            return Err(IssuerRefused::Nothing);
        }
        found.into_iter().try_for_each(|der| self.add(der))
    }

    fn add(&mut self, der: CertificateDer<'static>) -> Result<(), IssuerRefused> {
        let certificate = parse(&der).ok_or(IssuerRefused::Encoding)?;
        let subject = certificate.subject().to_string();
        if !may_issue(&der) {
            return Err(IssuerRefused::NoAuthority(subject));
        }
        if !is_known_key(certificate.public_key().raw) {
            return Err(IssuerRefused::KeyType(subject));
        }
        let (not_before, not_after) =
            (certificate.validity().not_before.timestamp(), certificate.validity().not_after.timestamp());
        if certificate.subject().as_raw() == certificate.issuer().as_raw() {
            // A root's own signature proves nothing, and old ones are signed in ways that nobody takes any more. A
            // wrong signature is damage; one that nobody can judge is none.
            if check_signature(&der, certificate.public_key().raw) == Err(Unsigned::Wrong) {
                return Err(IssuerRefused::Signature(subject));
            }
            let anchor = webpki::anchor_from_trusted_cert(&der).map_err(|_| IssuerRefused::Encoding)?;
            self.anchors.push(anchor.to_owned());
            self.validities.push(Validity { not_before, not_after });
        } else {
            self.intermediates.push(der.clone());
        }
        if self.has_another_key(&certificate) {
            return Err(IssuerRefused::SameName(subject));
        }
        self.named.push((subject, not_after));
        self.all.push(der);
        Ok(())
    }

    /// Whether another of these has the same name and another key.
    fn has_another_key(&self, new: &X509Certificate<'_>) -> bool {
        let mut named = self.certificates().filter(|known| known.subject().as_raw() == new.subject().as_raw());
        named.any(|known| known.public_key().raw != new.public_key().raw)
    }

    /// Whether a root has this name, in DER.
    pub(super) fn names_root(&self, subject: &[u8]) -> bool {
        let roots = self.certificates().filter(|known| known.subject().as_raw() == known.issuer().as_raw());
        roots.into_iter().any(|root| root.subject().as_raw() == subject)
    }

    /// Returns the roots of chains.
    pub(super) fn anchors(&self) -> &[TrustAnchor<'static>] {
        &self.anchors
    }

    /// Returns the certificates that may stand in a chain, whether they came with the certificate or not.
    pub(super) fn intermediates(&self) -> &[CertificateDer<'static>] {
        &self.intermediates
    }

    /// Whether a root is valid at `time` (seconds since 1970). A root that was renewed under the same key is the same
    /// anchor: that one of them is valid is enough.
    pub(super) fn check_root(&self, root: &TrustAnchor<'_>, time: i64) -> Result<(), ChainError> {
        let anchors = self.anchors.iter().zip(&self.validities);
        let same = || anchors.clone().filter(|(anchor, _)| *anchor == root).map(|(_, validity)| *validity);
        if same().any(|validity| (validity.not_before..=validity.not_after).contains(&time)) {
            return Ok(());
        }
        let Validity { not_before, not_after } = same().next().ok_or(ChainError::UnknownIssuer)?;
        if time > not_after {
            return Err(ChainError::CertExpired { time: unix_time(time), not_after: unix_time(not_after) });
        }
        if time < not_before {
            return Err(ChainError::CertNotValidYet { time: unix_time(time), not_before: unix_time(not_before) });
        }
        Ok(())
    }

    /// Whether one of these is named as a list's issuer.
    pub(super) fn issues(&self, list: &CertificateRevocationList<'_>) -> bool {
        self.certificates().any(|issuer| issuer.subject().as_raw() == list.issuer().as_raw())
    }

    /// Whether one of these that may sign lists has signed this one (`der` as it came).
    pub(super) fn have_signed(&self, list: &CertificateRevocationList<'_>, der: &[u8]) -> Result<(), Unsigned> {
        let named = self.certificates().filter(|issuer| issuer.subject().as_raw() == list.issuer().as_raw());
        let may_sign = named.filter(|issuer| {
            let usage = issuer.key_usage().ok().flatten();
            usage.is_none_or(|usage| usage.value.crl_sign())
        });
        let mut judged = may_sign.map(|issuer| check_signature(der, issuer.public_key().raw));
        judged.find(|judged| *judged != Err(Unsigned::Wrong)).unwrap_or(Err(Unsigned::Wrong))
    }

    /// Returns those with an end near at `now` (seconds since 1970).
    pub(super) fn ends(&self, now: i64) -> impl Iterator<Item = AuthorityWarning> {
        self.named
            .iter()
            .filter_map(move |(subject, not_after)| AuthorityWarning::of_certificate(subject, *not_after, now))
    }

    fn certificates(&self) -> impl Iterator<Item = X509Certificate<'_>> {
        self.all.iter().filter_map(|der| parse(der))
    }
}

/// Whether a certificate (DER) may sign others: the library looks at the flag alone, and not at the key's usages.
pub(super) fn may_issue(der: &[u8]) -> bool {
    let Some(certificate) = parse(der) else { return false };
    let is_authority = certificate.basic_constraints().is_ok_and(|found| found.is_some_and(|found| found.value.ca));
    let may_sign = certificate.key_usage().is_ok_and(|found| found.is_none_or(|found| found.value.key_cert_sign()));
    is_authority && may_sign
}

pub(super) fn parse(der: &[u8]) -> Option<X509Certificate<'_>> {
    let (rest, certificate) = X509Certificate::from_der(der).ok()?;
    rest.is_empty().then_some(certificate)
}

//! A certificate of this node that the federation's authority issues: asked for with a key of ours, and taken into use
//! with it. The key never leaves the node.

use std::path::Path;

use chrono::{DateTime, Utc};
use hotline_protocol::id::{Network, NodeId};
use hotline_protocol::log::proof_message;
use rustls::sign::CertifiedKey;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use thiserror::Error;
use zeroize::Zeroizing;

use super::exchange_file::exchange_files;
use super::identity::certified;
use super::identity_error::IdentityError;
use super::key_file::{KeyFileError, read_private_key};
use super::own_keys::{NewKey, keep_present_exchange, sign_proof};
use super::self_signed::{issue_exchange_key, request_exchange};
use crate::config::section::KeysSection;
use crate::secret::{SecretError, read_secret_file, write_secret_file};
use crate::trust::authority::{Authority, AuthorityRefused};
use crate::trust::certificate::{CertificateRefused, NodeCertificate, Timeliness, is_authority, own_first, plain};

/// Why an issued certificate is not taken into use.
#[derive(Debug, Error)]
pub enum IssuedRefused {
    /// The caller: the file.
    #[error("the file holds no certificate in PEM or DER; this node's own is needed, with those of its issuers in PEM")]
    NotPem,
    /// The caller: nothing was asked for.
    #[error("no certificate was asked for; begin with: hotline-node identity certificate-request")]
    NotRequested,
    /// The caller: not for the key that waits for it.
    #[error("the certificate is for another key than the one that 'identity certificate-request' asks for")]
    OtherKey,
    /// The caller: peers would refuse its form.
    #[error("{0}; ask the authority for another one, with all that the request has")]
    Certificate(#[from] CertificateRefused),
    /// The caller: another node's.
    #[error("the certificate names {0}, not this node")]
    OtherNode(NodeId),
    /// The caller: its time.
    #[error(
        "the certificate has expired, or is not yet valid; ask the authority for another one, and look at the clock"
    )]
    NotNow,
    /// The caller: peers would refuse its chain.
    #[error("{0}; {advice}", advice = .0.advice_for_own())]
    Authority(#[from] AuthorityRefused),
    /// Ours.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// Ours.
    #[error(transparent)]
    File(#[from] KeyFileError),
}

/// Asks for a certificate over a new key, or again over the one that waits for it unless `anew`: a PKCS#10 request in PEM.
pub fn request_certificate(
    section: &KeysSection,
    (id, organisation): (&NodeId, &str),
    now: DateTime<Utc>,
    anew: bool,
) -> Result<String, KeyFileError> {
    let file = section.requested_key();
    if anew || !file.exists() || is_in_use(section, &file)? {
        write_secret_file(&file, issue_exchange_key()?.as_bytes())?;
    }
    let malformed = || SecretError::Malformed { path: file.clone(), expected: "a private key in PEM (PKCS#8)" };
    let pem = Zeroizing::new(String::from_utf8(read_secret_file(&file)?.to_vec()).map_err(|_| malformed())?);
    Ok(request_exchange(id, organisation, &pem, now)?)
}

/// Whether the waiting key has its certificate already: the process that took it may have been stopped before it was
/// removed.
fn is_in_use(section: &KeysSection, file: &Path) -> Result<bool, KeyFileError> {
    let waiting = read_secret_file(file)?;
    let failed = |cause| SecretError::File { path: section.folder.clone(), cause };
    for other in std::fs::read_dir(&section.folder).map_err(failed)? {
        let other = other.map_err(failed)?.path();
        if other != file && read_secret_file(&other).is_ok_and(|key| key == waiting) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Reads the chain in a file's content, PEM or one certificate in DER. It is this node's certificate, and behind it
/// those of its issuers, in any order in the file.
pub fn read_issued(content: &[u8]) -> Result<Vec<CertificateDer<'static>>, IssuedRefused> {
    const SEQUENCE: u8 = 0x30;
    if content.first() == Some(&SEQUENCE) {
        return Ok(vec![CertificateDer::from(content.to_vec())]);
    }
    let chain = CertificateDer::pem_slice_iter(&plain(content)).collect::<Result<Vec<_>, _>>();
    let chain = chain.ok().filter(|chain| !chain.is_empty()).ok_or(IssuedRefused::NotPem)?;
    Ok(own_first(chain, |certificate| !is_authority(certificate)))
}

/// Keeps an issued certificate under its own name, with the key that was made for it. Where the federation has an
/// authority, it must answer for the certificate as it will for peers.
pub fn keep_issued(
    section: &KeysSection,
    network: &Network,
    id: &NodeId,
    chain: &[CertificateDer<'static>],
    (authority, now): (Option<&Authority>, i64),
) -> Result<NewKey, IssuedRefused> {
    let leaf = chain.first().ok_or(IssuedRefused::NotPem)?.to_vec();
    let certificate = NodeCertificate::read(&leaf)?;
    if certificate.node != *id {
        return Err(IssuedRefused::OtherNode(certificate.node));
    }
    if certificate.validity().at(now) != Timeliness::Valid {
        return Err(IssuedRefused::NotNow);
    }
    let key = requested_key(&section.requested_key(), chain.to_vec())?;
    if let Some(authority) = authority {
        authority.check(&leaf, certificate.validity(), &chain[1..], now)?;
    }
    let proof = sign_proof(&key, &proof_message(network, id, &leaf)).ok_or(IdentityError::KeyMismatch)?;
    keep_present_exchange(section)?;
    let (key_file, certificate_file) = exchange_files(section, &certificate.pin);
    let pem = read_secret_file(&section.requested_key()).map_err(KeyFileError::from)?;
    write_secret_file(&key_file, &pem).map_err(KeyFileError::from)?;
    write_secret_file(&certificate_file, write_pem(chain).as_bytes()).map_err(KeyFileError::from)?;
    Ok(NewKey { bytes: leaf, proof })
}

/// Removes the key that waited: it stands under its certificate's name.
pub fn forget_request(section: &KeysSection) -> Result<(), KeyFileError> {
    let path = section.requested_key();
    std::fs::remove_file(&path).map_err(|cause| SecretError::File { path, cause }.into())
}

/// The key that waits, with the chain that was issued for it.
fn requested_key(file: &Path, chain: Vec<CertificateDer<'static>>) -> Result<CertifiedKey, IssuedRefused> {
    if !file.exists() {
        return Err(IssuedRefused::NotRequested);
    }
    // A file that holds no usable key is said to be so before it is held against the certificate.
    read_private_key(file)?;
    certified(chain, file).map_err(|_| IssuedRefused::OtherKey)
}

fn write_pem(chain: &[CertificateDer<'_>]) -> String {
    let mut pem = String::new();
    for der in chain {
        pem.push_str("-----BEGIN CERTIFICATE-----\n");
        // 64 characters a line (RFC 7468, section 2).
        for line in data_encoding::BASE64.encode(der).as_bytes().chunks(64) {
            pem.push_str(&String::from_utf8_lossy(line));
            pem.push('\n');
        }
        pem.push_str("-----END CERTIFICATE-----\n");
    }
    pem
}

#[cfg(test)]
mod tests;

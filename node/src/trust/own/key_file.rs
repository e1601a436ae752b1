//! The key files of a node, made once by `init` and read at every start.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use hotline_protocol::id::NodeId;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use thiserror::Error;
use zeroize::Zeroizing;

use super::self_signed::{Issued, issue_exchange, issue_office, issue_signing_key};
use crate::config::section::KeysSection;
use crate::secret::{SecretError, read_secret_file, write_secret_file};
use crate::trust::certificate::{is_authority, own_first, without_mark};

/// Why key files could not be made or read.
#[derive(Debug, Error)]
pub enum KeyFileError {
    /// A file.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// Keys are never overwritten.
    #[error("{} is there already: this folder holds a node's keys", .0.display())]
    AlreadyThere(PathBuf),
    /// The cryptographic library refused to make a key or certificate.
    #[error("a key or certificate cannot be made: {0}")]
    NotMade(#[from] rcgen::Error),
}

/// Makes the key pairs of a new node: exchange and office key with certificate, signing key. Refused where one of the
/// files is there already.
pub fn make_key_files(keys: &KeysSection, id: &NodeId, now: DateTime<Utc>) -> Result<(), KeyFileError> {
    let files = [
        keys.exchange_key(),
        keys.exchange_certificate(),
        keys.signing_key(),
        keys.office_key(),
        keys.office_certificate(),
    ];
    if let Some(path) = files.into_iter().find(|path| path.symlink_metadata().is_ok()) {
        return Err(KeyFileError::AlreadyThere(path));
    }
    write_pair(&keys.exchange_key(), &keys.exchange_certificate(), &issue_exchange(id, now)?)?;
    write_pair(&keys.office_key(), &keys.office_certificate(), &issue_office(now)?)?;
    write_secret_file(&keys.signing_key(), issue_signing_key()?.as_bytes())?;
    Ok(())
}

pub(super) fn write_pair(key: &Path, certificate: &Path, issued: &Issued) -> Result<(), KeyFileError> {
    write_secret_file(key, issued.key_pem.as_bytes())?;
    write_secret_file(certificate, issued.certificate_pem.as_bytes())?;
    Ok(())
}

/// Reads a private key in PKCS#8 PEM; it is wiped when it is dropped.
pub(super) fn read_private_key(path: &Path) -> Result<Zeroizing<PrivateKeyDer<'static>>, KeyFileError> {
    let text = read_secret_file(path)?;
    PrivateKeyDer::from_pem_slice(without_mark(&text))
        .map(Zeroizing::new)
        .map_err(|_| SecretError::Malformed { path: path.to_owned(), expected: "a private key in PEM (PKCS#8)" }.into())
}

/// Reads a certificate in PEM with any others that are shown behind it; they may stand in any order.
pub(super) fn read_chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, KeyFileError> {
    let text = read_secret_file(path)?;
    match CertificateDer::pem_slice_iter(without_mark(&text)).collect::<Result<Vec<_>, _>>() {
        Ok(chain) if !chain.is_empty() => Ok(own_first(chain, |certificate| !is_authority(certificate))),
        _ => Err(SecretError::Malformed { path: path.to_owned(), expected: "a certificate in PEM" }.into()),
    }
}

/// Reads a certificate in PEM; of several the first.
pub(super) fn read_certificate(path: &Path) -> Result<CertificateDer<'static>, KeyFileError> {
    let text = read_secret_file(path)?;
    CertificateDer::from_pem_slice(without_mark(&text))
        .map_err(|_| SecretError::Malformed { path: path.to_owned(), expected: "a certificate in PEM" }.into())
}

//! The files of a TLS key beside the present one.

use std::path::PathBuf;

use hotline_protocol::bytes::Hash;

use super::identity_error::IdentityError;
use super::key_file::read_certificate;
use crate::config::section::KeysSection;
use crate::trust::certificate::NodeCertificate;

/// Hexadecimal digits of a key's fingerprint in its file's name.
const NAME_DIGITS: usize = 16;

pub(crate) fn named(section: &KeysSection, what: &str, name: &Hash, ending: &str) -> PathBuf {
    section.folder.join(format!("{what}-{}{ending}", &name.to_string()[..NAME_DIGITS]))
}

/// The pin of the present certificate.
pub(super) fn present_pin(section: &KeysSection) -> Result<Hash, IdentityError> {
    let certificate = read_certificate(&section.exchange_certificate())?;
    Ok(NodeCertificate::read(&certificate)?.pin)
}

/// The own files of a TLS key and its certificate.
pub(super) fn exchange_files(section: &KeysSection, pin: &Hash) -> (PathBuf, PathBuf) {
    (named(section, "exchange", pin, ".pem"), named(section, "exchange", pin, ".crt.pem"))
}

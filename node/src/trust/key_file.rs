//! The key files of a node, made once by `init` and read at every start.

use std::path::Path;

use aws_lc_rs::signature::Ed25519KeyPair;
use chrono::{DateTime, Datelike as _, Days, Utc};
use hotline_protocol::id::NodeId;
use rcgen::{
    CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, SanType,
};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::config::KeysSection;
use crate::secret::{SecretError, read_secret_file, write_secret_file};

/// A certificate of this node is good for a year and a day; warnings begin 60 days before its end.
const VALID_DAYS: u64 = 366;

/// Why key files could not be made or read.
#[derive(Debug, Error)]
pub enum KeyFileError {
    /// A file.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A key or certificate could not be made.
    #[error("a key could not be made: {0}")]
    NotMade(&'static str),
}

/// Makes the key pairs of a new node: exchange and office key with certificate, signing key.
pub fn make_key_files(keys: &KeysSection, id: &NodeId, now: DateTime<Utc>) -> Result<(), KeyFileError> {
    let exchange_names = vec![SanType::URI(name_uri(id).try_into().map_err(|_| KeyFileError::NotMade("name"))?)];
    make_certificate(&keys.exchange_key(), &keys.exchange_certificate(), id.as_str(), exchange_names, now)?;
    let localhost = "localhost".try_into().map_err(|_| KeyFileError::NotMade("name"))?;
    let office_names = vec![SanType::DnsName(localhost), SanType::IpAddress(std::net::Ipv4Addr::LOCALHOST.into())];
    make_certificate(&keys.office_key(), &keys.office_certificate(), "hotline-node office", office_names, now)?;
    let pair = Ed25519KeyPair::generate().map_err(|_| KeyFileError::NotMade("signing key"))?;
    let der = pair.to_pkcs8v1().map_err(|_| KeyFileError::NotMade("signing key"))?;
    write_secret_file(&keys.signing_key(), pem("PRIVATE KEY", der.as_ref()).as_bytes())?;
    Ok(())
}

/// The one URI name of a node's certificate.
#[must_use]
pub fn name_uri(id: &NodeId) -> String {
    format!("hxp://{id}")
}

fn make_certificate(
    key_path: &Path,
    certificate_path: &Path,
    common_name: &str,
    names: Vec<SanType>,
    now: DateTime<Utc>,
) -> Result<(), KeyFileError> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(|_| KeyFileError::NotMade("TLS key"))?;
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, common_name);
    params.subject_alt_names = names;
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    // Midnight before yesterday's end: a peer whose clock is behind takes the certificate at once.
    let (from, to) = (now - Days::new(1), now + Days::new(VALID_DAYS));
    params.not_before = rcgen::date_time_ymd(from.year(), day_number(from.month()), day_number(from.day()));
    params.not_after = rcgen::date_time_ymd(to.year(), day_number(to.month()), day_number(to.day()));
    let certificate = params.self_signed(&key).map_err(|_| KeyFileError::NotMade("certificate"))?;
    let key_pem = Zeroizing::new(key.serialize_pem());
    write_secret_file(key_path, key_pem.as_bytes())?;
    write_secret_file(certificate_path, certificate.pem().as_bytes())?;
    Ok(())
}

fn day_number(number: u32) -> u8 {
    u8::try_from(number).expect("months and days are below 32")
}

fn pem(label: &str, der: &[u8]) -> Zeroizing<String> {
    let mut text = format!("-----BEGIN {label}-----\n");
    let body = Zeroizing::new(data_encoding::BASE64.encode(der));
    for line in body.as_bytes().chunks(64) {
        text.push_str(std::str::from_utf8(line).expect("base64 is ASCII"));
        text.push('\n');
    }
    text.push_str(&format!("-----END {label}-----\n"));
    Zeroizing::new(text)
}

/// Reads a private key in PKCS#8 PEM.
pub fn read_private_key(path: &Path) -> Result<PrivateKeyDer<'static>, KeyFileError> {
    let text = read_secret_file(path)?;
    PrivateKeyDer::from_pem_slice(&text)
        .map_err(|_| SecretError::Malformed { path: path.to_owned(), expected: "a private key in PEM (PKCS#8)" }.into())
}

/// Reads a certificate in PEM.
pub fn read_certificate(path: &Path) -> Result<CertificateDer<'static>, KeyFileError> {
    let text = read_secret_file(path)?;
    CertificateDer::from_pem_slice(&text)
        .map_err(|_| SecretError::Malformed { path: path.to_owned(), expected: "a certificate in PEM" }.into())
}

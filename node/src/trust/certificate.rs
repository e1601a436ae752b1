//! Reading a node's certificate: what TLS shows us before anything is trusted.
//!
//! Trust comes from the pin alone; the other checks keep a certificate that was pinned by mistake, or made for another
//! purpose, from being used. This is the only file that names `x509_parser`.

use hotline_protocol::bytes::Hash;
use hotline_protocol::id::NodeId;
use thiserror::Error;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// Longest certificate that is read, in bytes.
const CERTIFICATE_LIMIT: usize = 16 * 1024;
/// Clocks of hotlines differ; a certificate counts a day before its beginning and after its end (seconds).
pub const VALIDITY_TOLERANCE_SECONDS: i64 = 24 * 3_600;

/// Object identifiers of the key types that are taken.
const P256: &str = "1.2.840.10045.3.1.7";
const P384: &str = "1.3.132.0.34";
const ED25519: &str = "1.3.101.112";
const EC_PUBLIC_KEY: &str = "1.2.840.10045.2.1";

/// Why a certificate is not a node's.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CertificateRefused {
    /// Not a certificate, or with bytes after it.
    #[error("not a certificate")]
    Malformed,
    /// Too long.
    #[error("the certificate is over 16 KiB")]
    TooLong,
    /// No URI name, several, or a name of another kind.
    #[error("the certificate must carry exactly one name, the URI hxp://<node id>")]
    Name,
    /// It may sign other certificates.
    #[error("the certificate is one of an authority (CA:TRUE)")]
    Authority,
    /// Not made for TLS clients and servers.
    #[error("the certificate is not made for both client and server authentication")]
    Usage,
    /// Not ECDSA P-256 or P-384, nor Ed25519.
    #[error("the certificate's key is not ECDSA P-256, P-384 or Ed25519")]
    KeyType,
    /// Not valid at this time.
    #[error("the certificate is not valid now")]
    Validity,
}

/// A certificate of the right form. Nothing says yet that it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeCertificate {
    /// The node that it names.
    pub node: NodeId,
    /// SHA-256 of its SubjectPublicKeyInfo.
    pub pin: Hash,
    /// Seconds since 1970.
    pub not_before: i64,
    /// Seconds since 1970.
    pub not_after: i64,
}

impl NodeCertificate {
    /// Reads a certificate (DER) and checks its form.
    pub fn read(der: &[u8]) -> Result<Self, CertificateRefused> {
        if der.len() > CERTIFICATE_LIMIT {
            return Err(CertificateRefused::TooLong);
        }
        let (rest, certificate) = X509Certificate::from_der(der).map_err(|_| CertificateRefused::Malformed)?;
        if !rest.is_empty() {
            return Err(CertificateRefused::Malformed);
        }
        check_usage(&certificate)?;
        check_key_type(&certificate)?;
        Ok(Self {
            node: read_name(&certificate)?,
            pin: Hash::of(&[certificate.public_key().raw]),
            not_before: certificate.validity().not_before.timestamp(),
            not_after: certificate.validity().not_after.timestamp(),
        })
    }

    /// Whether it is valid at `now` (seconds since 1970), give or take a day.
    pub fn check_validity(&self, now: i64) -> Result<(), CertificateRefused> {
        let begun = now >= self.not_before.saturating_sub(VALIDITY_TOLERANCE_SECONDS);
        let over = now > self.not_after.saturating_add(VALIDITY_TOLERANCE_SECONDS);
        if begun && !over { Ok(()) } else { Err(CertificateRefused::Validity) }
    }
}

fn read_name(certificate: &X509Certificate<'_>) -> Result<NodeId, CertificateRefused> {
    let names = certificate
        .subject_alternative_name()
        .map_err(|_| CertificateRefused::Name)?
        .ok_or(CertificateRefused::Name)?;
    match names.value.general_names.as_slice() {
        [GeneralName::URI(uri)] => {
            uri.strip_prefix("hxp://").and_then(|id| id.parse().ok()).ok_or(CertificateRefused::Name)
        }
        _ => Err(CertificateRefused::Name),
    }
}

fn check_usage(certificate: &X509Certificate<'_>) -> Result<(), CertificateRefused> {
    if certificate.is_ca() {
        return Err(CertificateRefused::Authority);
    }
    let usage = certificate.extended_key_usage().map_err(|_| CertificateRefused::Usage)?;
    let usage = usage.ok_or(CertificateRefused::Usage)?.value;
    if !(usage.client_auth && usage.server_auth) {
        return Err(CertificateRefused::Usage);
    }
    let signs = certificate.extensions().iter().all(|extension| match extension.parsed_extension() {
        ParsedExtension::KeyUsage(usage) => usage.digital_signature(),
        _ => true,
    });
    if signs { Ok(()) } else { Err(CertificateRefused::Usage) }
}

fn check_key_type(certificate: &X509Certificate<'_>) -> Result<(), CertificateRefused> {
    let algorithm = &certificate.public_key().algorithm;
    let is_taken = match algorithm.algorithm.to_id_string().as_str() {
        ED25519 => true,
        EC_PUBLIC_KEY => algorithm
            .parameters
            .as_ref()
            .and_then(|curve| curve.as_oid().ok())
            .is_some_and(|curve| [P256, P384].contains(&curve.to_id_string().as_str())),
        _ => false,
    };
    if is_taken { Ok(()) } else { Err(CertificateRefused::KeyType) }
}

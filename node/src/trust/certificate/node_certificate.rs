//! Reading a node's certificate: TLS shows it to us before anything is trusted.
//!
//! Trust comes from the pin alone; the other checks keep a certificate that was pinned by mistake, or made for another
//! purpose, from being used.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, ED25519, UnparsedPublicKey, VerificationAlgorithm,
};
use hotline_protocol::bytes::Hash;
use hotline_protocol::id::NodeId;
use rustls::server::ParsedCertificate;
use rustls_pki_types::CertificateDer;
use thiserror::Error;
use x509_parser::oid_registry::{OID_EC_P256, OID_KEY_TYPE_EC_PUBLIC_KEY, OID_NIST_EC_P384, OID_SIG_ED25519};
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate};
use x509_parser::x509::SubjectPublicKeyInfo;

use super::validity::Validity;

/// Longest certificate that is read, in bytes.
const CERTIFICATE_LIMIT: usize = 16 * 1024;

/// Begins the one name of a certificate.
const NAME_SCHEME: &str = "hxp://";

/// Why a certificate is not a node's, in anybody's hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CertificateRefused {
    /// Too long.
    #[error("the certificate is over 16 KiB")]
    TooLarge,
    /// Not one certificate in DER, or with a critical extension that is not understood.
    #[error("the certificate cannot be read")]
    Encoding,
    /// No subject alternative name.
    #[error("the certificate names no node (it needs one URI name hxp://<node id>)")]
    NameMissing,
    /// More than one subject alternative name.
    #[error("the certificate has more than one name")]
    NameNotSingle,
    /// Its name is not `hxp://<node id>`.
    #[error("the certificate's name is not hxp://<node id>")]
    NameMalformed,
    /// Neither P-256, P-384 nor Ed25519.
    #[error("the certificate's key is neither P-256, P-384 nor Ed25519")]
    KeyType,
    /// It may sign other certificates.
    #[error("the certificate is one of an authority (CA:TRUE)")]
    Authority,
    /// Its key may not sign, or not for both sides of TLS.
    #[error("the certificate is not meant for signing as both TLS client and TLS server")]
    Usage,
    /// It ends before it begins.
    #[error("the certificate's validity ends before it begins")]
    Validity,
}

/// A certificate of the right form. That it belongs to a peer, and is valid now, is not said by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeCertificate {
    /// The node that it names.
    pub node: NodeId,
    /// SHA-256 of its `SubjectPublicKeyInfo`; as hex, the `tls_fingerprint`.
    pub pin: Hash,
    /// Seconds since 1970.
    pub not_before: i64,
    /// Seconds since 1970.
    pub not_after: i64,
}

impl NodeCertificate {
    /// Reads a certificate (DER) and checks its form. Its own signature is not checked: the pin stands for it.
    pub fn read(der: &[u8]) -> Result<Self, CertificateRefused> {
        if der.len() > CERTIFICATE_LIMIT {
            return Err(CertificateRefused::TooLarge);
        }
        let (rest, certificate) = X509Certificate::from_der(der).map_err(|_| CertificateRefused::Encoding)?;
        if !rest.is_empty() {
            return Err(CertificateRefused::Encoding);
        }
        check_key_type(certificate.public_key())?;
        check_usage(&certificate)?;
        let not_before = certificate.validity().not_before.timestamp();
        let not_after = certificate.validity().not_after.timestamp();
        if not_after < not_before {
            return Err(CertificateRefused::Validity);
        }
        Ok(Self { node: read_name(&certificate)?, pin: read_pin(der)?, not_before, not_after })
    }

    /// Whether `signature` is one over `message` by the key of this certificate (DER).
    #[must_use]
    pub fn verify_proof(der: &[u8], message: &[u8], signature: &[u8]) -> bool {
        let Ok((_, certificate)) = X509Certificate::from_der(der) else { return false };
        let key = certificate.public_key();
        let curve = key.algorithm.parameters.as_ref().and_then(|parameters| parameters.as_oid().ok());
        let algorithm: &dyn VerificationAlgorithm = match curve {
            Some(curve) if curve == OID_EC_P256 => &ECDSA_P256_SHA256_ASN1,
            Some(curve) if curve == OID_NIST_EC_P384 => &ECDSA_P384_SHA384_ASN1,
            _ => &ED25519,
        };
        UnparsedPublicKey::new(algorithm, &*key.subject_public_key.data).verify(message, signature).is_ok()
    }

    /// When it is valid.
    #[must_use]
    pub const fn validity(&self) -> Validity {
        Validity { not_before: self.not_before, not_after: self.not_after }
    }

    /// Returns all reasons to refuse a certificate (DER); [`Self::read`] gives the first alone.
    #[must_use]
    pub fn faults(der: &[u8]) -> Vec<CertificateRefused> {
        let Ok((rest, certificate)) = X509Certificate::from_der(der) else { return vec![CertificateRefused::Encoding] };
        let validity = certificate.validity();
        let mut faults: Vec<_> = [
            (der.len() > CERTIFICATE_LIMIT).then_some(CertificateRefused::TooLarge),
            (!rest.is_empty()).then_some(CertificateRefused::Encoding),
            check_key_type(certificate.public_key()).err(),
            check_usage(&certificate).err(),
            (validity.not_after.timestamp() < validity.not_before.timestamp()).then_some(CertificateRefused::Validity),
            read_name(&certificate).err(),
            read_pin(der).err(),
        ]
        .into_iter()
        .flatten()
        .collect();
        faults.dedup();
        faults
    }
}

/// The pin is over the key as rustls reads it: the handshake's signature is checked with that key.
fn read_pin(der: &[u8]) -> Result<Hash, CertificateRefused> {
    let der = CertificateDer::from(der);
    let parsed = ParsedCertificate::try_from(&der).map_err(|_| CertificateRefused::Encoding)?;
    Ok(Hash::of(&[&parsed.subject_public_key_info()]))
}

fn read_name(certificate: &X509Certificate<'_>) -> Result<NodeId, CertificateRefused> {
    let names = certificate.subject_alternative_name().map_err(|_| CertificateRefused::Encoding)?;
    let names = names.map(|extension| extension.value.general_names.as_slice()).unwrap_or_default();
    match names {
        [] => Err(CertificateRefused::NameMissing),
        [GeneralName::URI(uri)] => {
            uri.strip_prefix(NAME_SCHEME).and_then(|id| id.parse().ok()).ok_or(CertificateRefused::NameMalformed)
        }
        [_] => Err(CertificateRefused::NameMalformed),
        _ => Err(CertificateRefused::NameNotSingle),
    }
}

fn check_key_type(key: &SubjectPublicKeyInfo<'_>) -> Result<(), CertificateRefused> {
    let algorithm = &key.algorithm.algorithm;
    let curve = key.algorithm.parameters.as_ref().and_then(|parameters| parameters.as_oid().ok());
    let elliptic = *algorithm == OID_KEY_TYPE_EC_PUBLIC_KEY
        && curve.is_some_and(|curve| curve == OID_EC_P256 || curve == OID_NIST_EC_P384);
    if elliptic || *algorithm == OID_SIG_ED25519 { Ok(()) } else { Err(CertificateRefused::KeyType) }
}

fn check_usage(certificate: &X509Certificate<'_>) -> Result<(), CertificateRefused> {
    let unreadable = |_| CertificateRefused::Encoding;
    let constraints = certificate.basic_constraints().map_err(unreadable)?;
    if constraints.is_some_and(|extension| extension.value.ca) {
        return Err(CertificateRefused::Authority);
    }
    // A certificate that says nothing of it may be used for everything (RFC 5280, section 4.2.1.3).
    let signs =
        certificate.key_usage().map_err(unreadable)?.is_none_or(|extension| extension.value.digital_signature());
    let both_sides = certificate
        .extended_key_usage()
        .map_err(unreadable)?
        .is_some_and(|extension| extension.value.client_auth && extension.value.server_auth);
    if signs && both_sides { Ok(()) } else { Err(CertificateRefused::Usage) }
}

//! The content of a certificate, for people to compare with the word of another hotline. Nothing is judged here.

use x509_parser::objects::{oid_registry, oid2sn};
use x509_parser::oid_registry::{
    OID_EC_P256, OID_KEY_TYPE_EC_PUBLIC_KEY, OID_NIST_EC_P384, OID_NIST_EC_P521, OID_PKCS1_RSAENCRYPTION,
    OID_SIG_ED25519, Oid,
};
use x509_parser::prelude::{ExtendedKeyUsage, FromDer as _, GeneralName, X509Certificate};
use x509_parser::x509::SubjectPublicKeyInfo;

/// A certificate's content as text. It comes from outside: it may hold anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFacts {
    /// Its subject's name in the old way.
    pub subject: String,
    /// Its alternative names; a URI as it is, others with their kind.
    pub names: Vec<String>,
    /// Its signer, by its own word.
    pub issuer: String,
    /// Its number, in hexadecimal digits.
    pub serial: String,
    /// Seconds since 1970.
    pub not_before: i64,
    /// Seconds since 1970.
    pub not_after: i64,
    /// The kind of its key.
    pub key: String,
    /// The size of its key, where the kind is known.
    pub key_bits: Option<usize>,
    /// The permitted uses of its key.
    pub usages: Vec<String>,
    /// The algorithm of its signature.
    pub signature_algorithm: String,
}

impl CertificateFacts {
    /// Reads a certificate (DER), even a faulty one; `None` where it is none.
    #[must_use]
    pub fn read(der: &[u8]) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        let (key, key_bits) = key(certificate.public_key());
        Some(Self {
            subject: certificate.subject().to_string(),
            names: names(&certificate),
            issuer: certificate.issuer().to_string(),
            serial: certificate.raw_serial_as_string(),
            not_before: certificate.validity().not_before.timestamp(),
            not_after: certificate.validity().not_after.timestamp(),
            key,
            key_bits,
            usages: usages(&certificate),
            signature_algorithm: name_of(&certificate.signature_algorithm.algorithm),
        })
    }
}

fn name_of(oid: &Oid<'_>) -> String {
    oid2sn(oid, oid_registry()).map_or_else(|_| oid.to_id_string(), str::to_owned)
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else { return Vec::new() };
    let text = |name: &GeneralName<'_>| match name {
        GeneralName::URI(uri) => (*uri).to_owned(),
        other => other.to_string(),
    };
    extension.value.general_names.iter().map(text).collect()
}

fn key(key: &SubjectPublicKeyInfo<'_>) -> (String, Option<usize>) {
    let algorithm = &key.algorithm.algorithm;
    let curve = key.algorithm.parameters.as_ref().and_then(|parameters| parameters.as_oid().ok());
    match curve {
        Some(curve) if *algorithm == OID_KEY_TYPE_EC_PUBLIC_KEY => {
            let known =
                [(OID_EC_P256, "P-256", 256), (OID_NIST_EC_P384, "P-384", 384), (OID_NIST_EC_P521, "P-521", 521)];
            match known.into_iter().find(|(oid, ..)| *oid == curve) {
                Some((_, name, bits)) => (format!("ECDSA {name}"), Some(bits)),
                None => (format!("ECDSA {}", name_of(&curve)), None),
            }
        }
        _ if *algorithm == OID_SIG_ED25519 => ("Ed25519".to_owned(), Some(256)),
        _ if *algorithm == OID_PKCS1_RSAENCRYPTION => ("RSA".to_owned(), key.parsed().ok().map(|key| key.key_size())),
        _ => (name_of(algorithm), None),
    }
}

fn usages(certificate: &X509Certificate<'_>) -> Vec<String> {
    let mut usages = Vec::new();
    if let Ok(Some(extension)) = certificate.key_usage() {
        usages.extend(extension.value.to_string().split(", ").map(str::to_lowercase).filter(|usage| !usage.is_empty()));
    }
    if let Ok(Some(extension)) = certificate.extended_key_usage() {
        usages.extend(extended(extension.value));
    }
    if let Ok(Some(extension)) = certificate.basic_constraints()
        && extension.value.ca
    {
        usages.push("authority (CA:TRUE)".to_owned());
    }
    usages
}

fn extended(usage: &ExtendedKeyUsage<'_>) -> Vec<String> {
    let known = [
        (usage.any, "anything"),
        (usage.server_auth, "TLS server"),
        (usage.client_auth, "TLS client"),
        (usage.code_signing, "code signing"),
        (usage.email_protection, "e-mail protection"),
        (usage.time_stamping, "time stamping"),
        (usage.ocsp_signing, "OCSP signing"),
    ];
    let named = known.into_iter().filter(|(is_meant, _)| *is_meant).map(|(_, name)| name.to_owned());
    named.chain(usage.other.iter().map(name_of)).collect()
}

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, DnType, IsCa, KeyUsagePurpose, PKCS_ECDSA_P521_SHA512, PKCS_ED25519, SanType};

    use super::*;
    use crate::trust::certificate::node_certificate::{CertificateRefused, NodeCertificate};
    use crate::trust::handshake::test_certificate::{TestCertificate, now};

    #[test]
    fn a_person_reads_what_a_certificate_says() {
        let certificate = TestCertificate::of("de-example");
        let facts = CertificateFacts::read(certificate.der()).expect("a certificate");
        assert_eq!(facts.subject, "CN=de-example");
        assert_eq!(facts.issuer, "CN=de-example");
        assert_eq!(facts.names, ["hxp://de-example"]);
        assert_eq!((facts.key.as_str(), facts.key_bits), ("ECDSA P-256", Some(256)));
        assert_eq!(facts.usages, ["digital signature", "TLS server", "TLS client"]);
        assert_eq!(facts.signature_algorithm, "ecdsa-with-SHA256");
        assert!(facts.not_before < now().timestamp() && now().timestamp() < facts.not_after);
        assert!(!facts.serial.is_empty());
        assert_eq!(NodeCertificate::faults(certificate.der()), []);
    }

    #[test]
    fn a_certificate_that_is_of_no_use_is_read_with_all_its_faults() {
        let certificate = TestCertificate::with_algorithm("de-example", &PKCS_ECDSA_P521_SHA512, |parameters| {
            parameters.distinguished_name.push(DnType::OrganizationName, "Example");
            parameters.subject_alt_names.push(SanType::DnsName("node.example".try_into().expect("ASCII")));
            parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            parameters.key_usages.push(KeyUsagePurpose::KeyCertSign);
        });
        let facts = CertificateFacts::read(certificate.der()).expect("a certificate");
        assert_eq!(facts.names, ["hxp://de-example", "DNSName(node.example)"]);
        assert_eq!((facts.key.as_str(), facts.key_bits), ("ECDSA P-521", Some(521)));
        assert!(facts.usages.contains(&"authority (CA:TRUE)".to_owned()), "{:?}", facts.usages);
        let faults = NodeCertificate::faults(certificate.der());
        let expected = [CertificateRefused::KeyType, CertificateRefused::Authority, CertificateRefused::NameNotSingle];
        assert_eq!(faults, expected);
    }

    #[test]
    fn what_is_no_certificate_says_nothing() {
        assert_eq!(CertificateFacts::read(b"no certificate"), None);
        assert_eq!(NodeCertificate::faults(b"no certificate"), [CertificateRefused::Encoding]);
        let other = TestCertificate::with_algorithm("de-example", &PKCS_ED25519, |_| {});
        assert_eq!(CertificateFacts::read(other.der()).expect("a certificate").key, "Ed25519");
    }
}

//! Certificates for tests: valid ones, and valid ones with one thing changed.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use hotline_protocol::bytes::Hash;
use hotline_protocol::id::NodeId;
use rcgen::{Certificate, CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256, PublicKeyData as _, SignatureAlgorithm};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

use crate::trust::certificate::Validity;
use crate::trust::own::{ShownCertificate, exchange_parameters};
use crate::trust::peer::{Peer, PeerStanding, StoredCertificate};

/// When the tests' clock stands.
pub(crate) fn now() -> DateTime<Utc> {
    "2026-03-01T12:00:00Z".parse().expect("a time")
}

pub(crate) fn node(id: &str) -> NodeId {
    id.parse().expect("a node id")
}

/// A certificate with its key, and the directory's record of it.
pub(crate) struct TestCertificate {
    pub(crate) key: CertifiedKey,
    pub(crate) pin: Hash,
    validity: Validity,
}

impl TestCertificate {
    pub(crate) fn of(id: &str) -> Self {
        Self::changed(id, |_| {})
    }

    pub(crate) fn changed(id: &str, change: impl FnOnce(&mut CertificateParams)) -> Self {
        Self::with_algorithm(id, &PKCS_ECDSA_P256_SHA256, change)
    }

    pub(crate) fn with_algorithm(
        id: &str,
        algorithm: &'static SignatureAlgorithm,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Self {
        Self::over(&KeyPair::generate_for(algorithm).expect("a key"), id, change)
    }

    pub(crate) fn over(key: &KeyPair, id: &str, change: impl FnOnce(&mut CertificateParams)) -> Self {
        Self::signed(key, id, change, |parameters| parameters.self_signed(key).expect("a certificate"))
    }

    /// Signed by `sign`.
    pub(crate) fn signed(
        key: &KeyPair,
        id: &str,
        change: impl FnOnce(&mut CertificateParams),
        sign: impl FnOnce(&CertificateParams) -> Certificate,
    ) -> Self {
        let mut parameters = exchange_parameters(&node(id), now()).expect("parameters");
        change(&mut parameters);
        let certificate = sign(&parameters);
        let private = PrivateKeyDer::try_from(key.serialize_der()).expect("PKCS#8");
        let signing = aws_lc_rs::sign::any_supported_type(&private).expect("a key that TLS can use");
        Self {
            key: CertifiedKey::new(vec![certificate.der().clone()], signing),
            pin: Hash::of(&[&key.subject_public_key_info()]),
            validity: Validity {
                not_before: parameters.not_before.unix_timestamp(),
                not_after: parameters.not_after.unix_timestamp(),
            },
        }
    }

    /// Shown with these certificates behind it.
    pub(crate) fn with(mut self, above: &[CertificateDer<'static>]) -> Self {
        self.key.cert.truncate(1);
        self.key.cert.extend_from_slice(above);
        self
    }

    /// Its bytes.
    pub(crate) fn der(&self) -> &[u8] {
        &self.key.cert[0]
    }

    /// Shown in handshakes.
    pub(crate) fn shown(&self) -> Arc<ShownCertificate> {
        Arc::new(ShownCertificate::new(self.key.clone()))
    }

    /// As the database holds it, pinned for the node `id`.
    pub(crate) fn stored(&self, id: &str, state: &str) -> StoredCertificate {
        StoredCertificate {
            node: node(id),
            pin: self.pin,
            der: self.der().to_vec(),
            state: state.to_owned(),
            not_before: self.validity.not_before,
            not_after: self.validity.not_after,
            announced: None,
            retire_at: None,
        }
    }

    /// Returns this certificate, shown by somebody with only `other`'s key.
    pub(crate) fn stolen_by(&self, other: &Self) -> Self {
        let key = CertifiedKey::new(self.key.cert.clone(), Arc::clone(&other.key.key));
        Self { key, pin: self.pin, validity: self.validity }
    }
}

pub(crate) fn peer(id: &str, standing: PeerStanding) -> Peer {
    Peer {
        id: node(id),
        standing,
        name: "Example".to_owned(),
        countries: vec![node(id).seat()],
        endpoint: "https://node.example:7443".to_owned(),
        card: String::new(),
        card_number: 1,
        added_at: 0,
    }
}

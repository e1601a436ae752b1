//! This node's own keys, loaded.

use std::sync::Arc;

use hotline_protocol::id::NodeId;
use hotline_protocol::signature::SigningKey;
use rustls::sign::CertifiedKey;
use thiserror::Error;

use super::certificate::{CertificateRefused, NodeCertificate};
use super::key_file::{KeyFileError, read_certificate, read_private_key};
use super::tls::{ShownCertificate, provider};
use crate::config::KeysSection;
use crate::secret::SecretError;

/// Why a node's own keys cannot be used.
#[derive(Debug, Error)]
pub enum IdentityError {
    /// A file.
    #[error(transparent)]
    File(#[from] KeyFileError),
    /// The certificate is not this node's.
    #[error("keys/exchange.crt.pem: {0}")]
    Certificate(#[from] CertificateRefused),
    /// The certificate names another node.
    #[error("keys/exchange.crt.pem is the certificate of {0}, not of this node")]
    OtherNode(NodeId),
    /// Key and certificate do not belong together.
    #[error("keys/exchange.pem is not the key of keys/exchange.crt.pem")]
    KeyMismatch,
}

/// This node's keys.
pub struct Identity {
    /// Signs the log and the card.
    pub signing: Arc<SigningKey>,
    /// What TLS shows.
    pub shown: Arc<ShownCertificate>,
    /// The certificate, read.
    pub certificate: NodeCertificate,
    /// The certificate's bytes.
    pub certificate_der: Vec<u8>,
}

impl Identity {
    /// Loads the keys of the node `id`.
    pub fn load(keys: &KeysSection, id: &NodeId) -> Result<Self, IdentityError> {
        let der = read_certificate(&keys.exchange_certificate())?;
        let certificate = NodeCertificate::read(&der)?;
        if certificate.node != *id {
            return Err(IdentityError::OtherNode(certificate.node));
        }
        let private = read_private_key(&keys.exchange_key())?;
        let key = provider().key_provider.load_private_key(private).map_err(|_| IdentityError::KeyMismatch)?;
        let certified = CertifiedKey::new(vec![der.clone()], key);
        certified.keys_match().map_err(|_| IdentityError::KeyMismatch)?;
        let signing_path = keys.signing_key();
        let signing = read_private_key(&signing_path)?;
        let signing = SigningKey::from_pkcs8(signing.secret_der()).map_err(|_| {
            KeyFileError::Secret(SecretError::Malformed { path: signing_path, expected: "an Ed25519 key in PEM" })
        })?;
        Ok(Self {
            signing: Arc::new(signing),
            shown: Arc::new(ShownCertificate::new(certified)),
            certificate,
            certificate_der: der.to_vec(),
        })
    }
}

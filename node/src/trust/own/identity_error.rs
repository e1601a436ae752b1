//! Why own keys cannot be used.

use hotline_protocol::id::NodeId;
use thiserror::Error;

use super::key_file::KeyFileError;
use crate::trust::certificate::CertificateRefused;

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
    /// A key that the database names.
    #[error("the file of a key that was announced is missing from the keys folder, or cannot be read")]
    KeyMissing,
    /// Key and certificate do not belong together.
    #[error("keys/exchange.pem is not the key of keys/exchange.crt.pem")]
    KeyMismatch,
}

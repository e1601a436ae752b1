//! How this node's own keys stand.

use hotline_protocol::id::NodeId;
use hotline_protocol::log::Position;
use hotline_protocol::signature::PublicKey;

use super::announce::OVERLAP_SETTING;
use crate::storage::{ConnectionTrait, StorageError, read_setting};
use crate::trust::{AnnouncedKey, StoredCertificate, announced_keys, certificates_of, load_keys};

/// This node's own keys on their way.
pub struct OwnKeys {
    /// Its certificates, the one first that was announced last.
    pub certificates: Vec<StoredCertificate>,
    /// Signing keys that are announced and not in use yet.
    pub announced: Vec<AnnouncedKey>,
    /// Signing keys that were or are in use, oldest first.
    pub signing: Vec<KeyStanding>,
    /// How long a certificate is accepted after it was switched from, seconds.
    pub overlap_seconds: i64,
}

/// A signing key that was or is in use.
#[derive(Debug, Clone, Copy)]
pub struct KeyStanding {
    /// The key.
    pub key: PublicKey,
    /// The last place that it signs; open while it is the present key.
    pub to: Option<Position>,
}

/// Reads how they stand.
pub async fn own_keys<C: ConnectionTrait>(connection: &C, own: &NodeId) -> Result<OwnKeys, StorageError> {
    let history = load_keys(connection, own).await?;
    let standing = history.keys().iter().map(|bound| KeyStanding { key: bound.key, to: bound.to });
    let overlap = read_setting(connection, OVERLAP_SETTING).await?;
    Ok(OwnKeys {
        certificates: certificates_of(connection, own).await?,
        announced: announced_keys(connection, own).await?,
        signing: standing.collect(),
        overlap_seconds: overlap.and_then(|seconds| seconds.parse().ok()).unwrap_or(0),
    })
}

impl OwnKeys {
    /// The certificate in use.
    #[must_use]
    pub fn present(&self) -> Option<&StoredCertificate> {
        self.certificates.iter().find(|certificate| certificate.state == "active")
    }
}

//! How this node's own keys stand.

use hotline_protocol::bytes::Hash;
use hotline_protocol::id::NodeId;
use hotline_protocol::log::Position;
use hotline_protocol::signature::PublicKey;

use super::announce::OVERLAP_SETTING;
use crate::config::section::KeysSection;
use crate::storage::{ConnectionTrait, StorageError, read_setting};
use crate::trust::own::{credential_named, signing_key_named};
use crate::trust::peer::{AnnouncedKey, StoredCertificate, announced_keys, certificates_of, load_keys, withdrawn_keys};

/// This node's own keys on their way.
pub struct OwnKeys {
    /// Its certificates, the one first that was announced last.
    pub certificates: Vec<StoredCertificate>,
    /// Signing keys that are announced and not in use yet.
    pub announced: Vec<AnnouncedKey>,
    /// Signing keys that were announced and taken back.
    pub withdrawn: Vec<PublicKey>,
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

/// A key that is announced and can never be used as things are: its file is missing, or cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostKey {
    /// `certificate` or `signing key`.
    pub what: &'static str,
    /// The certificate's pin, or the signing key's id.
    pub fingerprint: Hash,
    /// The fault, in words.
    pub fault: String,
    /// The command that takes the announcement back.
    pub withdraw: &'static str,
}

impl LostKey {
    /// Returns the remedy for a person.
    #[must_use]
    pub fn advice(&self) -> String {
        format!(
            "put it back from the backup of the keys, readable by the node's user alone; if it is lost, or others may \
             have read it, take the announcement back: {}",
            self.withdraw
        )
    }
}

/// Reads how they stand.
pub async fn own_keys<C: ConnectionTrait>(connection: &C, own: &NodeId) -> Result<OwnKeys, StorageError> {
    let history = load_keys(connection, own).await?;
    let in_use = history.keys().iter().filter(|bound| !bound.revoked);
    let standing = in_use.map(|bound| KeyStanding { key: bound.key, to: bound.to });
    let overlap = read_setting(connection, OVERLAP_SETTING).await?;
    Ok(OwnKeys {
        certificates: certificates_of(connection, own).await?,
        announced: announced_keys(connection, own).await?,
        withdrawn: withdrawn_keys(connection, own).await?,
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

    /// The certificate that is announced and not in use yet.
    #[must_use]
    pub fn next_certificate(&self) -> Option<&StoredCertificate> {
        self.certificates.iter().find(|certificate| certificate.state == "announced")
    }

    /// The announced keys of the node `own` with files that cannot be used.
    #[must_use]
    pub fn lost(&self, keys: &KeysSection, own: &NodeId) -> Vec<LostKey> {
        let certificate = self.next_certificate().and_then(|next| {
            let fault = credential_named(keys, own, &next.pin).err()?.to_string();
            let withdraw = "hotline-node identity withdraw-certificate";
            Some(LostKey { what: "certificate", fingerprint: next.pin, fault, withdraw })
        });
        let signing = self.announced.first().and_then(|next| {
            let fault = signing_key_named(keys, &next.key.kid()).err()?.to_string();
            let withdraw = "hotline-node identity withdraw-signing-key";
            Some(LostKey { what: "signing key", fingerprint: next.key.kid(), fault, withdraw })
        });
        certificate.into_iter().chain(signing).collect()
    }
}

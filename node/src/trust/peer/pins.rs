//! The use cases of one certificate of a peer: pinning one more, finding one, revoking one.

use hotline_protocol::bytes::Hash;
use hotline_protocol::id::NodeId;
use thiserror::Error;

use super::model::PeerStanding;
use super::pin_prefix::PinPrefix;
use super::pin_repository::{pin_certificate, set_revoked};
use super::repository::{StoredCertificate, certificates, find_peer};
use crate::context::Context;
use crate::storage::{ConnectionTrait, StorageError, Write};
use crate::trust::certificate::{CertificateRefused, NodeCertificate, Timeliness};

/// Why a certificate was not found, pinned or revoked.
#[derive(Debug, Error)]
pub enum PinRefused {
    /// The caller: no such peer.
    #[error("{0} is no peer of this node; add its card first: hotline-node peer add CARD_FILE --fingerprint F")]
    PeerUnknown(NodeId),
    /// The caller: the peer has no such certificate.
    #[error("no certificate of {0} begins with {1}; see: hotline-node peer certificate list {0}")]
    CertificateUnknown(NodeId, String),
    /// The caller: the peer has several such certificates.
    #[error("more than one certificate of {0} begins with {1}; give more digits")]
    Ambiguous(NodeId, String),
    /// The caller: not the fingerprint that the other hotline has.
    #[error("the fingerprint is another: this is not the certificate that the other hotline has; nothing was trusted")]
    OtherFingerprint,
    /// The caller: it cannot be used.
    #[error("{0}; ask that hotline for another one")]
    Faulty(#[from] CertificateRefused),
    /// The caller: it names another node.
    #[error("the certificate names {named}, not {peer}; look which hotline sent it")]
    OtherNode {
        /// The node that it names.
        named: NodeId,
        /// The peer that it was to be pinned for.
        peer: NodeId,
    },
    /// The caller: its validity is over.
    #[error("the certificate has expired; ask that hotline for another one")]
    Expired,
    /// The caller: revoked for good.
    #[error("this certificate of {0} was revoked, and that is for good; ask that hotline for one with a new key")]
    Revoked(NodeId),
    /// Ours: the database.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// The effect of pinning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pinned {
    /// It counts from now on.
    New,
    /// It counted already.
    Unchanged,
}

/// Every certificate that was ever pinned for a peer, the one first that ends last.
pub async fn peer_certificates<C: ConnectionTrait>(
    connection: &C,
    peer: &NodeId,
) -> Result<Vec<StoredCertificate>, PinRefused> {
    find_peer(connection, peer).await?.ok_or_else(|| PinRefused::PeerUnknown(peer.clone()))?;
    let mut found = certificates(connection).await?;
    found.retain(|certificate| certificate.node == *peer);
    found.sort_by_key(|certificate| (std::cmp::Reverse(certificate.not_after), certificate.pin));
    Ok(found)
}

/// Finds the one certificate of a peer with a fingerprint that begins so.
pub async fn find_certificate<C: ConnectionTrait>(
    connection: &C,
    peer: &NodeId,
    prefix: &PinPrefix,
) -> Result<StoredCertificate, PinRefused> {
    let mut found = peer_certificates(connection, peer).await?;
    found.retain(|certificate| prefix.begins(&certificate.pin));
    let digits = || prefix.as_str().to_owned();
    match found.len() {
        0 => Err(PinRefused::CertificateUnknown(peer.clone(), digits())),
        1 => Ok(found.remove(0)),
        _ => Err(PinRefused::Ambiguous(peer.clone(), digits())),
    }
}

/// Pins a certificate (DER) of a peer beside its others. The other hotline reads `fingerprint` over the telephone;
/// nothing is trusted before it matches.
pub async fn add_certificate(
    context: &Context,
    write: &Write<'_>,
    peer: &NodeId,
    der: Vec<u8>,
    fingerprint: &Hash,
) -> Result<Pinned, PinRefused> {
    let known = find_peer(&**write, peer).await?;
    if known.is_none_or(|peer| peer.standing == PeerStanding::Removed) {
        return Err(PinRefused::PeerUnknown(peer.clone()));
    }
    let certificate = read(context, peer, &der)?;
    if certificate.pin != *fingerprint {
        return Err(PinRefused::OtherFingerprint);
    }
    let pinned = peer_certificates(&**write, peer).await?.into_iter().find(|known| known.pin == certificate.pin);
    match pinned {
        // A thief of its key would come in again.
        Some(known) if known.state == "revoked" => return Err(PinRefused::Revoked(peer.clone())),
        Some(known) if known.counts() && known.der == der => return Ok(Pinned::Unchanged),
        _ => {}
    }
    let certificate = StoredCertificate {
        node: certificate.node,
        pin: certificate.pin,
        der,
        state: "active".to_owned(),
        not_before: certificate.not_before,
        not_after: certificate.not_after,
        announced: None,
        retire_at: None,
    };
    pin_certificate(&**write, &certificate).await?;
    Ok(Pinned::New)
}

fn read(context: &Context, peer: &NodeId, der: &[u8]) -> Result<NodeCertificate, PinRefused> {
    let certificate = NodeCertificate::read(der)?;
    if certificate.node != *peer {
        return Err(PinRefused::OtherNode { named: certificate.node, peer: peer.clone() });
    }
    match certificate.validity().at(context.clock.unix_seconds()) {
        Timeliness::Expired => Err(PinRefused::Expired),
        // It may be brought before it begins.
        Timeliness::Valid | Timeliness::NotYetValid => Ok(certificate),
    }
}

/// Revokes a peer's certificate for good.
pub async fn revoke_certificate(write: &Write<'_>, certificate: &StoredCertificate) -> Result<(), PinRefused> {
    let StoredCertificate { node, pin, .. } = certificate;
    let known = peer_certificates(&**write, node).await?.into_iter().find(|known| known.pin == *pin);
    match known {
        None => Err(PinRefused::CertificateUnknown(node.clone(), pin.to_string())),
        Some(known) if known.state == "revoked" => Err(PinRefused::Revoked(node.clone())),
        Some(_) => Ok(set_revoked(&**write, node, pin).await?),
    }
}

/// Whether a peer has another certificate that lets it in at `now` (seconds since 1970).
#[must_use]
pub fn another_counts(peers: &[StoredCertificate], than: &StoredCertificate, now: i64) -> bool {
    peers.iter().any(|other| {
        other.node == than.node
            && other.pin != than.pin
            && other.counts()
            && other.validity().at(now) == Timeliness::Valid
    })
}

//! The live picture of peers: who may come in, by which key, right now.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use hotline_protocol::bytes::Hash;
use hotline_protocol::id::NodeId;
use thiserror::Error;
use tokio::sync::watch;

use super::certificate::{CertificateRefused, NodeCertificate};
use super::peer::{Peer, PeerStanding};
use super::repository::StoredCertificate;
use crate::clock::Clock;

/// Why a certificate does not let anybody in.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotAuthenticated {
    /// Its form.
    #[error(transparent)]
    Certificate(#[from] CertificateRefused),
    /// Nobody here has this key.
    #[error("the certificate's key is not pinned here")]
    UnknownPin,
    /// The key is pinned for another node than the certificate names.
    #[error("the certificate's key is pinned for another node")]
    OtherNode,
}

#[derive(Debug, Default)]
struct Picture {
    by_pin: HashMap<Hash, NodeId>,
    peers: HashMap<NodeId, Peer>,
}

/// A peer whose certificate was checked, for as long as the picture does not change against it. Made only by
/// [`PeerDirectory::authenticate`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthenticatedPeer {
    id: NodeId,
    pin: Hash,
}

impl AuthenticatedPeer {
    /// Who it is.
    #[must_use]
    pub const fn id(&self) -> &NodeId {
        &self.id
    }
}

/// Whether an authenticated peer may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It may.
    Active,
    /// It gets `403 suspended` to everything.
    Suspended,
    /// Its key does not count any more: the connection ends.
    Gone,
}

/// The live picture; replaced as a whole when peers change.
#[derive(Debug)]
pub struct PeerDirectory {
    picture: ArcSwap<Picture>,
    changed: watch::Sender<u64>,
    clock: Clock,
}

impl PeerDirectory {
    /// An empty picture.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self { picture: ArcSwap::default(), changed: watch::Sender::new(0), clock }
    }

    /// Replaces the picture. Certificates that are retired or revoked, and those of removed peers, count no more.
    pub fn replace(&self, peers: Vec<Peer>, certificates: &[StoredCertificate]) {
        let peers: HashMap<NodeId, Peer> = peers
            .into_iter()
            .filter(|peer| peer.standing != PeerStanding::Removed)
            .map(|peer| (peer.id.clone(), peer))
            .collect();
        let by_pin = certificates
            .iter()
            .filter(|certificate| ["announced", "active", "retiring"].contains(&certificate.state.as_str()))
            .filter(|certificate| peers.contains_key(&certificate.node))
            .map(|certificate| (certificate.pin, certificate.node.clone()))
            .collect();
        self.picture.store(Arc::new(Picture { by_pin, peers }));
        self.changed.send_modify(|version| *version += 1);
    }

    /// Rises with every change: live connections check again whether they may go on.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Checks a certificate (DER) as TLS showed it: form, pin, name, validity.
    pub fn authenticate(&self, der: &[u8]) -> Result<AuthenticatedPeer, NotAuthenticated> {
        let certificate = NodeCertificate::read(der)?;
        let picture = self.picture.load();
        let id = picture.by_pin.get(&certificate.pin).ok_or(NotAuthenticated::UnknownPin)?;
        if *id != certificate.node {
            return Err(NotAuthenticated::OtherNode);
        }
        certificate.check_validity(self.clock.unix_seconds())?;
        Ok(AuthenticatedPeer { id: id.clone(), pin: certificate.pin })
    }

    /// Whether an authenticated peer may go on, asked at every request.
    #[must_use]
    pub fn admit(&self, peer: &AuthenticatedPeer) -> Admission {
        let picture = self.picture.load();
        if picture.by_pin.get(&peer.pin) != Some(&peer.id) {
            return Admission::Gone;
        }
        match picture.peers.get(&peer.id).map(|peer| peer.standing) {
            Some(PeerStanding::Active) => Admission::Active,
            Some(PeerStanding::Suspended) => Admission::Suspended,
            _ => Admission::Gone,
        }
    }

    /// The peers with whom we exchange now.
    #[must_use]
    pub fn active(&self) -> Vec<Peer> {
        let mut active: Vec<Peer> =
            self.picture.load().peers.values().filter(|peer| peer.standing == PeerStanding::Active).cloned().collect();
        active.sort_by(|one, other| one.id.cmp(&other.id));
        active
    }

    /// Whether this node keeps the log of `id`: its card was added and not removed.
    #[must_use]
    pub fn keeps_log_of(&self, id: &NodeId) -> bool {
        self.picture.load().peers.contains_key(id)
    }
}

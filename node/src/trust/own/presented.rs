//! The certificate that this node shows at the moment of a handshake; exchanged as a whole when it is rotated.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use hotline_protocol::bytes::Hash;
use hotline_protocol::id::NodeId;
use rustls::SignatureScheme;
use rustls::client::ResolvesClientCert;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::trust::authority::{Authority, AuthorityRefused};
use crate::trust::certificate::NodeCertificate;

/// Keys with their certificates: the listener shows the present one. Peers that do not know it yet are shown the newest
/// one that they know. A listener cannot tell its callers apart; a peer that was away learns of it from our calls.
#[derive(Debug)]
pub struct ShownCertificate {
    shown: ArcSwap<Shown>,
    refused: Mutex<HashMap<NodeId, BTreeSet<Hash>>>,
}

#[derive(Debug)]
struct Shown {
    present: Arc<CertifiedKey>,
    /// The earlier key for each peer that is not shown the present one.
    earlier: HashMap<NodeId, Arc<CertifiedKey>>,
}

impl ShownCertificate {
    /// Shows `key` to everybody.
    #[must_use]
    pub fn new(key: CertifiedKey) -> Self {
        let shown = Shown { present: Arc::new(key), earlier: HashMap::new() };
        Self { shown: ArcSwap::from_pointee(shown), refused: Mutex::default() }
    }

    /// Shows `key` in every handshake from now on; listeners and clients that hold this stay as they are.
    pub fn replace(&self, key: CertifiedKey) {
        self.replace_for(Arc::new(key), HashMap::new());
    }

    /// Shows `present`, and to some peers an earlier one.
    pub fn replace_for(&self, present: Arc<CertifiedKey>, earlier: HashMap<NodeId, Arc<CertifiedKey>>) {
        self.shown.store(Arc::new(Shown { present, earlier }));
    }

    /// When the present certificate ends: seconds since 1970.
    #[must_use]
    pub fn not_after(&self) -> i64 {
        let present = &self.shown.load().present.cert[0];
        NodeCertificate::read(present).map_or(i64::MAX, |certificate| certificate.not_after)
    }

    /// Asks the federation's authority about the present certificate at `now` (seconds since 1970).
    pub fn check_chain(&self, authority: &Authority, now: i64) -> Result<(), AuthorityRefused> {
        let shown = self.shown.load();
        let (leaf, intermediates) = shown.present.cert.split_first().ok_or(AuthorityRefused::UnknownIssuer)?;
        let read = NodeCertificate::read(leaf)?;
        authority.check(leaf, read.validity(), intermediates, now)
    }

    /// Returns the key that a call to `peer` shows now.
    #[must_use]
    pub fn to_peer(&self, peer: &NodeId) -> Arc<CertifiedKey> {
        let shown = self.shown.load();
        Arc::clone(shown.earlier.get(peer).unwrap_or(&shown.present))
    }

    /// Notes that `peer` ended a handshake after this was shown to it.
    pub fn note_refused(&self, peer: &NodeId, shown: &CertifiedKey) {
        if let Ok(certificate) = NodeCertificate::read(&shown.cert[0]) {
            self.refused().entry(peer.clone()).or_default().insert(certificate.pin);
        }
    }

    /// Forgets the refusals of `peer`: it was shown one that it knows, or all are tried again.
    pub fn note_accepted(&self, peer: &NodeId) {
        self.refused().remove(peer);
    }

    /// Returns the pins that `peer` has refused in handshakes since it accepted one.
    #[must_use]
    pub fn refused_by(&self, peer: &NodeId) -> BTreeSet<Hash> {
        self.refused().get(peer).cloned().unwrap_or_default()
    }

    fn refused(&self) -> MutexGuard<'_, HashMap<NodeId, BTreeSet<Hash>>> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ResolvesServerCert for ShownCertificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.shown.load().present))
    }
}

/// The key that this node's calls show to one peer.
#[derive(Debug)]
pub(crate) struct ShownToPeer {
    pub(crate) shown: Arc<ShownCertificate>,
    pub(crate) peer: NodeId,
}

impl ResolvesClientCert for ShownToPeer {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(self.shown.to_peer(&self.peer))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

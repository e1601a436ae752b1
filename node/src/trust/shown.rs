//! The certificate that this node shows at the moment of a handshake; exchanged as a whole when it is rotated.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use hotline_protocol::id::NodeId;
use rustls::SignatureScheme;
use rustls::client::ResolvesClientCert;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::certificate::NodeCertificate;

/// Keys with their certificates: the present one, which the listener shows, and for peers that do not know it yet the
/// newest one that they know. A listener cannot tell who knocks; a peer that was away learns of it from our calls.
#[derive(Debug)]
pub struct ShownCertificate(ArcSwap<Shown>);

#[derive(Debug)]
struct Shown {
    present: Arc<CertifiedKey>,
    /// What each peer is shown to whom the present one is not.
    earlier: HashMap<NodeId, Arc<CertifiedKey>>,
}

impl ShownCertificate {
    /// Shows `key` to everybody.
    #[must_use]
    pub fn new(key: CertifiedKey) -> Self {
        Self(ArcSwap::from_pointee(Shown { present: Arc::new(key), earlier: HashMap::new() }))
    }

    /// Shows `key` in every handshake from now on; listeners and clients that hold this stay as they are.
    pub fn replace(&self, key: CertifiedKey) {
        self.replace_for(Arc::new(key), HashMap::new());
    }

    /// Shows `present`, and to some peers an earlier one.
    pub fn replace_for(&self, present: Arc<CertifiedKey>, earlier: HashMap<NodeId, Arc<CertifiedKey>>) {
        self.0.store(Arc::new(Shown { present, earlier }));
    }

    /// When the present certificate ends: seconds since 1970.
    #[must_use]
    pub fn not_after(&self) -> i64 {
        let present = &self.0.load().present.cert[0];
        NodeCertificate::read(present).map_or(i64::MAX, |certificate| certificate.not_after)
    }

    /// What a call to `peer` shows now.
    #[must_use]
    pub fn to_peer(&self, peer: &NodeId) -> Arc<CertifiedKey> {
        let shown = self.0.load();
        Arc::clone(shown.earlier.get(peer).unwrap_or(&shown.present))
    }
}

impl ResolvesServerCert for ShownCertificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.load().present))
    }
}

/// What this node's calls to one peer show.
#[derive(Debug)]
pub(super) struct ShownToPeer {
    pub(super) shown: Arc<ShownCertificate>,
    pub(super) peer: NodeId,
}

impl ResolvesClientCert for ShownToPeer {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(self.shown.to_peer(&self.peer))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

//! The peer that was recognised in a handshake, and the proof.

use std::sync::Arc;

use hotline_protocol::bytes::Hash;
use hotline_protocol::id::NodeId;
use rustls_pki_types::CertificateDer;

use crate::trust::authority::{Authority, AuthorityRefused};
use crate::trust::certificate::{Timeliness, Validity};

/// A peer with a checked certificate, for as long as the picture does not change against it. Made only by
/// [`PeerDirectory::authenticate`](super::directory::PeerDirectory::authenticate).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthenticatedPeer {
    pub(super) id: NodeId,
    pub(super) pin: Hash,
    /// The chain that it showed, where an authority may revoke it.
    pub(super) chain: Option<Arc<ShownChain>>,
}

impl AuthenticatedPeer {
    /// Returns its id.
    #[must_use]
    pub const fn id(&self) -> &NodeId {
        &self.id
    }
}

/// A certificate as it was shown, with those that came with it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ShownChain {
    leaf: CertificateDer<'static>,
    validity: Validity,
    intermediates: Vec<CertificateDer<'static>>,
}

impl ShownChain {
    /// Of a certificate (DER) with its validity.
    pub(super) fn new(leaf: &[u8], validity: Validity, intermediates: &[CertificateDer<'_>]) -> Self {
        Self {
            leaf: CertificateDer::from(leaf).into_owned(),
            validity,
            intermediates: intermediates.iter().map(|der| der.clone().into_owned()).collect(),
        }
    }

    /// Whether it holds still at `now` (seconds since 1970): a connection does not outlive the certificates that were
    /// shown in it.
    pub(super) fn holds(&self, authority: &Authority, now: i64) -> bool {
        self.validity.at(now) == Timeliness::Valid && self.check(authority, now).is_ok()
    }

    /// Asks the authority about it at `now` (seconds since 1970).
    pub(super) fn check(&self, authority: &Authority, now: i64) -> Result<(), AuthorityRefused> {
        authority.check(&self.leaf, self.validity, &self.intermediates, now)
    }
}

//! Why our side ends a handshake, and how the reason travels through rustls to the code that must tell a person.

use std::io;
use std::sync::Arc;

use hotline_protocol::id::NodeId;
use rustls::{CertificateError, Error, OtherError};
use thiserror::Error as ThisError;

use crate::trust::authority::AuthorityRefused;
use crate::trust::certificate::CertificateRefused;

/// Why a caller is no peer known to us.
#[derive(Debug, Clone, PartialEq, Eq, ThisError)]
pub enum PeerRefused {
    /// Its certificate breaks a rule.
    #[error(transparent)]
    Certificate(#[from] CertificateRefused),
    /// No such peer.
    #[error("{0} is no peer of this node")]
    PeerUnknown(NodeId),
    /// The peer is known; this certificate of it is not, or no more.
    #[error("this certificate of {0} is not pinned here, or was revoked")]
    CertificateUnknown(NodeId),
    /// The shown or the pinned certificate ended more than the tolerance ago.
    #[error("the certificate has expired")]
    Expired,
    /// The shown or the pinned certificate begins later than the tolerance from now.
    #[error("the certificate is not yet valid")]
    NotYetValid,
    /// The federation's authority does not answer for the certificate.
    #[error(transparent)]
    Authority(#[from] AuthorityRefused),
    /// Another peer than the one that was called.
    #[error("{called} was called and {answered} answered")]
    OtherPeer {
        /// The node that was called.
        called: NodeId,
        /// The node that answered.
        answered: NodeId,
    },
}

static EXPIRED: PeerRefused = PeerRefused::Expired;
static NOT_YET_VALID: PeerRefused = PeerRefused::NotYetValid;

/// The other side is told of the times as such, so that its operator sees the matter to mend; of the rest it learns
/// nothing.
impl From<PeerRefused> for Error {
    fn from(refused: PeerRefused) -> Self {
        Self::InvalidCertificate(match refused {
            PeerRefused::Expired => CertificateError::Expired,
            PeerRefused::NotYetValid => CertificateError::NotValidYet,
            cause => CertificateError::Other(OtherError(Arc::new(cause))),
        })
    }
}

/// Why our side ended a handshake, from the error that it gave; `None` where the other side or the network ended it, or
/// where the certificate was shown without its key.
#[must_use]
pub fn refusal(error: &io::Error) -> Option<&PeerRefused> {
    refusal_in_tls(error.get_ref()?.downcast_ref()?)
}

/// As [`refusal`], from the error of TLS itself.
#[must_use]
pub fn refusal_in_tls(error: &Error) -> Option<&PeerRefused> {
    match error {
        Error::InvalidCertificate(CertificateError::Other(OtherError(cause))) => cause.downcast_ref(),
        Error::InvalidCertificate(CertificateError::Expired) => Some(&EXPIRED),
        Error::InvalidCertificate(CertificateError::NotValidYet) => Some(&NOT_YET_VALID),
        _ => None,
    }
}

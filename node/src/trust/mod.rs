//! Whom this node trusts: its own keys, its peers, and their certificates.
//!
//! - A *pin* is the SHA-256 of a certificate's public key; trust comes from it and from nothing else.
//! - [`PeerDirectory`] is the live picture; [`AuthenticatedPeer`] is made by it alone, and asked again at every request.
//! - What a peer is, its *standing* says: active, suspended, removed.

mod certificate;
mod directory;
mod identity;
mod key_file;
mod peer;
mod repository;
mod tls;

pub use certificate::{CertificateRefused, NodeCertificate, VALIDITY_TOLERANCE_SECONDS};
pub use directory::{Admission, AuthenticatedPeer, NotAuthenticated, PeerDirectory};
pub use identity::{Identity, IdentityError};
pub use key_file::{KeyFileError, make_key_files, name_uri};
pub use peer::{Peer, PeerStanding};
pub use repository::{
    DigestKeyError, StoredCertificate, certificates, digest_keys, find_peer, peers, save_certificate, save_digest_key,
    save_peer, set_certificates_state,
};
pub use tls::{ShownCertificate, client_config, server_config};

//! Whom this node trusts: its own keys, its peers, and their certificates.
//!
//! - A *pin* is the SHA-256 of a certificate's public key; trust comes from it and from nothing else.
//! - [`PeerDirectory`] is the live picture; [`AuthenticatedPeer`] is made by it alone, and asked again at every request.
//! - What a peer is, its *standing* says: active, suspended, removed.

mod card;
mod certificate;
mod directory;
mod error;
mod identity;
mod key_file;
mod key_repository;
mod peer;
mod repository;
mod service;
mod tls;

pub use card::own_card;
pub use certificate::{CertificateRefused, NodeCertificate, VALIDITY_TOLERANCE_SECONDS};
pub use directory::{Admission, AuthenticatedPeer, NotAuthenticated, PeerDirectory};
pub use error::TrustError;
pub use identity::{Identity, IdentityError};
pub use key_file::{KeyFileError, make_key_files, name_uri};
pub use key_repository::{load_keys, save_key};
pub use peer::{Peer, PeerStanding};
pub use repository::{
    DigestKeyError, StoredCertificate, certificates, digest_keys, find_peer, peers, save_certificate, save_digest_key,
    save_peer, set_certificates_state,
};
pub use service::{Added, add_peer, needs_fingerprint, set_standing};
pub use tls::{ShownCertificate, client_config, server_config, web_server_config};

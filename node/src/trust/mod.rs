//! Whom this node trusts: its own keys, its peers, and their certificates.

mod peer;
mod repository;

pub use peer::{Peer, PeerStanding};
pub use repository::{
    DigestKeyError, StoredCertificate, certificates, digest_keys, find_peer, peers, save_certificate, save_digest_key,
    save_peer, set_certificates_state,
};

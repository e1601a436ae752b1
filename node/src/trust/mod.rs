//! Whom this node trusts: its own keys, its peers, and their certificates.
//!
//! - A *pin* is the SHA-256 of a certificate's public key; trust comes from it and from nothing else.
//! - [`PeerDirectory`] is the live picture; [`AuthenticatedPeer`] is made by it alone, and asked again at every request.
//! - What a peer is, its *standing* says: active, suspended, removed.
//!
//! `issue` makes keys and certificates, `key_file` keeps them under `keys/`, `certificate` reads what somebody shows,
//! `verifier` judges it inside the handshake, `refusal` says why not, `tls` puts both sides of a connection together.
//! Where the federation has an authority of its own, `authority` is asked besides the pin. `service` has the use cases of a card and of a peer, `pinning` those of one certificate of a peer.

mod authority;
pub mod certificate;
mod error;
pub mod handshake;
pub mod own;
pub mod peer;

pub use authority::{Authority, AuthorityRefused, AuthorityWarning, RevocationList, RevocationListRefused};
pub use error::TrustError;

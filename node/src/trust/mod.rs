//! The trust of this node: its own keys, its peers, and their certificates.
//!
//! - A *pin* is the SHA-256 of a certificate's public key; trust comes from it and from nothing else.
//! - `PeerDirectory` is the live picture; `AuthenticatedPeer` is made by it alone, and asked again at every request.
//! - A peer's *standing* is one of these: active, suspended, removed.
//!
//! `self_signed` makes keys and certificates, `key_file` keeps them under `keys/`, and `certificate` reads a certificate that
//! somebody shows. `verifier` judges it inside the handshake, `refusal` says why not, and `tls` puts both sides of a
//! connection together. Where the federation has an authority of its own, `authority` is asked besides the pin.
//! `enrolment` has the use cases of a card and of a peer, `pins` those of one certificate of a peer.

mod authority;
pub mod certificate;
mod error;
pub mod handshake;
pub mod own;
pub mod peer;

pub use authority::{Authority, AuthorityRefused, AuthorityWarning, RevocationList, RevocationListRefused};
pub use error::TrustError;

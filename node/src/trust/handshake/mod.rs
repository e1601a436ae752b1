//! TLS between nodes: the peers that are recognised, the proof, and the refusals.

mod authenticated_peer;
mod directory;
#[cfg(test)]
mod directory_time_tests;
#[cfg(test)]
mod handshake_tests;
mod refusal;
#[cfg(test)]
pub(crate) mod test_certificate;
#[cfg(test)]
pub(crate) mod test_handshake;
mod tls;
#[cfg(test)]
mod tls_tests;
mod verifier;

pub use authenticated_peer::AuthenticatedPeer;
pub use directory::{Admission, PeerDirectory};
pub use refusal::{PeerRefused, refusal, refusal_in_tls};
pub(crate) use tls::provider;
pub use tls::{client_config, server_config, web_server_config};

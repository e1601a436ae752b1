//! Whom this node trusts: its own keys, its peers, and their certificates.
//!
//! - A *pin* is the SHA-256 of a certificate's public key; trust comes from it and from nothing else.
//! - [`PeerDirectory`] is the live picture; [`AuthenticatedPeer`] is made by it alone, and asked again at every request.
//! - What a peer is, its *standing* says: active, suspended, removed.
//!
//! `issue` makes keys and certificates, `key_file` keeps them under `keys/`, `certificate` reads what somebody shows,
//! `verifier` judges it inside the handshake, `refusal` says why not, `tls` puts both sides of a connection together.
//! Where the federation has an authority of its own, `authority` is asked besides the pin. `service` has the use cases of a card and of a peer, `pinning` those of one certificate of a peer.

mod authenticated_peer;
mod authority;
mod card;
mod certificate;
mod certificate_facts;
mod certificate_file;
mod directory;
#[cfg(test)]
mod directory_time_tests;
mod ending;
mod error;
#[cfg(test)]
mod handshake_tests;
mod identity;
mod issue;
mod issued;
mod key_change;
mod key_file;
mod key_repository;
mod own_keys;
mod peer;
mod pem;
mod pin_prefix;
mod pin_repository;
mod pinning;
mod refusal;
mod repository;
mod service;
mod shown;
#[cfg(test)]
pub(crate) mod test_certificate;
#[cfg(test)]
pub(crate) mod test_handshake;
mod tls;
#[cfg(test)]
mod tls_tests;
mod validity;
mod verifier;
mod web_certificate;
mod web_certificates;

pub use authenticated_peer::AuthenticatedPeer;
pub use authority::{Authority, AuthorityRefused, AuthorityWarning, RevocationList, RevocationListRefused};
pub use card::own_card;
pub use certificate::{CertificateRefused, NodeCertificate};
pub use certificate_facts::CertificateFacts;
pub use certificate_file::{CertificateFileRefused, one_certificate};
pub use directory::{Admission, PeerDirectory};
pub use ending::{Ending, days_left, ending_certificates, says_days_left};
pub use error::TrustError;
pub use identity::{Identity, IdentityError};
pub use issued::{IssuedRefused, forget_request, keep_issued, read_issued, request_certificate};
pub use key_change::{KeyChangeFault, apply_key_change};
pub use key_file::{KeyFileError, make_key_files};
pub use key_repository::{
    AnnouncedKey, announced_keys, end_keys, ends_on_cards, load_keys, move_announcement, save_key, withdrawn_keys,
};
pub use own_keys::{
    NewKey, OwnSigningKeys, credential_named, install_certificate, install_signing_key, keep_present_exchange,
    keep_present_signing, make_certificate, make_signing_key, remove_certificate_file, remove_signing_file,
    settle_certificate, settle_signing_key, signing_key_named,
};
pub use peer::{Peer, PeerStanding};
pub use pin_prefix::{PinMalformed, PinPrefix, read_pin};
pub use pinning::{
    PinRefused, Pinned, add_certificate, another_counts, find_certificate, peer_certificates, revoke_certificate,
};
pub use refusal::{PeerRefused, refusal, refusal_in_tls};
pub use repository::{
    DigestKeyError, StoredCertificate, certificates, certificates_of, digest_keys, find_peer, forget_other_digest_keys,
    peers, save_certificate, save_digest_key, save_peer, set_certificate_state, set_certificates_state,
};
pub use service::{Added, add_peer, check_is_anothers, needs_fingerprint, set_standing};
pub use shown::ShownCertificate;
pub use tls::{client_config, server_config, web_server_config};
pub use validity::{Timeliness, VALIDITY_TOLERANCE_SECONDS, Validity};
pub use web_certificate::{WebCertificate, WebCertificateRefused, WebCertificateWarning};
pub use web_certificates::WebCertificates;

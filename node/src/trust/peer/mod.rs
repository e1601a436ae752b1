//! Peers: their cards, their pinned certificates and their signing keys.

mod card;
mod enrolment;
mod key_change;
mod key_repository;
mod model;
mod pin_prefix;
mod pin_repository;
mod pins;
mod repository;

pub use card::own_card;
pub use enrolment::{Added, add_peer, check_is_anothers, needs_fingerprint, set_standing};
pub use key_change::{KeyChangeFault, apply_key_change};
pub use key_repository::{
    AnnouncedKey, announced_keys, end_keys, ends_on_cards, load_keys, move_announcement, save_key, withdrawn_keys,
};
pub use model::{Peer, PeerStanding};
pub use pin_prefix::{PinMalformed, PinPrefix, read_pin};
pub use pins::{
    PinRefused, Pinned, add_certificate, another_counts, find_certificate, peer_certificates, revoke_certificate,
};
pub use repository::{
    DigestKeyError, StoredCertificate, certificates, certificates_of, digest_keys, find_peer, forget_other_digest_keys,
    peers, save_certificate, save_digest_key, save_peer, set_certificate_state, set_certificates_state,
};

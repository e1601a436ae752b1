//! The node card: one line that two hotlines exchange before their nodes talk to each other.
//!
//! A card is a compact JWS (`typ` [`CARD_TYPE`]) by the node's present signing key. The signature proves that the card
//! is whole, but not its owner: anybody can sign a card for any name. Trust comes from people's comparison of its
//! [`Fingerprint`](crate::fingerprint::Fingerprint), or from a card that they compared before
//! ([`VerifiedCard::verify_update`]).

mod card_fault;
mod card_refused;
mod content;
mod endpoint;
mod update;
mod verified;

pub use card_fault::CardFault;
pub use card_refused::CardRefused;
pub use content::{CardKey, NodeCard, is_card_name};
pub use endpoint::{Endpoint, EndpointMalformed};
pub use update::{CardUpdate, CardUpdateRefused};
pub use verified::{CARD_BYTES_LIMIT, CARD_TYPE, VerifiedCard};

#[cfg(test)]
mod tests;

//! The log of the tests, and the keys that sign it.

use super::{BoundKey, KeyHistory, Position};
use crate::id::{Network, NodeId};
use crate::signature::SigningKey;

pub(super) fn network() -> Network {
    "practice".parse().expect("a network")
}

pub(super) fn log() -> NodeId {
    "fr-example".parse().expect("a node id")
}

pub(super) fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32]).expect("any 32 bytes are a seed")
}

pub(super) fn bound(seed: u8, from: u64, to: Option<u64>) -> BoundKey {
    let at = |seq| Position { epoch: 1, seq };
    BoundKey { key: key(seed).public(), from: at(from), to: to.map(at), revoked: false }
}

/// Key 7 signs from the first entry on.
pub(super) fn keys() -> KeyHistory {
    KeyHistory::new(vec![bound(7, 1, None)])
}

//! Keys, and the part of a log that each may sign.

use super::Position;
use crate::bytes::Hash;
use crate::signature::PublicKey;

/// A signing key and the range of one log that it may sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundKey {
    /// The key.
    pub key: PublicKey,
    /// First position that it signs.
    pub from: Position,
    /// Last position that it signs; open while it is the present key.
    pub to: Option<Position>,
    /// A revoked key verifies nothing.
    pub revoked: bool,
}

impl BoundKey {
    /// Whether it may sign at `position`.
    #[must_use]
    pub fn may_sign(&self, position: Position) -> bool {
        !self.revoked && self.from <= position && self.to.is_none_or(|last| position <= last)
    }
}

/// All signing keys of one log, from our own store and never from a token.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyHistory {
    keys: Vec<BoundKey>,
}

impl KeyHistory {
    /// Wraps the keys of one log.
    #[must_use]
    pub fn new(keys: Vec<BoundKey>) -> Self {
        Self { keys }
    }

    /// The key named `kid`, if it may sign at `position`.
    #[must_use]
    pub fn key_at(&self, kid: &Hash, position: Position) -> Option<&PublicKey> {
        self.keys.iter().find(|bound| bound.may_sign(position) && bound.key.kid() == *kid).map(|bound| &bound.key)
    }

    /// All keys, in the order given.
    #[must_use]
    pub fn keys(&self) -> &[BoundKey] {
        &self.keys
    }
}

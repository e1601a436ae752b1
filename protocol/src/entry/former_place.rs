//! An earlier place of an entry.

use serde::{Deserialize, Serialize};

use crate::bytes::Hash;

/// An earlier place of an entry that was said again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Former {
    /// The earlier epoch.
    pub ep: u64,
    /// The position in it.
    pub seq: u64,
    /// The hash of the entry before it there.
    pub prev: Hash,
    /// The hash that the entry had there: computed from the line that says it again, and never written.
    #[serde(skip, default = "zero")]
    pub hash: Hash,
}

const fn zero() -> Hash {
    Hash::ZERO
}

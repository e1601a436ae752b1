//! Places in a log.

use serde::{Deserialize, Serialize};

use crate::bytes::Hash;
use crate::json::only_as_object;

/// A place in a log: epoch, then sequence number. Ordered as the log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct Position {
    /// Epoch, from 1.
    #[serde(rename = "ep")]
    pub epoch: u64,
    /// Sequence number, from 1 in each epoch; 0 is before the first.
    pub seq: u64,
}

/// A place in a log with the hash of the entry there. The hash notices a restored backup, a cloned machine, a bad
/// migration or a flipped bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct Cursor {
    /// Epoch.
    #[serde(rename = "ep")]
    pub epoch: u64,
    /// Sequence number.
    pub seq: u64,
    /// Hash of the entry there; [`Hash::ZERO`] before the first.
    pub hash: Hash,
}

only_as_object!(Position, Cursor);

impl Cursor {
    /// Before the first entry of the first epoch.
    pub const START: Self = Self { epoch: 1, seq: 0, hash: Hash::ZERO };

    /// How many entries a log that ends here has beyond one that ends at `held`, as far as the places tell: of a later
    /// epoch, all that stand in it.
    #[must_use]
    pub const fn entries_beyond(&self, held: &Self) -> u64 {
        if self.epoch > held.epoch {
            self.seq
        } else if self.epoch == held.epoch {
            self.seq.saturating_sub(held.seq)
        } else {
            0
        }
    }

    /// The place without the hash.
    #[must_use]
    pub const fn position(&self) -> Position {
        Position { epoch: self.epoch, seq: self.seq }
    }
}

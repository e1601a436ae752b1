//! A checkpoint: one Ed25519 signature (compact JWS, RFC 7515) over the head of a run, and by the chain over all before.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Cursor, KeyHistory, Position};
use crate::bytes::Hash;
use crate::id::{Network, NodeId};
use crate::json::{self, Limits};
use crate::signature::{self, SignatureRefused, SigningKey};

/// The JWS `typ` of a checkpoint.
pub const CHECKPOINT_TYPE: &str = "hxp-cp+jws";
/// Longest checkpoint that is read, in bytes.
const TOKEN_LIMIT: usize = 2_048;

/// Its payload is a flat object.
const PAYLOAD_LIMITS: Limits = Limits { max_bytes: TOKEN_LIMIT, max_depth: 1 };

/// Why a token is not a checkpoint of the log it is shown for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CheckpointRefused {
    /// The token's form or signature is wrong.
    #[error("the checkpoint's signature does not hold: {0}")]
    Signature(#[from] SignatureRefused),
    /// The signing key is not one of the log's at that position.
    #[error("the checkpoint is signed by a key that may not sign there")]
    KeyNotValid,
    /// The payload is not a checkpoint's.
    #[error("the checkpoint's payload does not have the form of the specification")]
    Payload,
    /// It belongs to another network.
    #[error("the checkpoint belongs to another network")]
    OtherNetwork,
    /// It belongs to another log.
    #[error("the checkpoint belongs to another log")]
    OtherLog,
}

/// The content of a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// The network.
    pub net: Network,
    /// The log.
    pub log: NodeId,
    /// Epoch of the last entry.
    pub ep: u64,
    /// Position of the last entry.
    pub seq: u64,
    /// Hash of the last entry.
    pub h: Hash,
    /// Author's clock, seconds since 1970.
    pub ts: u64,
    /// The author's start: two running copies of one node show by it.
    pub boot: String,
}

impl Checkpoint {
    /// Signs it.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "a checkpoint has only strings and integers")]
    pub fn sign(&self, key: &SigningKey) -> SignedCheckpoint {
        let payload = serde_json::to_vec(self).expect("a checkpoint has only strings and integers");
        SignedCheckpoint(key.sign_jws(CHECKPOINT_TYPE, &payload).into())
    }

    /// The place that it signs.
    #[must_use]
    pub const fn cursor(&self) -> Cursor {
        Cursor { epoch: self.ep, seq: self.seq, hash: self.h }
    }
}

/// A token that says it is a checkpoint; nothing in it counts before [`SignedCheckpoint::verify`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SignedCheckpoint(Box<str>);

/// A checkpoint with a signature that holds under a key of its log, valid at its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedCheckpoint {
    checkpoint: Checkpoint,
    token: SignedCheckpoint,
    kid: Hash,
}

impl SignedCheckpoint {
    /// Wraps a token as received or stored.
    #[must_use]
    pub fn new(token: &str) -> Self {
        Self(token.into())
    }

    /// The token.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Verifies it as a checkpoint of `log` in `net` under the log's own keys.
    pub fn verify(
        &self,
        net: &Network,
        log: &NodeId,
        keys: &KeyHistory,
    ) -> Result<VerifiedCheckpoint, CheckpointRefused> {
        let kid = signature::read_kid(&self.0, TOKEN_LIMIT)?;
        let known = keys
            .keys()
            .iter()
            .find(|bound| bound.key.kid() == kid)
            .map(|bound| bound.key)
            .ok_or(CheckpointRefused::KeyNotValid)?;
        let payload = known.verify_jws(CHECKPOINT_TYPE, &self.0)?;
        json::check(&payload, PAYLOAD_LIMITS).map_err(|_| CheckpointRefused::Payload)?;
        let checkpoint: Checkpoint = serde_json::from_slice(&payload).map_err(|_| CheckpointRefused::Payload)?;
        if checkpoint.net != *net {
            return Err(CheckpointRefused::OtherNetwork);
        }
        if checkpoint.log != *log {
            return Err(CheckpointRefused::OtherLog);
        }
        let position = Position { epoch: checkpoint.ep, seq: checkpoint.seq };
        if checkpoint.ep == 0 || checkpoint.seq == 0 || keys.key_at(&kid, position).is_none() {
            return Err(CheckpointRefused::KeyNotValid);
        }
        Ok(VerifiedCheckpoint { checkpoint, token: self.clone(), kid })
    }
}

impl VerifiedCheckpoint {
    /// Its content.
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The token, to be stored and forwarded as it is.
    #[must_use]
    pub const fn token(&self) -> &SignedCheckpoint {
        &self.token
    }

    /// The key that signed it.
    #[must_use]
    pub const fn kid(&self) -> &Hash {
        &self.kid
    }
}

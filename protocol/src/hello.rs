//! What two nodes tell each other on every new connection and every 60 seconds (`POST /hxp/v1/hello`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::bytes::Hash;
use crate::id::{Network, NodeId};
use crate::log::{Cursor, Position, SignedCheckpoint};

/// Longest hello that is read: heads and digest keys of some hundred nodes.
pub const HELLO_BYTES_LIMIT: usize = 1024 * 1024;
/// Most bodies asked for at once.
pub const WANTS_LIMIT: usize = 1_024;
/// The media type of a run.
pub const RUN_MEDIA_TYPE: &str = "application/hxp-run";

/// Whether a node takes offers by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AcceptMode {
    /// By its own location.
    Automatic,
    /// A person decides.
    Manual,
}

/// What the sender takes at most; of two numbers the smaller counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Entries in a run.
    pub run_entries: u64,
    /// Bytes in a run.
    pub run_bytes: u64,
}

/// A digest key given to an active peer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedDigestKey {
    /// 32 bytes, base64url without padding.
    pub key: String,
}

impl std::fmt::Debug for SharedDigestKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SharedDigestKey(..)")
    }
}

/// A hello; request and answer have the same form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The network.
    pub net: Network,
    /// The sender.
    pub id: NodeId,
    /// Its software, for people.
    pub software: String,
    /// Major protocol versions that it speaks.
    pub versions: Vec<u32>,
    /// Optional features, such as `zstd`.
    #[serde(default)]
    pub features: Vec<String>,
    /// What it takes at most.
    pub limits: Limits,
    /// Its clock, seconds since 1970.
    pub clock: i64,
    /// Its start: a UUIDv7. One that was followed by another is not heard again.
    pub boot: String,
    /// A person looks whether the exchange works: it is answered, and nothing in it is taken.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub check: bool,
    /// Whether it takes offers by itself.
    pub accept: AcceptMode,
    /// For every log that it holds, the newest checkpoint, signed by the log's author.
    pub heads: BTreeMap<NodeId, SignedCheckpoint>,
    /// The logs of which it has proof that their authors have signed two entries under one place, and where.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub forks: BTreeMap<NodeId, Position>,
    /// Its durable cursor for the receiver's log.
    pub cursor: Cursor,
    /// Bodies of the receiver's log that it is entitled to and lacks.
    #[serde(default)]
    pub wants: Vec<Hash>,
    /// Its digest keys, newest first.
    #[serde(default)]
    pub digest_keys: Vec<SharedDigestKey>,
}

/// The answer to a pushed run: where the receiver now stands, and what it lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// The receiver's durable cursor for the pushed log.
    pub cursor: Cursor,
    /// Bodies of that log that it is entitled to and lacks.
    #[serde(default)]
    pub wants: Vec<Hash>,
}

//! The message that two nodes exchange on every new connection and every 60 seconds (`POST /hxp/v1/hello`).

use std::collections::BTreeMap;

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Deserializer, Serialize};
use thiserror::Error;

use crate::bytes::Hash;
use crate::id::{Network, NodeId, parse_rid};
use crate::log::{Cursor, Position, SignedCheckpoint};

/// Longest hello that is read: heads and digest keys of some hundred nodes.
pub const HELLO_BYTES_LIMIT: usize = 1024 * 1024;
/// Most bodies asked for at once.
pub const WANTS_LIMIT: usize = 1_024;
/// Most digest keys that are read: two keys of one log overlap for a while; more are nobody's.
pub const DIGEST_KEYS_LIMIT: usize = 4;
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

/// The most that the sender takes; of two numbers the smaller counts.
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
    /// The most that it takes.
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
    #[serde(deserialize_with = "readable_logs")]
    pub heads: BTreeMap<NodeId, SignedCheckpoint>,
    /// The logs with a fork, and its place: the sender has proof that the author signed two entries under that place.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "readable_logs")]
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

/// The bytes are no hello of that peer in this network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("no hello of this peer in this network")]
pub struct HelloMalformed;

impl Hello {
    /// Reads the hello of `peer` in the network `net`. Checks its form, and that it speaks of itself, here, and in a
    /// version that is spoken here.
    pub fn read(bytes: &[u8], net: &Network, peer: &NodeId) -> Result<Self, HelloMalformed> {
        let told: Self = serde_json::from_slice(bytes).map_err(|_| HelloMalformed)?;
        told.check(net, peer)?;
        Ok(told)
    }

    /// Every rule but the form of the members.
    pub fn check(&self, net: &Network, peer: &NodeId) -> Result<(), HelloMalformed> {
        let is_theirs = self.net == *net && self.id == *peer && self.versions.contains(&1);
        let has_keys = self.digest_keys.iter().take(DIGEST_KEYS_LIMIT).all(|shared| shared.bytes().is_some());
        if is_theirs && has_keys && parse_rid(&self.boot).is_ok() { Ok(()) } else { Err(HelloMalformed) }
    }
}

impl SharedDigestKey {
    /// The key's 32 bytes.
    #[must_use]
    pub fn bytes(&self) -> Option<[u8; 32]> {
        BASE64URL_NOPAD.decode(self.key.as_bytes()).ok()?.try_into().ok()
    }
}

/// The answer to a pushed run: the receiver's place now, and the bodies that it lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// The receiver's durable cursor for the pushed log.
    pub cursor: Cursor,
    /// Bodies of that log that it is entitled to and lacks.
    #[serde(default)]
    pub wants: Vec<Hash>,
}

/// A name that is no node id is passed over, like that of a log that is not kept. A later version's name for a node
/// must not keep two nodes from talking.
fn readable_logs<'de, D, T>(deserializer: D) -> Result<BTreeMap<NodeId, T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let told = BTreeMap::<String, T>::deserialize(deserializer)?;
    Ok(told.into_iter().filter_map(|(name, of_log)| Some((name.parse().ok()?, of_log))).collect())
}

//! Keys, headers and runs as authors write them.

use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::{Content, EntryType, Header};
use hotline_protocol::id::{Network, NodeId};
use hotline_protocol::log::{BoundKey, Checkpoint, KeyHistory, Position, SignedCheckpoint};
use hotline_protocol::signature::SigningKey;
use serde_json::{Value, json};

/// 1 January 2026, 00:00 UTC.
pub(crate) const NOW: i64 = 1_767_225_600;
pub(crate) const LOG: &str = "fr-example";
pub(crate) const BOOT: &str = "019b76da-a800-7000-8000-0000000000b0";

pub(crate) fn network() -> Network {
    "practice".parse().expect("a network")
}

pub(crate) fn node(id: &str) -> NodeId {
    id.parse().expect("a node id")
}

/// The key of a seed of 32 times the same byte.
pub(crate) fn key(byte: u8) -> SigningKey {
    SigningKey::from_seed(&[byte; 32]).expect("any 32 bytes are a seed")
}

/// A key of a log, as vectors name it.
pub(crate) fn bound(seed: u8, from: (u64, u64), to: Option<(u64, u64)>, revoked: bool) -> Value {
    let place = |(ep, seq): (u64, u64)| json!({"ep": ep, "seq": seq});
    json!({"key": data_encoding::BASE64URL_NOPAD.encode(key(seed).public().as_bytes()), "from": place(from),
        "to": to.map(place), "revoked": revoked})
}

/// The keys of a vector.
pub(crate) fn history(keys: &Value) -> KeyHistory {
    let position = |place: &Value| Position {
        epoch: place["ep"].as_u64().expect("an epoch"),
        seq: place["seq"].as_u64().expect("a number"),
    };
    let bound = |key: &Value| {
        let bytes = data_encoding::BASE64URL_NOPAD.decode(key["key"].as_str().expect("a key").as_bytes());
        let bytes: [u8; 32] = bytes.expect("base64url").try_into().expect("32 bytes");
        BoundKey {
            key: hotline_protocol::signature::PublicKey::from_bytes(bytes),
            from: position(&key["from"]),
            to: key.get("to").filter(|to| !to.is_null()).map(position),
            revoked: key["revoked"] == true,
        }
    };
    KeyHistory::new(keys.as_array().expect("keys").iter().map(bound).collect())
}

pub(crate) fn checkpoint(ep: u64, seq: u64, h: Hash) -> Checkpoint {
    Checkpoint { net: network(), log: node(LOG), ep, seq, h, ts: NOW.unsigned_abs(), boot: BOOT.to_owned() }
}

/// A token with the given parts, signed by a key.
pub(crate) fn token(header: &str, payload: &str, seed: u8) -> String {
    let encode = |text: &str| data_encoding::BASE64URL_NOPAD.encode(text.as_bytes());
    let message = format!("{}.{}", encode(header), encode(payload));
    let signature = key(seed).sign(message.as_bytes());
    format!("{message}.{}", data_encoding::BASE64URL_NOPAD.encode(&signature))
}

/// Entries of one log, one after the other.
#[derive(Clone)]
pub(crate) struct Pen {
    pub(crate) log: NodeId,
    pub(crate) epoch: u64,
    pub(crate) seq: u64,
    pub(crate) head: Hash,
    /// Header line and body line.
    pub(crate) lines: Vec<(String, String)>,
}

impl Pen {
    pub(crate) fn new(log: &str) -> Self {
        Self { log: node(log), epoch: 1, seq: 0, head: Hash::ZERO, lines: Vec::new() }
    }

    /// Goes on in another epoch.
    pub(crate) fn in_epoch(mut self, epoch: u64) -> Self {
        (self.epoch, self.seq, self.head) = (epoch, 0, Hash::ZERO);
        self
    }

    /// Writes an entry, and gives its hash.
    pub(crate) fn write(&mut self, content: &Content, body: &str) -> Hash {
        let line = Header::write_line(&self.log, self.epoch, self.seq + 1, &self.head, &content.to_tail());
        self.add(line, body)
    }

    /// Adds a line as it stands.
    pub(crate) fn add(&mut self, line: String, body: &str) -> Hash {
        (self.seq, self.head) = (self.seq + 1, Header::hash_line(line.as_bytes()));
        self.lines.push((line, body.to_owned()));
        self.head
    }

    pub(crate) fn plain(&mut self, entry_type: EntryType) -> Hash {
        self.write(&Content::new(entry_type, NOW), "")
    }

    pub(crate) fn sign(&self, seed: u8) -> SignedCheckpoint {
        Checkpoint { log: self.log.clone(), ..checkpoint(self.epoch, self.seq, self.head) }.sign(&key(seed))
    }

    /// The run of all lines under a token.
    pub(crate) fn under(&self, token: &SignedCheckpoint) -> String {
        let mut text = format!("{}\n", token.as_str());
        for line in self.lines.iter().flat_map(|(header, body)| [header, body]) {
            text.push_str(line);
            text.push('\n');
        }
        text
    }

    pub(crate) fn signed(&self) -> String {
        self.under(&self.sign(1))
    }
}

//! The content of a header.

use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};
use thiserror::Error;
use uuid::Uuid;

use super::former_place::Former;
use super::{EntryType, Status};
use crate::bytes::Hash;
use crate::country::CountryCode;
use crate::from_text::deserialize_from_str;
use crate::id::{IdMalformed, NodeId, parse_rid};
use crate::json::JsonFault;
use crate::url::UrlDigest;

/// Why a line is not a header.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HeaderRefused {
    /// The line breaks the rules for JSON in this protocol.
    #[error("the header is no well-formed line: {0}")]
    Json(#[from] JsonFault),
    /// A field is missing or has the wrong form. Never quotes the content.
    #[error("the header's fields do not have the form of the specification")]
    Fields,
    /// The major version is not 1.
    #[error("the header's version is not 1")]
    Version,
    /// A list is longer than the specification allows.
    #[error("the header's list '{0}' is too long")]
    ListTooLong(&'static str),
    /// `org` without `rid`, or `bh` without `bs`, or the other way round.
    #[error("the header has only one of '{0}' and '{1}'")]
    HalfPair(&'static str, &'static str),
    /// `bs` is not a power of two.
    #[error("the header's body size is not a power of two")]
    BodySize,
    /// `was` does not stand last, or is not written as the specification says.
    #[error("the header's earlier places are not written as the specification says")]
    Former,
}

/// A header's commitment: the hash of the body line, and its size rounded up to a power of two (bytes).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyCommitment {
    /// `SHA-256("hxp/body/1\0" ‖ body line)`.
    pub hash: Hash,
    /// At least the body line's length, a power of two.
    pub size: u64,
}

/// The last entry of an earlier epoch that still counts (`from` of `epoch.open`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct Origin {
    /// The earlier epoch.
    pub ep: u64,
    /// The position in it.
    pub seq: u64,
    /// The hash of the entry there.
    pub hash: Hash,
}

/// The subject of a `key.announce`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyUse {
    /// A signing key.
    Sign,
    /// A TLS certificate.
    Tls,
}

/// The act of a `key.announce`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyAct {
    /// Tells a new one before it is used.
    Announce,
    /// From the next entry on the new one is used.
    Switch,
    /// The old one is no longer used.
    Retire,
    /// The key must not be trusted any more.
    Revoke,
}

/// Everything of a header but its place in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Author's clock, whole seconds since 1970 (UTC); information only.
    pub ts: u64,
    /// The entry's type.
    #[serde(rename = "type")]
    pub entry_type: EntryType,
    /// Content that the reader must understand, else it holds the report and raises an alarm.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub crit: Vec<Box<str>>,
    /// The report's origin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org: Option<NodeId>,
    /// The report's UUIDv7.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "canonical_rid")]
    pub rid: Option<Uuid>,
    /// The last entry of the report's walk as the author saw it; of an answer, the offer.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Hash>,
    /// The create or accept behind the author's hold on the report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<Hash>,
    /// Depth of the holding walk: 1 for the create's tenure.
    #[serde(rename = "ten", default, skip_serializing_if = "Option::is_none")]
    pub tenure: Option<u32>,
    /// The one node that is offered the report.
    #[serde(rename = "tgt", default, skip_serializing_if = "Option::is_none")]
    pub target: Option<NodeId>,
    /// Nodes entitled to the body, the target included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<NodeId>,
    /// Countries that may not receive the report, known here or not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not: Vec<CountryCode>,
    /// The entry that an accept, refuse, resume or reject answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Hash>,
    /// Its reason code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Box<str>>,
    /// Keyed digests of the URL.
    #[serde(rename = "dg", default, skip_serializing_if = "Vec::is_empty")]
    pub digests: Vec<UrlDigest>,
    /// Public status.
    #[serde(rename = "st", default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Hosting country, known here or not: see [`Content::hosting`].
    #[serde(rename = "cc", default, skip_serializing_if = "Option::is_none")]
    pub country: Option<CountryCode>,
    /// Hash of the body.
    #[serde(rename = "bh", default, skip_serializing_if = "Option::is_none")]
    pub body_hash: Option<Hash>,
    /// Size of the body, rounded up to a power of two.
    #[serde(rename = "bs", default, skip_serializing_if = "Option::is_none")]
    pub body_size: Option<u64>,
    /// Of `key.announce`: the use of the key.
    #[serde(rename = "use", default, skip_serializing_if = "Option::is_none")]
    pub key_use: Option<KeyUse>,
    /// Of `key.announce`: the act on it.
    #[serde(rename = "act", default, skip_serializing_if = "Option::is_none")]
    pub key_act: Option<KeyAct>,
    /// Of `key.announce`: base64url of the raw Ed25519 key or the certificate's DER.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Box<str>>,
    /// Of `key.announce`: proof of possession, base64url.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pop: Option<Box<str>>,
    /// Of `epoch.open`: the last entry that still counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Origin>,
    /// The places in earlier epochs where the author said the same before, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub was: Vec<Former>,
}

/// A header as read: its place in its author's log, and its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The author.
    pub log: NodeId,
    /// Epoch, from 1.
    pub epoch: u64,
    /// Position, from 1 in each epoch.
    pub seq: u64,
    /// Hash of the entry before; [`Hash::ZERO`] at the first.
    pub prev: Hash,
    /// The rest.
    pub content: Content,
}

/// A report's number, in the one way it is written.
struct Rid(Uuid);

impl FromStr for Rid {
    type Err = IdMalformed;

    fn from_str(text: &str) -> Result<Self, IdMalformed> {
        parse_rid(text).map(Self)
    }
}

fn canonical_rid<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Uuid>, D::Error> {
    deserialize_from_str(deserializer).map(|Rid(rid)| Some(rid))
}

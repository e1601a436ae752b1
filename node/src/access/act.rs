//! An act of the audit trail, and the hash that chains it to the one before.

use hotline_protocol::bytes::Hash;
use serde::Serialize;

/// Separates these hashes from all others of the program.
const DOMAIN: &[u8] = b"hotline/audit/1\0";

/// The series of the rows' numbers.
pub(super) const SERIES: &str = "audit";

/// From where an act was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActOrigin {
    /// The command line.
    Cli,
    /// An interface for programs.
    Api,
    /// The office's pages.
    Office,
    /// The node by itself.
    Node,
}

impl ActOrigin {
    /// As it is stored and shown.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Cli => "cli",
            Self::Api => "api",
            Self::Office => "office",
            Self::Node => "node",
        }
    }
}

/// An act to record.
#[derive(Debug, Clone)]
pub struct Act<'a> {
    /// The host's user, or an account's name.
    pub who: &'a str,
    /// The use case, such as `suspend_peer`.
    pub act: &'a str,
    /// The act's object: ids and reasons, never a URL.
    pub what: String,
    /// From where.
    pub origin: ActOrigin,
}

/// A recorded act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedAct {
    /// Number, from 1 without gaps.
    pub id: i64,
    /// Microseconds since 1970.
    pub at: i64,
    /// The actor.
    pub who: String,
    /// The use case.
    pub act: String,
    /// The act's object.
    pub what: String,
    /// From where: `cli`, `api`, `office`, `node`.
    pub origin: String,
    /// Over the row before and this row.
    pub hash: Hash,
}

/// The content of the hash: JSON without white space, keys in alphabetical order.
#[derive(Serialize)]
struct CanonicalRow<'a> {
    act: &'a str,
    at: i64,
    id: i64,
    origin: &'a str,
    what: &'a str,
    who: &'a str,
}

impl RecordedAct {
    /// SHA-256("hotline/audit/1\0" ‖ hash of the row before ‖ this row's canonical JSON).
    pub(crate) fn expected_hash(&self, previous: Hash) -> Hash {
        let row = CanonicalRow {
            act: &self.act,
            at: self.at,
            id: self.id,
            origin: &self.origin,
            what: &self.what,
            who: &self.who,
        };
        let json = serde_json::to_vec(&row).expect("text and numbers always serialise");
        Hash::of(&[DOMAIN, previous.as_bytes(), &json])
    }
}

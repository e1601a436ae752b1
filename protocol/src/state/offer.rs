//! An offer in a report's history, and how it ended.

use crate::bytes::Hash;
use crate::country::Country;
use crate::id::NodeId;

/// An offer that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The create or transfer.
    pub entry: Hash,
    /// The offerer.
    pub by: NodeId,
    /// The node that is offered the report.
    pub target: NodeId,
    /// The hosting country that it names.
    pub country: Option<Country>,
    /// The accept, if that was the target's first answer.
    pub accepted: Option<Hash>,
    /// The refusal, if that was the target's first answer.
    pub refusal: Option<Refusal>,
    /// Taken back by the offerer.
    pub resumed: bool,
}

/// A target's refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The refuse.
    pub entry: Hash,
    /// Its reason code.
    pub why: Box<str>,
    /// Where the target's own location finds the server.
    pub country: Option<Country>,
}

//! An entry of our own log that a peer had and this database had not.

use hotline_protocol::bytes::Hash;
use hotline_protocol::id::{NodeId, ReportId};
use hotline_protocol::log::Position;

/// An entry of our own log about a report, that a peer had and this database had not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostEntry {
    /// Where it stands.
    pub place: Position,
    /// Its hash.
    pub hash: Hash,
    /// The report.
    pub report: ReportId,
    /// The entry's type.
    pub entry_type: String,
    /// The peer that has it.
    pub peer: NodeId,
}

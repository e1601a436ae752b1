//! An entry as the fold sees it.

use crate::bytes::Hash;
use crate::entry::{Content, Header};
use crate::id::NodeId;

/// One entry about the report, as the fold sees it.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// Its hash.
    pub hash: Hash,
    /// Its author.
    pub log: &'a NodeId,
    /// Its place in its author's log: epoch and sequence number.
    pub place: (u64, u64),
    /// Its content.
    pub content: &'a Content,
}

impl<'a> Seen<'a> {
    /// A sealed entry.
    #[must_use]
    pub const fn sealed(hash: Hash, header: &'a Header) -> Self {
        Self { hash, log: &header.log, place: (header.epoch, header.seq), content: &header.content }
    }
}

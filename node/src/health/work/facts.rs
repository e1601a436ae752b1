//! The knowledge about a peer when its link is examined.

use hotline_protocol::log::{Cursor, Position};

use crate::exchange::Link;
use crate::exchange::log::LogDay;
use crate::trust::peer::{Peer, StoredCertificate};

/// Everything that one peer is judged by.
pub(super) struct Facts<'a> {
    pub(super) peer: &'a Peer,
    pub(super) link: &'a Link,
    /// Its pinned certificates that count.
    pub(super) counting: Vec<&'a StoredCertificate>,
    /// The end of our log.
    pub(super) own_head: Cursor,
    /// Where its log stands still here, since its author has signed two entries there.
    pub(super) fork: Option<Position>,
    /// The amounts taken of its log on the last day with any, and the grant.
    pub(super) day: LogDay,
    /// Entries that its log has beyond those here, by its signed heads.
    pub(super) lacking: u64,
}

//! What is known of a peer when its link is examined.

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
    /// What was taken of its log on the last day on which anything was, and what is granted.
    pub(super) day: LogDay,
    /// Entries that its log has beyond what is here, as its signed heads say.
    pub(super) lacking: u64,
}

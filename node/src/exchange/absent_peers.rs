//! Peers that are gone: their reports, their origin may take back.

use std::collections::{BTreeSet, HashMap};

use hotline_protocol::id::NodeId;

use super::link_repository::stored_links;
use crate::context::Context;
use crate::storage::StorageError;
use crate::trust::peer::{Peer, PeerStanding, peers};

/// Time of silence until a holder counts as gone, in microseconds (protocol, section 5: 14 days).
const SILENCE: i64 = 14 * 24 * 3_600 * 1_000_000;

/// The peers that were removed here, or were not heard from for 14 days. A node that was never added is not among them:
/// nothing is known of it.
pub async fn gone_peers(context: &Context) -> Result<BTreeSet<NodeId>, StorageError> {
    let connection = context.database.read();
    let links = stored_links(connection).await?;
    let contacts: HashMap<NodeId, Option<i64>> =
        links.into_iter().map(|stored| (stored.peer, stored.link.last_contact)).collect();
    let now = context.now_micros();
    let gone = |peer: &Peer| is_gone(peer, contacts.get(&peer.id).copied().flatten(), now);
    Ok(peers(connection).await?.into_iter().filter(gone).map(|peer| peer.id).collect())
}

/// A peer never heard from counts as silent since it was added. Times in microseconds since 1970.
fn is_gone(peer: &Peer, last_contact: Option<i64>, now: i64) -> bool {
    peer.standing == PeerStanding::Removed || now - last_contact.unwrap_or(peer.added_at) >= SILENCE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trust::handshake::test_certificate::peer;

    #[test]
    fn a_peer_is_gone_when_it_is_removed_or_silent_for_fourteen_days() {
        for (standing, last_contact, now, gone) in [
            (PeerStanding::Active, Some(5), 5 + SILENCE - 1, false),
            (PeerStanding::Active, Some(5), 5 + SILENCE, true),
            (PeerStanding::Suspended, Some(5), 6, false),
            (PeerStanding::Removed, Some(5), 6, true),
            (PeerStanding::Active, None, SILENCE - 1, false),
            (PeerStanding::Active, None, SILENCE, true),
        ] {
            assert_eq!(is_gone(&peer("nl-a", standing), last_contact, now), gone, "{standing:?} {last_contact:?}");
        }
    }
}

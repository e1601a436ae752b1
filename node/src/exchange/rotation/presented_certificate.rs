//! Choice of this node's certificate for a call to a peer: the newest with an announcement confirmed by that peer. A
//! peer that was restored, or that heard of a newer one elsewhere, knows another one than it confirmed here, and ends
//! the handshake: it is shown another one at the next try.

use std::collections::BTreeSet;

use hotline_protocol::bytes::Hash;
use hotline_protocol::log::Position;

/// A certificate that could be shown: it was or is in use, its key is here, and it is not over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Showable {
    pub(super) pin: Hash,
    /// The place of its announcement in our log; `None` for the first one, brought by a card.
    pub(super) announced: Option<Position>,
}

/// Returns the certificate to show to a peer that has confirmed our log up to `has` and has ended handshakes with those
/// in `refused`. `None` where it ended them with all. `newest_first` are those that could be shown.
pub(super) fn choose(newest_first: &[Showable], has: Position, refused: &BTreeSet<Hash>) -> Option<Hash> {
    let is_confirmed = |it: &&Showable| it.announced.is_none_or(|place| place <= has);
    let confirmed = newest_first.iter().find(is_confirmed);
    confirmed.into_iter().chain(newest_first).map(|it| it.pin).find(|pin| !refused.contains(pin))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pin(number: u8) -> Hash {
        Hash::from_bytes([number; 32])
    }

    fn at(seq: u64) -> Position {
        Position { epoch: 1, seq }
    }

    #[test]
    fn a_peer_is_shown_the_newest_that_it_confirmed_and_another_one_only_where_it_ended_the_handshake() {
        let showable = |number, announced: Option<u64>| Showable { pin: pin(number), announced: announced.map(at) };
        let all = [showable(3, Some(9)), showable(2, Some(5)), showable(1, None)];
        for (has, refused, shown) in [
            (9, &[][..], Some(3)),
            (8, &[], Some(2)),
            (4, &[], Some(1)),
            (9, &[3], Some(2)),
            (9, &[3, 2], Some(1)),
            (8, &[2], Some(3)),
            (4, &[1], Some(3)),
            (4, &[1, 3], Some(2)),
            (9, &[1, 2, 3], None),
        ] {
            let refused = refused.iter().copied().map(pin).collect();
            assert_eq!(choose(&all, at(has), &refused), shown.map(pin), "{has} {refused:?}");
        }
        assert_eq!(choose(&[], at(9), &BTreeSet::new()), None);
    }
}

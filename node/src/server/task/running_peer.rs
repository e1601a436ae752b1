//! The running sender and fetcher of each peer, and whether they may go on as things stand now.

use std::collections::BTreeSet;

use hotline_protocol::bytes::Hash;

use crate::shutdown::Stop;
use crate::trust::peer::Peer;

/// A sender and a fetcher, with the client that holds their shared connections.
#[derive(Debug)]
pub(super) struct RunningPeer {
    endpoint: String,
    /// Under one of these the peer answered.
    pins: BTreeSet<Hash>,
    stop: Stop,
}

impl RunningPeer {
    /// For a client that is made now.
    pub(super) fn new(peer: &Peer, pins: BTreeSet<Hash>) -> Self {
        Self { endpoint: peer.endpoint.clone(), pins, stop: Stop::default() }
    }

    /// Ends its sender and its fetcher.
    pub(super) fn stop_signal(&self) -> Stop {
        self.stop.clone()
    }

    /// Whether they go on; else they are told to stop. `peer` is `None` where it is not active any more. The thief of a
    /// key could hold a connection open for ever, so one pin that counts no more ends all of them; one more ends none.
    pub(super) fn goes_on(&mut self, peer: Option<&Peer>, pins: BTreeSet<Hash>) -> bool {
        let is_there = peer.is_some_and(|peer| peer.endpoint == self.endpoint);
        if !is_there || !self.pins.is_subset(&pins) {
            self.stop.stop();
            return false;
        }
        self.pins = pins;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trust::handshake::test_certificate::peer;
    use crate::trust::peer::PeerStanding;

    fn pins(numbers: &[u8]) -> BTreeSet<Hash> {
        numbers.iter().map(|number| Hash::from_bytes([*number; 32])).collect()
    }

    #[test]
    fn one_more_certificate_ends_no_connection_and_one_less_ends_them_all() {
        let known = peer("de-example", PeerStanding::Active);
        let mut running = RunningPeer::new(&known, pins(&[1]));
        assert!(running.goes_on(Some(&known), pins(&[1])));
        assert!(running.goes_on(Some(&known), pins(&[1, 2])));
        assert!(!running.stop_signal().is_stopping());
        assert!(!running.goes_on(Some(&known), pins(&[1])));
        assert!(running.stop_signal().is_stopping());
    }

    #[test]
    fn a_peer_that_is_not_active_or_lives_elsewhere_is_called_no_more_at_its_old_place() {
        let known = peer("de-example", PeerStanding::Active);
        let moved = Peer { endpoint: "https://other.example:7443".to_owned(), ..known.clone() };
        for now in [None, Some(&moved)] {
            let mut running = RunningPeer::new(&known, pins(&[1]));
            assert!(!running.goes_on(now, pins(&[1])));
            assert!(running.stop_signal().is_stopping());
        }
    }
}

//! Whether this node may seal: the check at the start, and the heads that peers show of our log (protocol, section 7).
//!
//! A node that was restored from a backup must not number new entries as it had numbered others before. So it compares
//! its database, its high-water file and the signed heads that peers show, before it seals anything.

use std::collections::BTreeSet;

use hotline_protocol::bytes::Hash;
use hotline_protocol::id::NodeId;
use hotline_protocol::log::{Cursor, Position};

/// The name of the setting where the serving node leaves the reason why nothing is sealed; empty where sealing goes on.
pub const SEAL_SETTING: &str = "seal_state";

/// Time after a start until unproved claims of peers about our log hold nothing up any more.
pub const CLAIMS_SECONDS: u64 = 600;

/// Whether sealing goes on, and if not, why: shown in `readyz` and `doctor`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SealState {
    /// It goes on.
    Open,
    /// One peer that had acknowledged our log must show its head first; after 60 s without any, it goes on.
    WaitsForOnePeer,
    /// Every active peer must show its head first, or an operator says `log seal --anyway`.
    WaitsForAllPeers {
        /// Those that have not yet.
        missing: BTreeSet<NodeId>,
    },
    /// The high-water file is missing, and no peer is known that could show the signed entries: an operator must say
    /// so.
    WaitsForOperator,
    /// Peers say that they hold an entry signed by a key that this database does not know. They are asked for the
    /// proof; after [`CLAIMS_SECONDS`] without it, sealing goes on.
    Claimed {
        /// The claiming peers.
        peers: BTreeSet<NodeId>,
    },
    /// The database is behind the signed entries: it was restored from a backup, or cloned.
    Behind {
        /// The signed entry.
        signed: Cursor,
    },
    /// A peer holds a signed entry of ours that contradicts ours.
    Forked {
        /// Where.
        at: Cursor,
    },
}

impl SealState {
    /// One sentence for people.
    #[must_use]
    pub fn reason(&self) -> String {
        match self {
            Self::Open => "sealing goes on".to_owned(),
            Self::WaitsForOnePeer => {
                "sealing waits until one peer has shown what it holds of our log (60 s)".to_owned()
            }
            Self::WaitsForAllPeers { missing } => {
                let names: Vec<&str> = missing.iter().map(NodeId::as_str).collect();
                format!(
                    "the high-water file is missing; sealing waits until every peer has shown what it holds of our log \
                     ({} to go), or for: hotline-node log seal --anyway",
                    names.join(", ")
                )
            }
            Self::WaitsForOperator => "the high-water file is missing, and no peer is known that could show what this \
                 node has signed: the folder may be a copy, and its database may lack what was signed since. Put back the \
                 newest backup of the database; where nothing can be missing, say: hotline-node log seal --anyway"
                .to_owned(),
            Self::Claimed { peers } => {
                let names: Vec<&str> = peers.iter().map(NodeId::as_str).collect();
                format!(
                    "{} shows a head of this node's log under a signing key that this database does not know, which is \
                     its word alone, and is asked for the entries before it: the database may be of a time before a key \
                     was exchanged. Put back a newer backup then; what is not shown within {} minutes of the start is not \
                     believed, or say: hotline-node log seal --anyway",
                    names.join(", "),
                    CLAIMS_SECONDS / 60
                )
            }
            Self::Behind { signed } => format!(
                "the database is behind what this node has signed (entry {} of epoch {}): it was restored from a \
                 backup or cloned; nothing is sealed until a newer backup is put back, or an operator leaves the missing \
                 entries behind: hotline-node log open-epoch",
                signed.seq, signed.epoch
            ),
            Self::Forked { at } => format!(
                "a peer holds an entry {} of epoch {} of ours that contradicts the database: two copies of this node \
                 have signed; nothing is sealed: stop the other copy, then say: hotline-node log open-epoch",
                at.seq, at.epoch
            ),
        }
    }
}

/// Our own log as the database has it.
#[derive(Debug, Clone, Copy)]
pub struct OwnLog {
    /// Where it ends.
    pub head: Cursor,
    /// Up to where it is signed.
    pub signed: Position,
}

/// Verdict on this node's database, from something that the node has signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// The database has it.
    Here,
    /// The database lacks it.
    Behind,
    /// The database has another entry there, signed as well.
    Forked,
}

impl OwnLog {
    /// Compares a signed place with the database, where `here` is the hash at that place.
    #[must_use]
    pub fn hold(&self, signed: &Cursor, here: Option<Hash>) -> Held {
        // Entries of a past epoch that are not here were left behind when the next one was opened.
        if here == Some(signed.hash) || signed.epoch < self.head.epoch {
            Held::Here
        } else if signed.position() > self.signed {
            // An entry there instead, if any, was never signed: it was recorded after the backup was put back.
            Held::Behind
        } else {
            Held::Forked
        }
    }
}

/// The check's state.
#[derive(Debug)]
pub struct SealGuard {
    state: SealState,
    /// The peers that say that there is more of our log, and have not shown it.
    claims: BTreeSet<NodeId>,
}

impl SealGuard {
    /// The check at the start. `file` is the place in the high-water file, with our hash at that place. `acknowledged`
    /// tells whether an active peer holds something of our log, as far as is known here. `active` lists all active
    /// peers.
    #[must_use]
    pub fn at_start(
        own: &OwnLog,
        file: Option<(Cursor, Option<Hash>)>,
        acknowledged: bool,
        active: BTreeSet<NodeId>,
    ) -> Self {
        let state = match file.map(|(file, here)| (file, own.hold(&file, here))) {
            Some((signed, Held::Behind)) => SealState::Behind { signed },
            Some((at, Held::Forked)) => SealState::Forked { at },
            // Every node has the file from its first day: one without it was copied, or put back by hand.
            None if active.is_empty() => SealState::WaitsForOperator,
            None => SealState::WaitsForAllPeers { missing: active },
            Some((_, Held::Here)) if acknowledged => SealState::WaitsForOnePeer,
            _ => SealState::Open,
        };
        Self { state, claims: BTreeSet::new() }
    }

    /// Returns the present state.
    #[must_use]
    pub const fn state(&self) -> &SealState {
        &self.state
    }

    /// A peer showed its newest checkpoint of our log (verified; `None`: it holds nothing), with our hash at that place.
    pub fn peer_showed(&mut self, peer: &NodeId, shown: Option<(Cursor, Option<Hash>)>, own: &OwnLog) {
        if let Some((signed, here)) = shown
            && self.proven(&signed, here, own)
        {
            return;
        }
        self.claims.remove(peer);
        match &mut self.state {
            SealState::WaitsForOnePeer | SealState::Claimed { .. } => self.go_on(),
            SealState::WaitsForAllPeers { missing } => {
                missing.remove(peer);
                if missing.is_empty() {
                    self.go_on();
                }
            }
            _ => {}
        }
    }

    /// Takes something that this node has signed, shown by anybody. Stops where it contradicts or goes beyond the
    /// database, where `here` is the hash at that place. Gives whether it does.
    pub fn proven(&mut self, signed: &Cursor, here: Option<Hash>, own: &OwnLog) -> bool {
        self.state = match own.hold(signed, here) {
            Held::Here => return false,
            Held::Behind => SealState::Behind { signed: *signed },
            Held::Forked => SealState::Forked { at: *signed },
        };
        true
    }

    /// A peer showed a head of our log that no key of ours verifies: this database may be of a time before a key was
    /// exchanged. It is asked for the proof. Once sealing goes on, anybody may say anything.
    pub fn peer_claims_more(&mut self, peer: &NodeId) {
        match &mut self.state {
            SealState::WaitsForOnePeer | SealState::WaitsForAllPeers { .. } => drop(self.claims.insert(peer.clone())),
            SealState::Claimed { peers } => {
                peers.insert(peer.clone());
                self.claims.insert(peer.clone());
            }
            _ => {}
        }
    }

    /// Whether a peer says that there is more of our log, and is to be asked for it.
    #[must_use]
    pub fn is_claimed_by(&self, peer: &NodeId) -> bool {
        self.claims.contains(peer)
    }

    /// A peer was asked for the entries that it claims, and showed nothing that we have signed: it holds nothing for
    /// us.
    pub fn claim_unproved(&mut self, peer: &NodeId, own: &OwnLog) {
        let waits_for_one = self.state == SealState::WaitsForOnePeer;
        if self.claims.remove(peer) && !waits_for_one {
            self.peer_showed(peer, None, own);
        }
    }

    /// [`CLAIMS_SECONDS`] have passed since the start: nobody's word holds us up any longer.
    pub fn claims_are_over(&mut self) {
        self.claims.clear();
        if matches!(self.state, SealState::Claimed { .. }) {
            self.state = SealState::Open;
        }
    }

    /// 60 s have passed since the start and nobody could be reached: database and file agree, so it goes on.
    pub fn nobody_reached(&mut self) {
        if self.state == SealState::WaitsForOnePeer {
            self.go_on();
        }
    }

    fn go_on(&mut self) {
        self.state =
            if self.claims.is_empty() { SealState::Open } else { SealState::Claimed { peers: self.claims.clone() } };
    }

    /// An operator opened a further epoch: entries that this node signed before and no longer has are left behind.
    pub fn epoch_opened(&mut self, epoch: u64) {
        let is_over = match &self.state {
            SealState::Behind { signed: place } | SealState::Forked { at: place } => place.epoch < epoch,
            SealState::Claimed { .. } | SealState::WaitsForOperator => true,
            SealState::Open | SealState::WaitsForOnePeer | SealState::WaitsForAllPeers { .. } => false,
        };
        if is_over {
            self.state = SealState::Open;
        }
    }

    /// An operator said `log seal --anyway`. A fork is not his to overrule: that takes a new epoch.
    pub fn seal_anyway(&mut self) {
        if matches!(
            self.state,
            SealState::WaitsForOnePeer
                | SealState::WaitsForAllPeers { .. }
                | SealState::WaitsForOperator
                | SealState::Claimed { .. }
        ) {
            self.state = SealState::Open;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seq: u64, byte: u8) -> Cursor {
        Cursor { epoch: 1, seq, hash: Hash::from_bytes([byte; 32]) }
    }

    /// A log that is signed up to `signed` and ends at `head`.
    fn own(signed: u64, head: Cursor) -> OwnLog {
        OwnLog { head, signed: Position { epoch: 1, seq: signed } }
    }

    fn here(cursor: Cursor) -> (Cursor, Option<Hash>) {
        (cursor, Some(cursor.hash))
    }

    fn peers(names: &[&str]) -> BTreeSet<NodeId> {
        names.iter().map(|name| name.parse().expect("a node id")).collect()
    }

    fn peer(name: &str) -> NodeId {
        name.parse().expect("a node id")
    }

    #[test]
    fn a_fresh_node_and_one_that_nobody_acknowledged_seal_at_once() {
        let fresh = OwnLog { head: Cursor::START, signed: Position { epoch: 1, seq: 0 } };
        let from_init = Some(here(Cursor::START));
        assert_eq!(SealGuard::at_start(&fresh, from_init, false, peers(&["nl-a"])).state(), &SealState::Open);
        let gate = SealGuard::at_start(&own(3, at(3, 1)), Some(here(at(3, 1))), false, peers(&["nl-a"]));
        assert_eq!(gate.state(), &SealState::Open);
    }

    #[test]
    fn a_node_that_was_cut_off_before_or_after_the_file_was_written_goes_on() {
        let before = SealGuard::at_start(&own(3, at(4, 2)), Some(here(at(3, 1))), false, peers(&[]));
        assert_eq!(before.state(), &SealState::Open);
        let after = SealGuard::at_start(&own(3, at(4, 2)), Some(here(at(4, 2))), false, peers(&[]));
        assert_eq!(after.state(), &SealState::Open);
    }

    #[test]
    fn a_database_behind_the_file_or_a_peer_stops() {
        let signed = at(5, 1);
        let gate = SealGuard::at_start(&own(4, at(4, 2)), Some((signed, None)), true, peers(&["nl-a"]));
        assert_eq!(gate.state(), &SealState::Behind { signed });
        let mut gate = SealGuard::at_start(&own(4, at(4, 2)), Some(here(at(4, 2))), true, peers(&["nl-a"]));
        gate.peer_showed(&peer("nl-a"), Some((signed, None)), &own(4, at(4, 2)));
        gate.seal_anyway();
        assert_eq!(gate.state(), &SealState::Behind { signed });
    }

    #[test]
    fn a_restored_database_that_was_worked_on_is_behind_and_not_forked() {
        // Entries 5 and 6 were recorded after the backup was put back, and are not signed.
        let (log, signed) = (own(4, at(6, 7)), at(5, 1));
        let gate = SealGuard::at_start(&log, Some((signed, Some(at(5, 7).hash))), true, peers(&["nl-a"]));
        assert_eq!(gate.state(), &SealState::Behind { signed });
        let mut gate = SealGuard::at_start(&log, None, true, peers(&["nl-a"]));
        gate.peer_showed(&peer("nl-a"), Some((signed, Some(at(5, 7).hash))), &log);
        assert_eq!(gate.state(), &SealState::Behind { signed });
    }

    #[test]
    fn an_epoch_that_an_operator_opened_leaves_behind_what_stood_in_the_way() {
        let log = own(4, at(4, 2));
        let in_epoch_2 = OwnLog { head: Cursor { epoch: 2, ..at(1, 3) }, ..log };
        let mut behind = SealGuard::at_start(&log, Some((at(5, 1), None)), true, peers(&["nl-a"]));
        let mut forked = SealGuard::at_start(&log, Some((at(3, 9), Some(at(3, 1).hash))), true, peers(&["nl-a"]));
        for gate in [&mut behind, &mut forked] {
            gate.epoch_opened(1);
            assert_ne!(gate.state(), &SealState::Open);
            gate.epoch_opened(2);
            assert_eq!(gate.state(), &SealState::Open);
            gate.peer_showed(&peer("nl-a"), Some((at(9, 9), None)), &in_epoch_2);
            assert_eq!(gate.state(), &SealState::Open);
        }
        let again = SealGuard::at_start(&in_epoch_2, Some((at(5, 1), None)), false, peers(&["nl-a"]));
        assert_eq!(again.state(), &SealState::Open);
    }

    /// At a start, with both peers active, after the first one showed a head under an unknown key.
    fn claimed(file: Option<(Cursor, Option<Hash>)>, log: &OwnLog) -> SealGuard {
        let mut gate = SealGuard::at_start(log, file, true, peers(&["nl-a", "de-b"]));
        gate.peer_claims_more(&peer("nl-a"));
        assert!(gate.is_claimed_by(&peer("nl-a")) && !gate.is_claimed_by(&peer("de-b")));
        gate
    }

    #[test]
    fn a_head_under_a_key_that_is_not_known_here_holds_up_until_it_is_shown_or_ten_minutes_are_over() {
        let log = own(4, at(4, 2));
        let shown_by_another = |gate: &mut SealGuard| gate.peer_showed(&peer("de-b"), Some(here(at(3, 1))), &log);
        let waits = SealState::Claimed { peers: peers(&["nl-a"]) };
        for nobody_else in [true, false] {
            let mut gate = claimed(Some(here(at(4, 2))), &log);
            if nobody_else {
                gate.nobody_reached();
            } else {
                shown_by_another(&mut gate);
            }
            assert_eq!(gate.state(), &waits);
            gate.claims_are_over();
            assert_eq!(gate.state(), &SealState::Open);
        }
        let mut shown = claimed(Some(here(at(4, 2))), &log);
        shown.peer_showed(&peer("nl-a"), Some((at(5, 1), None)), &log);
        shown.claims_are_over();
        assert_eq!(shown.state(), &SealState::Behind { signed: at(5, 1) }, "the entries before it are proof");
        let mut by_word = claimed(Some(here(at(4, 2))), &log);
        shown_by_another(&mut by_word);
        by_word.seal_anyway();
        by_word.peer_claims_more(&peer("nl-a"));
        assert_eq!((by_word.state(), by_word.is_claimed_by(&peer("nl-b"))), (&SealState::Open, false));
    }

    #[test]
    fn who_was_asked_for_what_it_claims_and_shows_nothing_holds_nothing_up() {
        let log = own(4, at(4, 2));
        let mut gate = claimed(Some(here(at(4, 2))), &log);
        gate.peer_showed(&peer("de-b"), Some(here(at(3, 1))), &log);
        gate.claim_unproved(&peer("nl-a"), &log);
        assert_eq!(gate.state(), &SealState::Open);
        let mut alone = claimed(Some(here(at(4, 2))), &log);
        alone.claim_unproved(&peer("nl-a"), &log);
        assert_eq!(alone.state(), &SealState::WaitsForOnePeer, "its word is none for the database either");
        let mut without_file = claimed(None, &log);
        without_file.claim_unproved(&peer("nl-a"), &log);
        assert_eq!(without_file.state(), &SealState::WaitsForAllPeers { missing: peers(&["de-b"]) });
    }

    #[test]
    fn what_is_proven_stops_whoever_brings_it_and_whenever() {
        let log = own(4, at(4, 2));
        let mut gate = SealGuard::at_start(&log, Some(here(at(4, 2))), false, peers(&["nl-a"]));
        assert!(!gate.proven(&at(3, 1), Some(at(3, 1).hash), &log));
        assert_eq!(gate.state(), &SealState::Open);
        assert!(gate.proven(&at(3, 9), Some(at(3, 1).hash), &log));
        assert_eq!(gate.state(), &SealState::Forked { at: at(3, 9) });
    }

    #[test]
    fn a_missing_file_waits_for_a_person_where_no_peer_could_show_anything() {
        let fresh = OwnLog { head: Cursor::START, signed: Position { epoch: 1, seq: 0 } };
        for log in [fresh, own(4, at(4, 2))] {
            let mut gate = SealGuard::at_start(&log, None, true, peers(&[]));
            gate.nobody_reached();
            // A peer that was added since may be one that the copied database does not know.
            gate.peer_showed(&peer("nl-a"), None, &log);
            gate.peer_showed(&peer("nl-a"), Some(here(at(2, 1))), &log);
            assert_eq!(gate.state(), &SealState::WaitsForOperator);
            gate.seal_anyway();
            assert_eq!(gate.state(), &SealState::Open);
        }
        let mut gate = SealGuard::at_start(&fresh, None, false, peers(&[]));
        gate.peer_showed(&peer("nl-a"), Some((at(5, 1), None)), &fresh);
        assert_eq!(gate.state(), &SealState::Behind { signed: at(5, 1) });
    }

    #[test]
    fn a_missing_file_waits_for_every_peer_or_the_operator() {
        let log = own(4, at(4, 2));
        let mut gate = SealGuard::at_start(&log, None, true, peers(&["nl-a", "de-b"]));
        gate.nobody_reached();
        gate.peer_showed(&peer("nl-a"), Some(here(at(3, 1))), &log);
        assert_eq!(gate.state(), &SealState::WaitsForAllPeers { missing: peers(&["de-b"]) });
        gate.seal_anyway();
        assert_eq!(gate.state(), &SealState::Open);
    }

    #[test]
    fn another_signed_hash_of_ours_at_a_peer_is_a_fork() {
        let log = own(4, at(4, 2));
        let mut gate = SealGuard::at_start(&log, Some(here(at(4, 2))), true, peers(&["nl-a"]));
        gate.peer_showed(&peer("nl-a"), Some((at(3, 9), Some(at(3, 1).hash))), &log);
        assert_eq!(gate.state(), &SealState::Forked { at: at(3, 9) });
    }
}

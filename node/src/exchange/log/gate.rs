//! Whether this node may seal: the check at the start, and what peers show of our log (protocol, section 7).
//!
//! A node that was restored from a backup must not number new entries as it had numbered others before. So it compares
//! its database, its high-water file and the signed heads that peers show, before it seals anything.

use std::collections::BTreeSet;

use hotline_protocol::bytes::Hash;
use hotline_protocol::id::NodeId;
use hotline_protocol::log::Cursor;

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
    /// The database is behind what was signed: it was restored from a backup, or cloned.
    Behind {
        /// What was signed.
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
            Self::Behind { signed } => format!(
                "the database is behind what this node has signed (entry {} of epoch {}): it was restored from a \
                 backup or cloned; nothing is sealed until the missing entries are back",
                signed.seq, signed.epoch
            ),
            Self::Forked { at } => format!(
                "a peer holds an entry {} of epoch {} of ours that contradicts the database: two copies of this node \
                 have signed; nothing is sealed, an operator must open a new epoch",
                at.seq, at.epoch
            ),
        }
    }
}

/// The check's state.
#[derive(Debug)]
pub struct Gate {
    state: SealState,
}

impl Gate {
    /// The check at the start. `acknowledged` are active peers that hold something of our log as far as is known here;
    /// `active` all active peers.
    #[must_use]
    pub fn at_start(database: &Cursor, file: Option<&Cursor>, acknowledged: bool, active: BTreeSet<NodeId>) -> Self {
        let place = |cursor: &Cursor| cursor.position();
        let state = match file {
            Some(file) if place(database) < place(file) => SealState::Behind { signed: *file },
            Some(file) if place(database) == place(file) && database.hash != file.hash => {
                SealState::Forked { at: *file }
            }
            None if database.seq > 0 && !active.is_empty() => SealState::WaitsForAllPeers { missing: active },
            Some(_) if acknowledged => SealState::WaitsForOnePeer,
            _ => SealState::Open,
        };
        Self { state }
    }

    /// What it is now.
    #[must_use]
    pub const fn state(&self) -> &SealState {
        &self.state
    }

    /// A peer showed its newest checkpoint of our log (verified; `None`: it holds nothing). `here` is our own hash at
    /// that place, if we have it.
    pub fn peer_showed(&mut self, peer: &NodeId, shown: Option<&Cursor>, own: &Cursor, here: Option<Hash>) {
        if let Some(shown) = shown {
            if shown.position() > own.position() {
                self.state = SealState::Behind { signed: *shown };
                return;
            }
            if here != Some(shown.hash) {
                self.state = SealState::Forked { at: *shown };
                return;
            }
        }
        match &mut self.state {
            SealState::WaitsForOnePeer => self.state = SealState::Open,
            SealState::WaitsForAllPeers { missing } => {
                missing.remove(peer);
                if missing.is_empty() {
                    self.state = SealState::Open;
                }
            }
            _ => {}
        }
    }

    /// 60 s have passed since the start and nobody could be reached: database and file agree, so it goes on.
    pub fn nobody_reached(&mut self) {
        if self.state == SealState::WaitsForOnePeer {
            self.state = SealState::Open;
        }
    }

    /// An operator said `log seal --anyway`. A fork is not his to overrule: that takes a new epoch.
    pub fn seal_anyway(&mut self) {
        if matches!(self.state, SealState::WaitsForOnePeer | SealState::WaitsForAllPeers { .. }) {
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

    fn peers(names: &[&str]) -> BTreeSet<NodeId> {
        names.iter().map(|name| name.parse().expect("a node id")).collect()
    }

    #[test]
    fn a_fresh_node_and_one_that_nobody_acknowledged_seal_at_once() {
        assert_eq!(Gate::at_start(&Cursor::START, None, false, peers(&["nl-a"])).state(), &SealState::Open);
        assert_eq!(Gate::at_start(&at(3, 1), Some(&at(3, 1)), false, peers(&["nl-a"])).state(), &SealState::Open);
    }

    #[test]
    fn a_database_ahead_of_the_file_was_cut_off_in_between_and_goes_on() {
        assert_eq!(Gate::at_start(&at(4, 2), Some(&at(3, 1)), false, peers(&[])).state(), &SealState::Open);
    }

    #[test]
    fn a_database_behind_the_file_or_a_peer_stops() {
        let signed = at(5, 1);
        let gate = Gate::at_start(&at(4, 2), Some(&signed), true, peers(&["nl-a"]));
        assert_eq!(gate.state(), &SealState::Behind { signed });
        let mut gate = Gate::at_start(&at(4, 2), Some(&at(4, 2)), true, peers(&["nl-a"]));
        gate.peer_showed(&"nl-a".parse().expect("a node id"), Some(&signed), &at(4, 2), None);
        gate.seal_anyway();
        assert_eq!(gate.state(), &SealState::Behind { signed });
    }

    #[test]
    fn a_missing_file_waits_for_every_peer_or_the_operator() {
        let mut gate = Gate::at_start(&at(4, 2), None, true, peers(&["nl-a", "de-b"]));
        gate.nobody_reached();
        gate.peer_showed(&"nl-a".parse().expect("a node id"), Some(&at(3, 1)), &at(4, 2), Some(at(3, 1).hash));
        assert_eq!(gate.state(), &SealState::WaitsForAllPeers { missing: peers(&["de-b"]) });
        gate.seal_anyway();
        assert_eq!(gate.state(), &SealState::Open);
    }

    #[test]
    fn another_hash_of_ours_at_a_peer_is_a_fork() {
        let mut gate = Gate::at_start(&at(4, 2), Some(&at(4, 2)), true, peers(&["nl-a"]));
        gate.peer_showed(&"nl-a".parse().expect("a node id"), Some(&at(3, 9)), &at(4, 2), Some(at(3, 1).hash));
        assert_eq!(gate.state(), &SealState::Forked { at: at(3, 9) });
    }
}

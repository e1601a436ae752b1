//! The chain of a stored log, entry after entry: pure.

use std::fmt;

use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::{Content, Header};
use hotline_protocol::id::{Network, NodeId};
use hotline_protocol::log::{Cursor, KeyHistory, Position, RUN_ENTRIES_LIMIT, SignedCheckpoint};

use crate::exchange::log::epoch::Line;
use crate::exchange::log::repository::StoredEntry;
use crate::exchange::log::seal::ROUND_ENTRIES;
use crate::report::BodyState;

/// Where a log does not hold, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFault {
    /// The first entry that does not hold.
    pub place: Position,
    /// Why, in a sentence's second half.
    pub why: String,
}

impl LogFault {
    pub(super) fn at(place: Position, why: impl Into<String>) -> Self {
        Self { place, why: why.into() }
    }
}

impl fmt::Display for LogFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "entry {} of epoch {}: {}", self.place.seq, self.place.epoch, self.why)
    }
}

/// How far a log was verified.
pub(super) struct Chain<'a> {
    network: &'a Network,
    log: &'a NodeId,
    keys: &'a KeyHistory,
    line: &'a Line,
    last: Cursor,
    /// Up to here a checkpoint signs.
    signed: Position,
}

impl<'a> Chain<'a> {
    /// Before the first entry.
    pub(super) const fn new(network: &'a Network, log: &'a NodeId, keys: &'a KeyHistory, line: &'a Line) -> Self {
        let start = Cursor { epoch: 0, seq: 0, hash: Hash::ZERO };
        Self { network, log, keys, line, last: start, signed: Position { epoch: 0, seq: 0 } }
    }

    /// Returns the log's author.
    pub(super) const fn log(&self) -> &'a NodeId {
        self.log
    }

    /// Takes the next entry, and the checkpoint that ends in it. Returns the parsed header.
    pub(super) fn take(
        &mut self,
        entry: &StoredEntry,
        checkpoint: Option<&SignedCheckpoint>,
    ) -> Result<Header, LogFault> {
        let place = entry.place;
        let fault = |why: String| LogFault { place, why };
        let header = Header::parse(entry.header.as_bytes()).map_err(|refused| fault(refused.to_string()))?;
        if header.log != *self.log || (header.epoch, header.seq) != (place.epoch, place.seq) {
            return Err(fault("its header names another place".into()));
        }
        let hash = Header::hash_line(entry.header.as_bytes());
        if hash != entry.hash {
            return Err(fault("its header is not the one that was hashed".into()));
        }
        if place.epoch != self.last.epoch {
            self.last = Cursor { epoch: place.epoch, seq: 0, hash: Hash::ZERO };
        }
        if place.seq != self.last.seq + 1 {
            let missing = Position { epoch: place.epoch, seq: self.last.seq + 1 };
            return Err(LogFault::at(missing, "it is missing"));
        }
        if place.seq == 1 && place.epoch > 1 && header.opens_epoch().is_none() {
            return Err(fault("its epoch is opened by no entry".into()));
        }
        if header.prev != self.last.hash {
            return Err(fault("it does not follow from the one before".into()));
        }
        check_body(&header.content, entry).map_err(|why| fault(why.into()))?;
        self.last = Cursor { epoch: place.epoch, seq: place.seq, hash };
        // Entries left behind are evidence: a thief may have had their key.
        if let Some(checkpoint) = checkpoint.filter(|_| self.line.counts(place)) {
            self.take_checkpoint(checkpoint).map_err(fault)?;
        }
        Ok(header)
    }

    /// One signing key a sequence number: the key must be valid for the whole run, not for its end alone.
    fn take_checkpoint(&mut self, checkpoint: &SignedCheckpoint) -> Result<(), String> {
        let verified = checkpoint.verify(self.network, self.log, self.keys).map_err(|refused| refused.to_string())?;
        if verified.checkpoint().cursor() != self.last {
            return Err("its checkpoint signs another entry".into());
        }
        let before = if self.signed.epoch == self.last.epoch { self.signed.seq } else { 0 };
        if self.last.seq - before > RUN_ENTRIES_LIMIT as u64 {
            return Err("a checkpoint before it is missing".into());
        }
        let first = Position { epoch: self.last.epoch, seq: before + 1 };
        if self.keys.key_at(verified.kid(), first).is_none() {
            return Err("its checkpoint's key may not sign the beginning of the run".into());
        }
        self.signed = self.last.position();
        Ok(())
    }

    /// At the end: everything up to the head is here, and signed. Of our own log, entries after the place in the
    /// high-water file (`open_after`) were never signed. The signatures of the round before it may still be missing: a
    /// round is written to that file first.
    pub(super) fn end(&self, head: &Cursor, open_after: Option<Position>) -> Option<LogFault> {
        if head.seq > 0 && self.last != *head {
            return Some(LogFault::at(head.position(), "the log's head names another entry"));
        }
        let before = if self.signed.epoch == head.epoch { self.signed.seq } else { 0 };
        let (signed, waiting) = match open_after {
            Some(after) if after.epoch == head.epoch => (after.seq.min(head.seq), ROUND_ENTRIES),
            Some(_) => (0, ROUND_ENTRIES),
            None => (head.seq, 0),
        };
        let fault = || LogFault::at(Position { epoch: head.epoch, seq: signed }, "no checkpoint signs it");
        (signed.saturating_sub(before) > waiting).then(fault)
    }
}

fn check_body(content: &Content, entry: &StoredEntry) -> Result<(), &'static str> {
    match (entry.body_state, content.body().is_some(), entry.body.is_some()) {
        (BodyState::None, false, false)
        | (BodyState::Here, true, true)
        | (BodyState::Wanted | BodyState::NotForUs | BodyState::Erased, true, false) => Ok(()),
        (BodyState::Here, true, false) => Err("its body is gone"),
        _ => Err("its body is not kept as its header says"),
    }
}

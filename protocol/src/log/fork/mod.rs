//! A proof that an author has signed two different entries under one place of its log (`application/hxp-fork`).
//!
//! Line 1 is a checkpoint of that place. Line 2 is a checkpoint of the same place with another hash, or of a later
//! place of the same epoch. In the second case the header lines between the two follow; the first of them names another
//! predecessor than line 1 signs. A reader with the author's keys needs nothing else.

use thiserror::Error;

use super::{CheckpointRefused, Cursor, KeyHistory, Position, RUN_ENTRIES_LIMIT, SignedCheckpoint};
use crate::bytes::Hash;
use crate::entry::{Header, HeaderRefused};
use crate::id::{Network, NodeId};
use crate::json;

/// The media type of a proof.
pub const FORK_MEDIA_TYPE: &str = "application/hxp-fork";
/// Most header lines of a proof: every member keeps a checkpoint within so many entries.
pub const FORK_HEADERS_LIMIT: usize = RUN_ENTRIES_LIMIT - 1;
/// Longest proof, in bytes: two checkpoints and the header lines, each with its line feed.
pub const FORK_BYTES_LIMIT: usize = 2 * 2_049 + FORK_HEADERS_LIMIT * (json::HEADER.max_bytes + 1);

/// Why a text proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ForkRefused {
    /// Not two checkpoints and the header lines between them.
    #[error("the proof is not two checkpoints and the header lines between them")]
    Form,
    /// Too many lines or bytes.
    #[error("the proof has more than {FORK_HEADERS_LIMIT} header lines, or is too long")]
    TooLong,
    /// A checkpoint does not hold.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointRefused),
    /// The checkpoints are of different epochs: a later epoch contradicts nobody.
    #[error("the two checkpoints are of different epochs")]
    OtherEpoch,
    /// A header does not hold.
    #[error("header line {place} of the proof: {cause}")]
    Header {
        /// Its place in the proof, from 1.
        place: usize,
        /// Why.
        cause: HeaderRefused,
    },
    /// A header of another log or place, or one that does not follow the one before.
    #[error("header line {place} of the proof does not follow the one before")]
    BrokenChain {
        /// Its place in the proof, from 1.
        place: usize,
    },
    /// The last header is not the one that the second checkpoint signs.
    #[error("the proof does not end where its second checkpoint says")]
    NotSigned,
    /// Both say the same.
    #[error("the two checkpoints do not contradict each other")]
    Agrees,
}

/// A proof that holds. Only [`ForkProof::verify`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForkProof {
    text: Box<str>,
    log: NodeId,
    place: Position,
    hashes: [Hash; 2],
    end: Position,
}

impl ForkProof {
    /// The text of a proof: nothing in it counts before [`ForkProof::verify`].
    #[must_use]
    pub fn write<'h>(
        first: &SignedCheckpoint,
        second: &SignedCheckpoint,
        headers: impl IntoIterator<Item = &'h str>,
    ) -> String {
        let mut text = format!("{}\n{}\n", first.as_str(), second.as_str());
        for line in headers {
            text.push_str(line);
            text.push('\n');
        }
        text
    }

    /// Verifies a text as a proof against `log` in `net`, under the log's own keys.
    pub fn verify(text: &str, net: &Network, log: &NodeId, keys: &KeyHistory) -> Result<Self, ForkRefused> {
        if text.len() > FORK_BYTES_LIMIT {
            return Err(ForkRefused::TooLong);
        }
        let lines: Vec<&str> = text.strip_suffix('\n').ok_or(ForkRefused::Form)?.split('\n').collect();
        let [first, second, headers @ ..] = lines.as_slice() else { return Err(ForkRefused::Form) };
        if headers.len() > FORK_HEADERS_LIMIT {
            return Err(ForkRefused::TooLong);
        }
        let verified = |token: &str| SignedCheckpoint::new(token).verify(net, log, keys);
        let (first, second) = (verified(first)?, verified(second)?);
        let (place, end) = (first.checkpoint().cursor(), second.checkpoint().cursor());
        if place.epoch != end.epoch {
            return Err(ForkRefused::OtherEpoch);
        }
        if end.seq < place.seq || end.seq - place.seq != headers.len() as u64 {
            return Err(ForkRefused::Form);
        }
        let other = hash_before(log, &place, &end, headers)?;
        if other == place.hash {
            return Err(ForkRefused::Agrees);
        }
        // One signing key a sequence number: a key must not speak for entries that were another's to sign.
        let begin = Position { epoch: place.epoch, seq: end.seq.min(place.seq + 1) };
        if keys.key_at(second.kid(), begin).is_none() {
            return Err(CheckpointRefused::KeyNotValid.into());
        }
        Ok(Self {
            text: text.into(),
            log: log.clone(),
            place: place.position(),
            hashes: [place.hash, other],
            end: end.position(),
        })
    }

    /// The proof, to be stored and forwarded as it is.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The log's author.
    #[must_use]
    pub const fn log(&self) -> &NodeId {
        &self.log
    }

    /// The place shared by the two signed entries.
    #[must_use]
    pub const fn place(&self) -> Position {
        self.place
    }

    /// The hashes of the two entries.
    #[must_use]
    pub const fn hashes(&self) -> &[Hash; 2] {
        &self.hashes
    }

    /// The place that the second checkpoint signs.
    #[must_use]
    pub const fn end(&self) -> Position {
        self.end
    }

    /// The two checkpoints.
    #[must_use]
    pub fn checkpoints(&self) -> [&str; 2] {
        let mut lines = self.text.lines();
        [lines.next().unwrap_or_default(), lines.next().unwrap_or_default()]
    }

    /// The header lines between them.
    pub fn headers(&self) -> impl Iterator<Item = &str> {
        self.text.lines().skip(2)
    }
}

/// The hash at `place` that `end` signs, over the chain of the header lines between.
fn hash_before(log: &NodeId, place: &Cursor, end: &Cursor, headers: &[&str]) -> Result<Hash, ForkRefused> {
    let (mut before, mut last) = (None, end.hash);
    for (index, line) in headers.iter().enumerate() {
        let number = index + 1;
        let header = Header::parse(line.as_bytes()).map_err(|cause| ForkRefused::Header { place: number, cause })?;
        let stands = header.log == *log && header.epoch == place.epoch && header.seq == place.seq + number as u64;
        if !stands || (before.is_some() && header.prev != last) {
            return Err(ForkRefused::BrokenChain { place: number });
        }
        before.get_or_insert(header.prev);
        last = Header::hash_line(line.as_bytes());
    }
    if last != end.hash {
        return Err(ForkRefused::NotSigned);
    }
    Ok(before.unwrap_or(end.hash))
}

#[cfg(test)]
mod tests;

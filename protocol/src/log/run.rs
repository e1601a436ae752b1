//! A run: a contiguous part of a log that ends in a checkpoint, as it goes over the wire (`application/hxp-run`).
//!
//! Line 1 is the checkpoint. Then two lines an entry: the header, and the body or nothing. Every line ends in a line
//! feed. Reading keeps slices of the received text; nothing is serialised again to be verified.

use std::ops::Range;
use std::sync::Arc;

use thiserror::Error;

use super::{CheckpointRefused, Cursor, KeyHistory, Position, SignedCheckpoint, VerifiedCheckpoint};
use crate::bytes::Hash;
use crate::entry::{BodyLine, BodyRefused, EntryType, Header, HeaderRefused};
use crate::id::{Network, NodeId};
use crate::problem::Problem;
use crate::signature::SignatureRefused;

/// Most entries in a run.
pub const RUN_ENTRIES_LIMIT: usize = 1_024;
/// Most bytes of a run with its bodies. One entry larger than the remaining bytes travels without its body.
pub const RUN_BYTES_LIMIT: usize = 4 * 1024 * 1024;

/// Why a text is not a run that may be applied.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RunRefused {
    /// Not text in lines, no entries, or an odd number of lines.
    #[error("the run is not a checkpoint and two lines an entry")]
    Form,
    /// Too many entries.
    #[error("the run has more than {RUN_ENTRIES_LIMIT} entries")]
    TooLong,
    /// The checkpoint does not hold.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointRefused),
    /// A header does not hold.
    #[error("entry {place} of the run: {cause}")]
    Header {
        /// Its place in the run, from 1.
        place: usize,
        /// Why.
        cause: HeaderRefused,
    },
    /// A body does not hold.
    #[error("entry {place} of the run: {cause}")]
    Body {
        /// Its place in the run, from 1.
        place: usize,
        /// Why.
        cause: BodyRefused,
    },
    /// An entry of another log or epoch, a gap, or a wrong `prev`.
    #[error("entry {place} of the run does not follow the one before")]
    BrokenChain {
        /// Its place in the run, from 1.
        place: usize,
    },
    /// The last entry is not the one that the checkpoint signs.
    #[error("the run does not end where its checkpoint says")]
    NotSigned,
    /// An entry after a `key.announce` or beside an `epoch.open`: those close their run.
    #[error("the run spans a change of keys")]
    SpansKeyChange,
    /// A further epoch with a first entry that does not name the last earlier entry that counts.
    #[error("the run begins an epoch that no entry opens")]
    EpochNotOpened,
}

impl RunRefused {
    /// The problem that a pusher is told.
    #[must_use]
    pub const fn problem(&self) -> Problem {
        match self {
            Self::TooLong => Problem::TooLarge,
            Self::Checkpoint(CheckpointRefused::KeyNotValid) => Problem::KeyNotValid,
            // As every line beyond its own limit.
            Self::Checkpoint(CheckpointRefused::Signature(SignatureRefused::TooLong)) => Problem::Malformed,
            Self::Checkpoint(CheckpointRefused::Signature(_)) => Problem::BadSignature,
            Self::BrokenChain { .. } | Self::NotSigned | Self::SpansKeyChange | Self::EpochNotOpened => {
                Problem::BrokenChain
            }
            Self::Form | Self::Checkpoint(_) | Self::Header { .. } | Self::Body { .. } => Problem::Malformed,
        }
    }
}

/// The lines of a run, not yet verified.
#[derive(Debug)]
pub struct UnverifiedRun {
    text: Arc<str>,
    checkpoint: SignedCheckpoint,
    lines: Vec<(Range<usize>, Range<usize>)>,
}

/// A run with its chain, hashes, bodies and signature all checked. Only this type can be applied.
#[derive(Debug)]
pub struct VerifiedRun {
    checkpoint: VerifiedCheckpoint,
    entries: Vec<VerifiedEntry>,
}

/// One entry of a verified run.
#[derive(Debug, Clone)]
pub struct VerifiedEntry {
    /// Its hash.
    pub hash: Hash,
    /// Its header, read.
    pub header: Header,
    /// Its header, as it was written.
    pub line: Box<str>,
    /// Its body, where one came with it.
    pub body: Option<BodyLine>,
}

impl UnverifiedRun {
    /// Splits a received text into its lines.
    pub fn parse(text: Arc<str>) -> Result<Self, RunRefused> {
        let mut ends = text.match_indices('\n').map(|(end, _)| end);
        let first = ends.next().ok_or(RunRefused::Form)?;
        let checkpoint = SignedCheckpoint::new(&text[..first]);
        let mut lines = Vec::new();
        let mut start = first + 1;
        while let Some(header_end) = ends.next() {
            let body_end = ends.next().ok_or(RunRefused::Form)?;
            if lines.len() == RUN_ENTRIES_LIMIT {
                return Err(RunRefused::TooLong);
            }
            lines.push((start..header_end, header_end + 1..body_end));
            start = body_end + 1;
        }
        if start != text.len() || lines.is_empty() {
            return Err(RunRefused::Form);
        }
        Ok(Self { text, checkpoint, lines })
    }

    /// Verifies the whole run as a part of `log` in `net`, under the log's own keys.
    pub fn verify(self, net: &Network, log: &NodeId, keys: &KeyHistory) -> Result<VerifiedRun, RunRefused> {
        let checkpoint = self.checkpoint.verify(net, log, keys)?;
        let mut entries: Vec<VerifiedEntry> = Vec::with_capacity(self.lines.len());
        for (index, (header_range, body_range)) in self.lines.iter().enumerate() {
            let place = index + 1;
            let line = &self.text[header_range.clone()];
            let header = Header::parse(line.as_bytes()).map_err(|cause| RunRefused::Header { place, cause })?;
            check_place(entries.last(), &header, &checkpoint, log, place)?;
            let body = verify_body(&self.text[body_range.clone()], &header)
                .map_err(|cause| RunRefused::Body { place, cause })?;
            entries.push(VerifiedEntry { hash: Header::hash_line(line.as_bytes()), header, line: line.into(), body });
        }
        let last = entries.last().ok_or(RunRefused::Form)?;
        if last.header.seq != checkpoint.checkpoint().seq || last.hash != checkpoint.checkpoint().h {
            return Err(RunRefused::NotSigned);
        }
        // One signing key a sequence number: a key must not speak for entries that were another's to sign.
        let first = Position { epoch: entries[0].header.epoch, seq: entries[0].header.seq };
        if keys.key_at(checkpoint.kid(), first).is_none() {
            return Err(CheckpointRefused::KeyNotValid.into());
        }
        Ok(VerifiedRun { checkpoint, entries })
    }
}

fn verify_body(line: &str, header: &Header) -> Result<Option<BodyLine>, BodyRefused> {
    if line.is_empty() {
        return Ok(None);
    }
    let commitment = header.content.body().ok_or(BodyRefused::NotCommitted)?;
    BodyLine::verify(line, &commitment).map(Some)
}

fn check_place(
    before: Option<&VerifiedEntry>,
    header: &Header,
    checkpoint: &VerifiedCheckpoint,
    log: &NodeId,
    place: usize,
) -> Result<(), RunRefused> {
    if header.log != *log || header.epoch != checkpoint.checkpoint().ep {
        return Err(RunRefused::BrokenChain { place });
    }
    match before {
        Some(before) if before.header.seq + 1 != header.seq || before.hash != header.prev => {
            Err(RunRefused::BrokenChain { place })
        }
        Some(before)
            if matches!(before.header.content.entry_type, EntryType::KeyAnnounce | EntryType::EpochOpen)
                || header.content.entry_type == EntryType::EpochOpen =>
        {
            Err(RunRefused::SpansKeyChange)
        }
        None if (header.seq == 1) != (header.prev == Hash::ZERO) => Err(RunRefused::BrokenChain { place }),
        None if header.seq == 1 && header.epoch > 1 && header.opens_epoch().is_none() => {
            Err(RunRefused::EpochNotOpened)
        }
        _ => Ok(()),
    }
}

impl VerifiedRun {
    /// The checkpoint that signs it.
    #[must_use]
    pub const fn checkpoint(&self) -> &VerifiedCheckpoint {
        &self.checkpoint
    }

    /// Its entries, in order; never empty.
    #[must_use]
    pub fn entries(&self) -> &[VerifiedEntry] {
        &self.entries
    }

    /// The place before its first entry; the reader must hold it.
    #[must_use]
    pub fn before(&self) -> Cursor {
        let first = &self.entries[0].header;
        Cursor { epoch: first.epoch, seq: first.seq - 1, hash: first.prev }
    }

    /// The place of its last entry.
    #[must_use]
    pub const fn head(&self) -> Cursor {
        self.checkpoint.checkpoint().cursor()
    }

    /// The last entry of an earlier epoch that still counts, where the run opens a further epoch.
    #[must_use]
    pub fn opens_epoch(&self) -> Option<Cursor> {
        self.entries[0].header.opens_epoch()
    }

    /// Its entries, given away.
    #[must_use]
    pub fn into_entries(self) -> Vec<VerifiedEntry> {
        self.entries
    }
}

/// Writes a run.
#[derive(Debug)]
pub struct RunWriter {
    text: String,
    body_bytes_left: usize,
}

impl RunWriter {
    /// Begins a run that ends in `checkpoint` and takes bodies up to `bytes` in all, at most [`RUN_BYTES_LIMIT`].
    #[must_use]
    pub fn new(checkpoint: &SignedCheckpoint, bytes: usize) -> Self {
        let mut text = String::with_capacity(64 * 1024);
        text.push_str(checkpoint.as_str());
        text.push('\n');
        Self { text, body_bytes_left: bytes.min(RUN_BYTES_LIMIT) }
    }

    /// Adds an entry; its body is left out where the run would become too large with it.
    pub fn push(&mut self, header_line: &str, body_line: Option<&str>) {
        self.text.push_str(header_line);
        self.text.push('\n');
        if let Some(body) = body_line.filter(|body| body.len() <= self.body_bytes_left) {
            self.body_bytes_left -= body.len();
            self.text.push_str(body);
        }
        self.text.push('\n');
        self.body_bytes_left = self.body_bytes_left.saturating_sub(header_line.len() + 2);
    }

    /// The text.
    #[must_use]
    pub fn finish(self) -> String {
        self.text
    }
}

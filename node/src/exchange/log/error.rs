//! Errors of a log, by the side that must act.

use hotline_protocol::log::{Cursor, Position, RunRefused};
use thiserror::Error;

use crate::report::ReportError;
use crate::secret::SecretError;
use crate::storage::StorageError;

/// Why a log did not move.
#[derive(Debug, Error)]
pub enum LogError {
    /// The peer's: this node has no card of the log's author.
    #[error("this node keeps no log of that name")]
    UnknownLog,
    /// The peer's: the run does not hold.
    #[error(transparent)]
    Refused(#[from] RunRefused),
    /// The peer's: entries are missing between the log here and the run.
    #[error("entries are missing before this run")]
    Gap(Cursor),
    /// The peer's or ours: the same place has two hashes.
    #[error("the log that is here and the one that is shown differ")]
    Diverged(Cursor),
    /// The peer's: the run belongs to an epoch that is over, or to one that was not opened.
    #[error("the epoch is not the one that is open here")]
    EpochClosed(Cursor),
    /// The author's: it has signed two entries under this place, and the run goes beyond it.
    #[error("two entries were signed as entry {} of epoch {} of this log, and nothing is taken beyond it", .0.seq, .0.epoch)]
    Forked(Position),
    /// The peer's: as much of this log as a day takes was taken.
    #[error("as much of this log as is taken in a day was taken; the rest is taken from the next day on")]
    DayUsedUp {
        /// So many seconds later it is worth a try.
        seconds: u32,
    },
    /// Ours: no peer follows so far.
    #[error("epoch {0} was used, and no peer follows from the one that is here to one beyond it")]
    EpochTooFar(u64),
    /// Ours: the database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Ours: a report.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// Ours: a secret.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// Ours: the key that may sign the next entries.
    #[error("the key that signs this log from its entry {0} on is not in the keys folder")]
    SigningKeyMissing(u64),
    /// Ours: the high-water file.
    #[error("the high-water file {path}: {cause}")]
    HighWater {
        /// The file.
        path: std::path::PathBuf,
        /// The underlying error.
        cause: std::io::Error,
    },
}

impl LogError {
    /// Whether something of ours is wrong, and nothing that a peer has said or sent.
    #[must_use]
    pub const fn is_ours(&self) -> bool {
        match self {
            Self::EpochTooFar(_)
            | Self::Storage(_)
            | Self::Report(ReportError::Storage(_) | ReportError::Secret(_))
            | Self::Secret(_)
            | Self::SigningKeyMissing(_)
            | Self::HighWater { .. } => true,
            Self::UnknownLog
            | Self::Refused(_)
            | Self::Gap(_)
            | Self::Diverged(_)
            | Self::EpochClosed(_)
            | Self::Forked(_)
            | Self::DayUsedUp { .. }
            | Self::Report(_) => false,
        }
    }
}

//! The end of a command that did not do its task: an exit code, and one sentence with the next step.

use std::io;

use thiserror::Error;

use crate::access::account::AccountError;
use crate::access::audit::Trail;
use crate::config::{ConfigFaults, InitialRefused};
use crate::context::OpenError;
use crate::exchange::log::LogError;
use crate::exchange::rotation::RotationError;
use crate::intake::FindError;
use crate::report::ReportError;
use crate::report::lifecycle::MoveRefused;
use crate::secret::SecretError;
use crate::storage::StorageError;
use crate::trust::TrustError;
use crate::trust::peer::{DigestKeyError, KeyChangeFault, PinRefused};

/// Refused or failed.
pub const FAILED: u8 = 1;
/// Used wrongly; clap's own code too.
pub const USAGE: u8 = 2;
/// Try again (`EX_TEMPFAIL` of sysexits).
pub const TRY_AGAIN: u8 = 75;

/// Why a command did not end with 0. Its text is for the operator, and never holds a URL.
#[derive(Debug, Error)]
pub enum CliError {
    /// The caller's: a faulty argument that only the command can tell.
    #[error("{0}")]
    Usage(String),
    /// The caller's: refused, or something is wrong; the sentence names the next step.
    #[error("{0}")]
    Refused(String),
    /// Somebody else's: a peer or a server is away.
    #[error("{0}")]
    TryAgain(String),
    /// The configuration's faults, each with its key.
    #[error(transparent)]
    Config(#[from] ConfigFaults),
    /// A report's.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// The database's.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A key file's, or a sealed value's.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The log's.
    #[error(transparent)]
    Log(#[from] LogError),
    /// A peer's or its card's.
    #[error(transparent)]
    Trust(TrustError),
    /// An account's.
    #[error(transparent)]
    Account(AccountError),
    /// One certificate's of a peer.
    #[error(transparent)]
    Pin(PinRefused),
    /// A file's that the command was given, or the output's.
    #[error("{what}: {cause}")]
    File {
        /// The file or output.
        what: String,
        /// The operating system's error.
        cause: io::Error,
    },
    /// Anything else.
    #[error("{0:#}")]
    Other(anyhow::Error),
}

impl CliError {
    /// A refusal.
    pub fn refused(sentence: impl Into<String>) -> Self {
        Self::Refused(sentence.into())
    }

    /// A file that cannot be read or written.
    pub fn file(what: impl std::fmt::Display, cause: io::Error) -> Self {
        Self::File { what: what.to_string(), cause }
    }

    /// A trail that is not whole.
    pub(crate) fn broken_trail(trail: Trail) -> Option<Self> {
        let id = trail.broken_at?;
        Some(Self::refused(format!("the audit trail is broken at entry {id}; compare it with a backup")))
    }

    /// The process's exit code.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => USAGE,
            Self::TryAgain(_) | Self::Report(ReportError::Refused(MoveRefused::BodyNotHere)) => TRY_AGAIN,
            Self::Config(_) => ConfigFaults::EXIT_CODE,
            _ => match self.storage() {
                Some(StorageError::Busy(_)) => TRY_AGAIN,
                Some(StorageError::LoginRefused(_) | StorageError::Pooler(_)) => ConfigFaults::EXIT_CODE,
                _ => FAILED,
            },
        }
    }

    /// Whether nobody can tell if it was done: the database went away while it was.
    pub(crate) const fn is_outcome_unknown(&self) -> bool {
        matches!(self.storage(), Some(StorageError::OutcomeUnknown))
    }

    /// The database's error, wherever it was asked.
    const fn storage(&self) -> Option<&StorageError> {
        match self {
            Self::Storage(cause)
            | Self::Report(ReportError::Storage(cause))
            | Self::Log(LogError::Storage(cause) | LogError::Report(ReportError::Storage(cause)))
            | Self::Trust(TrustError::Storage(cause)) => Some(cause),
            _ => None,
        }
    }
}

impl From<InitialRefused> for CliError {
    fn from(refused: InitialRefused) -> Self {
        match refused {
            InitialRefused::Faulty(faults) => faults.into(),
            InitialRefused::NotWritten(cause) => cause.into(),
        }
    }
}

impl From<OpenError> for CliError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Secret(cause) => cause.into(),
            OpenError::Storage(cause) => cause.into(),
            OpenError::AnothersDatabase(_) => Self::refused(error.to_string()),
        }
    }
}

impl From<AccountError> for CliError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Storage(cause) => cause.into(),
            AccountError::Secret(cause) => cause.into(),
            error => Self::Account(error),
        }
    }
}

impl From<TrustError> for CliError {
    fn from(error: TrustError) -> Self {
        match error {
            TrustError::Storage(cause) => cause.into(),
            error => Self::Trust(error),
        }
    }
}

impl From<RotationError> for CliError {
    fn from(error: RotationError) -> Self {
        match error {
            RotationError::Storage(cause) | RotationError::KeyChange(KeyChangeFault::Storage(cause)) => cause.into(),
            error => Self::refused(error.to_string()),
        }
    }
}

impl From<PinRefused> for CliError {
    fn from(refused: PinRefused) -> Self {
        match refused {
            PinRefused::Storage(cause) => cause.into(),
            refused => Self::Pin(refused),
        }
    }
}

impl From<FindError> for CliError {
    fn from(error: FindError) -> Self {
        match error {
            FindError::Keys(DigestKeyError::Storage(cause)) => cause.into(),
            FindError::Keys(DigestKeyError::Secret(cause)) => cause.into(),
            FindError::Report(cause) => cause.into(),
        }
    }
}

impl From<MoveRefused> for CliError {
    fn from(refused: MoveRefused) -> Self {
        ReportError::from(refused).into()
    }
}

/// Keeps the exit code of an error from `Node::build`.
impl From<anyhow::Error> for CliError {
    fn from(error: anyhow::Error) -> Self {
        let error = match error.downcast::<Self>() {
            Ok(known) => return known,
            Err(error) => error,
        };
        let error = match error.downcast::<ConfigFaults>() {
            Ok(faults) => return faults.into(),
            Err(error) => error,
        };
        let error = match error.downcast::<OpenError>() {
            Ok(cause) => return cause.into(),
            Err(error) => error,
        };
        match error.downcast::<StorageError>() {
            Ok(cause) => cause.into(),
            Err(error) => Self::Other(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ConfigFault;

    #[test]
    fn the_exit_code_says_whose_move_it_is() {
        let busy = || StorageError::Busy("another process is writing");
        for (error, code) in [
            (CliError::refused("no"), 1),
            (CliError::from(StorageError::Full), 1),
            (CliError::from(StorageError::OutcomeUnknown), 1),
            (CliError::from(StorageError::Pooler("it is there")), 78),
            (CliError::from(ReportError::NotFound), 1),
            (CliError::Usage("what?".into()), 2),
            (CliError::from(busy()), 75),
            (CliError::from(ReportError::Storage(busy())), 75),
            (CliError::from(LogError::Storage(busy())), 75),
            (CliError::from(LogError::Report(ReportError::Storage(busy()))), 75),
            (CliError::from(TrustError::Storage(busy())), 75),
            (CliError::from(PinRefused::Storage(busy())), 75),
            (CliError::from(StorageError::LoginRefused("wrong password")), 78),
            (CliError::from(anyhow::Error::from(OpenError::Storage(busy()))), 75),
            (CliError::from(anyhow::Error::from(CliError::TryAgain("later".into()))), 75),
            (CliError::from(ConfigFaults::from(vec![ConfigFault::new("node.id", "missing")])), 78),
            (CliError::from(anyhow::anyhow!("something")), 1),
        ] {
            assert_eq!(error.exit_code(), code, "{error}");
        }
    }
}

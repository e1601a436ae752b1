//! Errors of work on a report, by the party that must act.

use hotline_protocol::entry::{BodyRefused, HeaderRefused};
use thiserror::Error;

use super::lifecycle::MoveRefused;
use super::name::NameRefused;
use crate::secret::SecretError;
use crate::storage::StorageError;

/// Why a use case of a report did not happen. Nothing was changed.
#[derive(Debug, Error)]
pub enum ReportError {
    /// The caller: no such report here.
    #[error("no report has this id or number here; list what is here with: hotline-node report list")]
    NotFound,
    /// The caller: the given name names no report.
    #[error(transparent)]
    Name(#[from] NameRefused),
    /// The caller: this cannot be done with it now.
    #[error(transparent)]
    Refused(#[from] MoveRefused),
    /// The caller: the given content is too long for a body (256 KiB).
    #[error("what is known of the report does not fit into one body: {0}")]
    Body(#[from] BodyRefused),
    /// Ours: the database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Ours: a sealed value does not open.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// Ours: a stored header is not one.
    #[error("a stored entry cannot be read: {0}; run: hotline-node log verify")]
    Header(#[from] HeaderRefused),
}

//! This node's own keys, exchanged for new ones while it works: announced in the log, switched to when every peer that
//! can be reached has the announcement, and the old ones retired.
//!
//! `announce` begins it, on the command line; [`Rotation`] goes on with it in the node that serves.

mod announce;
mod standing;
mod steps;

use thiserror::Error;

use crate::storage::StorageError;
use crate::trust::{IdentityError, KeyChangeFault, KeyFileError};

pub use announce::{Announced, announce_certificate, announce_signing_key, remember_certificate};
pub use standing::{KeyStanding, OwnKeys, own_keys};
pub use steps::{Rotation, put_keys_in_place};

/// Why a key is not exchanged.
#[derive(Debug, Error)]
pub enum RotationError {
    /// One after the other.
    #[error("another one is under way: it was announced and is not in use yet; see hotline-node identity show")]
    UnderWay,
    /// The key files.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The key files.
    #[error(transparent)]
    File(#[from] KeyFileError),
    /// Our own log would say what our peers refuse.
    #[error("this node's log cannot say so: {0}")]
    KeyChange(#[from] KeyChangeFault),
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

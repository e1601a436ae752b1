//! This node's own keys, exchanged for new ones while it works: announced in the log, switched to when every peer that
//! can be reached has the announcement, and the old ones retired.
//!
//! `announce` begins it, on the command line; [`Rotation`] goes on with it in the node that serves. `withdraw` takes it
//! back before the switch.

mod announce;
mod key_status;
mod presented_certificate;
mod replace;
mod rotation_step;
mod withdraw;

pub use announce::{
    Announced, Announcement, announce_certificate, announce_issued, announce_signing_key, remember_certificate,
};
use hotline_protocol::entry::KeyUse;
pub use key_status::{KeyStanding, LostKey, OwnKeys, own_keys};
pub use replace::NewKeys;
pub use rotation_step::{Rotation, put_keys_in_place};
use thiserror::Error;
pub use withdraw::{Withdrawable, find_withdrawable, remove_withdrawn, withdraw};

use crate::storage::StorageError;
use crate::trust::own::{IdentityError, IssuedRefused, KeyFileError};
use crate::trust::peer::KeyChangeFault;

/// Why a key is not exchanged.
#[derive(Debug, Error)]
pub enum RotationError {
    /// One after the other.
    #[error("another one is under way: it was announced and is not in use yet; see hotline-node identity show")]
    UnderWay,
    /// Only a key that is announced and not in use can be taken back.
    #[error(
        "no {what} of this node is announced and not in use yet: there is nothing to take back; one that is in use is \
         exchanged for another one: {exchange}"
    )]
    NothingAnnounced {
        /// The kind of key.
        what: &'static str,
        /// The command for one that is in use.
        exchange: &'static str,
    },
    /// A card holds so many.
    #[error("four certificates of this node count still; wait until one is retired (hotline-node identity show)")]
    TooMany,
    /// The certificate that the authority issued.
    #[error(transparent)]
    Issued(#[from] IssuedRefused),
    /// It was given before.
    #[error("this certificate is announced or in use already: see hotline-node identity show")]
    Known,
    /// It was given before, and is over.
    #[error(
        "this certificate was ended, and no peer takes it again: ask for another one with hotline-node identity \
         certificate-request --new-key"
    )]
    Ended,
    /// The key files.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The key files.
    #[error(transparent)]
    File(#[from] KeyFileError),
    /// Our own log would record a key change that our peers refuse.
    #[error("this node's log cannot say so: {0}")]
    KeyChange(#[from] KeyChangeFault),
    /// The database went away while it was written.
    #[error(
        "it is not known whether this was written: the database went away while it was; look with hotline-node identity \
         show, before you do it again"
    )]
    OutcomeUnknown,
    /// The database.
    #[error(transparent)]
    Storage(StorageError),
}

impl From<StorageError> for RotationError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::OutcomeUnknown => Self::OutcomeUnknown,
            error => Self::Storage(error),
        }
    }
}

impl RotationError {
    /// Whether the database is at fault, and not a key.
    #[must_use]
    pub const fn is_of_storage(&self) -> bool {
        matches!(self, Self::Storage(_) | Self::OutcomeUnknown | Self::KeyChange(KeyChangeFault::Storage(_)))
    }

    const fn nothing_announced(key_use: KeyUse) -> Self {
        match key_use {
            KeyUse::Sign => {
                Self::NothingAnnounced { what: "signing key", exchange: "hotline-node identity rotate-signing-key" }
            }
            KeyUse::Tls => {
                Self::NothingAnnounced { what: "certificate", exchange: "hotline-node identity rotate-certificate" }
            }
        }
    }
}

//! Errors of accounts, by the party that must act.

use hotline_protocol::id::NodeId;
use thiserror::Error;

use super::credential::PasswordRefused;
use super::name::AccountName;
use crate::secret::SecretError;
use crate::storage::StorageError;

/// Why nothing was changed.
#[derive(Debug, Error)]
pub enum AccountError {
    /// The caller: no such account.
    #[error("there is no account {0}; run: hotline-node account list")]
    Unknown(AccountName),
    /// The caller: the name is taken, for good.
    #[error("there is an account {0}; choose another name, or give it a new link: hotline-node account reset {0}")]
    Taken(AccountName),
    /// The caller: the peer is not one.
    #[error("{0} is no peer here; run: hotline-node peer list")]
    PeerUnknown(NodeId),
    /// The caller: nobody would be left with the right to manage accounts.
    #[error("{0} is the last active administrator")]
    LastAdmin(AccountName),
    /// The caller: the link was used, is too old, or never was.
    #[error("the link was used, is older than 72 hours, or never was one; ask for a new one")]
    InvitationOver,
    /// The caller: not the right code of the authenticator.
    #[error("the code is not the one that the authenticator shows now")]
    CodeRefused,
    /// The caller: not his password.
    #[error("the old password is not the right one")]
    PasswordWrong,
    /// The caller: the password is not taken.
    #[error(transparent)]
    Password(#[from] PasswordRefused),
    /// Too many sign in at once.
    #[error("too many sign in at once; try again in a moment")]
    Busy,
    /// Ours: the database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Ours: a sealed value.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// Ours: something that cannot be.
    #[error("an account cannot be worked with")]
    Inconsistent,
}

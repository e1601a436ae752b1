//! An account as it is.

use super::credential::{Failures, ends_at};
use super::name::AccountName;
use super::role::Role;
use super::viewer::Viewer;

/// Whether an account may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountState {
    /// Its one-time link waits.
    Invited,
    /// It may sign in.
    Active,
    /// It may not.
    Disabled,
}

impl AccountState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Invited, Self::Active, Self::Disabled];

    /// As it is stored and shown.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }

    /// The key of its text in the pages.
    #[must_use]
    pub const fn text_key(self) -> &'static str {
        match self {
            Self::Invited => "account-state-invited",
            Self::Active => "account-state-active",
            Self::Disabled => "account-state-disabled",
        }
    }
}

/// An account.
#[derive(Clone)]
pub struct Account {
    /// Its name.
    pub name: AccountName,
    /// The owner's role.
    pub role: Role,
    /// Whether it may be used.
    pub state: AccountState,
    /// The last sign-in, microseconds since 1970.
    pub signed_in_at: Option<i64>,
    /// Microseconds since 1970.
    pub added_at: i64,
    /// Of a partner: whether the peer is enrolled; of others always. Not a column of its own.
    pub peer_is_here: bool,
    /// Sessions of an older one are over.
    pub(super) generation: i64,
    /// As a PHC string; none before the invitation was accepted.
    pub(super) password: Option<String>,
    /// Sealed.
    pub(super) totp_secret: Vec<u8>,
    /// The step of the newest code that was accepted.
    pub(super) totp_step: i64,
    /// The hash of the one-time link's token, until it was used.
    pub(super) invitation: Option<Vec<u8>>,
    /// When the link was made, microseconds since 1970.
    pub(super) invited_at: i64,
    /// Refused sign-ins in a row.
    pub(super) failures: Failures,
}

impl Account {
    /// When its one-time link ends, microseconds since 1970; `None` where none waits.
    #[must_use]
    pub fn link_ends_at(&self) -> Option<i64> {
        self.invitation.is_some().then(|| ends_at(self.invited_at))
    }

    /// Whether its owner may be let in at all.
    pub(super) fn is_open(&self) -> bool {
        self.state == AccountState::Active && self.peer_is_here
    }

    /// Returns the owner as a viewer, for a session that was checked.
    pub(super) fn viewer(&self) -> Viewer {
        Viewer { name: self.name.to_string(), role: self.role.clone() }
    }

    /// Waits for its owner to use a new link. His earlier password and second factor count no more, and his open
    /// sessions end.
    pub(super) fn invite(&mut self, invitation: Vec<u8>, totp_secret: Vec<u8>, at: i64) {
        self.state = AccountState::Invited;
        self.invitation = Some(invitation);
        self.invited_at = at;
        self.password = None;
        self.totp_secret = totp_secret;
        self.totp_step = 0;
        self.failures = Failures::default();
        self.end_sessions();
    }

    /// Its owner has used the link.
    pub(super) fn accept(&mut self, password: String, totp_step: i64, at: i64) {
        self.state = AccountState::Active;
        self.invitation = None;
        self.password = Some(password);
        self.let_in(totp_step, at);
    }

    /// Its owner signs in.
    pub(super) fn let_in(&mut self, totp_step: i64, at: i64) {
        self.totp_step = totp_step;
        self.failures = Failures::default();
        self.signed_in_at = Some(at);
    }

    /// May not be used; a link that waits ends too.
    pub(super) fn disable(&mut self) {
        self.state = AccountState::Disabled;
        self.invitation = None;
        self.end_sessions();
    }

    /// May be used again. An account with a link that was never used needs a new one.
    pub(super) fn enable(&mut self) {
        self.state = if self.password.is_some() { AccountState::Active } else { AccountState::Invited };
        self.failures = Failures::default();
    }

    /// Ends every open session.
    pub(super) fn end_sessions(&mut self) {
        self.generation = self.generation.saturating_add(1);
    }
}

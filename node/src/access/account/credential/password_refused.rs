//! Why a password is not taken.

use thiserror::Error;

/// NIST SP 800-63B asks for eight where there is a second factor; the length is the only rule that helps.
pub(crate) const SHORTEST: usize = 12;

/// So that nobody keeps the node busy with a book.
pub(crate) const LONGEST: usize = 256;

/// The password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PasswordRefused {
    /// Too short or too long.
    #[error("a password has {SHORTEST} to {LONGEST} characters")]
    Length,
    /// It is the name.
    #[error("the name is no password")]
    Name,
}

//! Texts of what may be wrong with what was typed about accounts.

use crate::access::account::credential::PasswordRefused;

/// The key of the text.
pub(crate) const fn password_text(refused: PasswordRefused) -> &'static str {
    match refused {
        PasswordRefused::Length => "password-length",
        PasswordRefused::Name => "password-name",
    }
}

//! Texts of possible faults in the typed fields of accounts.

use crate::access::account::credential::PasswordRefused;

/// The key of the text.
pub(crate) const fn password_text(refused: PasswordRefused) -> &'static str {
    match refused {
        PasswordRefused::Length => "password-length",
        PasswordRefused::Name => "password-name",
    }
}

//! The acting user: the user behind `sudo`, else the host's user.

use crate::config::user_behind_sudo;
use crate::file_fault::{own_user, user_name};

/// The acting user's name; a number where the host has no name for it.
#[must_use]
pub fn acting_user() -> String {
    let host_user = || own_user().map_or_else(|| "unknown".to_owned(), user_name);
    user_behind_sudo().unwrap_or_else(host_user)
}

//! The viewer of a page.

use super::role::Role;

/// A person with a session that was checked for this very request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// The account's name.
    pub name: String,
    /// The person's role.
    pub role: Role,
}

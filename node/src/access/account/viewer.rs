//! Who looks at a page.

use super::role::Role;

/// Somebody whose session was checked for this very request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// The account's name.
    pub name: String,
    /// What he is here.
    pub role: Role,
}

//! How much of a node one address, one member and one day may take, and that others notice nothing of it.

pub(crate) mod behind_proxies;
pub(crate) mod bounds;
pub(crate) mod doors;
pub(crate) mod floods;
pub(crate) mod over_limits;
pub(crate) mod unending;

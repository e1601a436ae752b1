//! Reports between hotlines, and members that break or cheat.

pub(crate) mod bad_reports;
pub(crate) mod between_hotlines;
pub(crate) mod catch_up;
pub(crate) mod claims;
pub(crate) mod copies;
pub(crate) mod crash;
pub(crate) mod epochs;
pub(crate) mod forks;
pub(crate) mod holders;
pub(crate) mod receipts;
pub(crate) mod refusals;
pub(crate) mod restore;
pub(crate) mod silence;
pub(crate) mod storm;

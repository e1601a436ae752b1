//! One file or folder a page.

pub(crate) mod accounts;
mod asked;
pub(crate) mod exchange;
pub(crate) mod figures_page;
pub(crate) mod invitation;
pub(crate) mod operation;
pub(crate) mod own_account;
pub(crate) mod reports;
pub(crate) mod sign_in;
pub(crate) mod trail;

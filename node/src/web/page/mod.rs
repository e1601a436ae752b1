//! One file or folder a page.

pub(crate) mod accounts;
pub(crate) mod audit;
pub(crate) mod exchange;
mod figure_query;
pub(crate) mod figures_page;
pub(crate) mod invitation;
pub(crate) mod operation;
pub(crate) mod own_account;
pub(crate) mod reports;
pub(crate) mod sign_in;

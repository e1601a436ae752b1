//! The office: entry to it, each user's view, and whether its figures are right.

pub(crate) mod accounts;
pub(crate) mod browser;
pub(crate) mod figures;
pub(crate) mod pages;
pub(crate) mod partner_view;
pub(crate) mod recount;
pub(crate) mod shown;
pub(crate) mod volumes;
pub(crate) mod zone;

//! Reports that come in, and where their servers stand.

pub(crate) mod import;
pub(crate) mod location_data;
pub(crate) mod public_api;
pub(crate) mod public_requests;
pub(crate) mod resolvers;
pub(crate) mod stop_pages;
pub(crate) mod tables;
pub(crate) mod times;
pub(crate) mod urls;
pub(crate) mod witnesses;

//! Listeners and the interfaces that they serve.

mod budget;
mod connection;
pub mod door;
pub(crate) mod exchange_api;
pub(crate) mod listener;
pub(crate) mod operations;
pub(crate) mod public_api;

pub(crate) use budget::{Bounds, Budget};
pub(crate) use connection::activity::Patience;
pub(crate) use connection::connection_limit::Limits;

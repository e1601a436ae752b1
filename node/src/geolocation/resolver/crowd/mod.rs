//! Addresses to which unlike names lead: where a blocking name server sends whatever it blocks.

mod crowd_book;
mod crowd_repository;
mod shared_address;
mod suspicion;

pub use crowd_book::{CrowdBook, Suspects};
#[cfg(test)]
pub(super) use shared_address::UNLIKE_NAMES;
pub(crate) use suspicion::{Told, suspect};

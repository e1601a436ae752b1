//! Addresses where unlike names lead: a blocking name server leads there from every blocked name.

mod crowd_book;
mod crowd_repository;
mod shared_address;
mod suspicion;

pub use crowd_book::{CrowdBook, Suspects};
#[cfg(test)]
pub(super) use shared_address::UNLIKE_NAMES;
pub(crate) use suspicion::{Told, suspect};

//! The machine: files, disks, clock, database, location data.

mod clock;
mod database;
mod disk;
mod files;
mod location;
mod name_server;

pub(super) use clock::check as clock;
pub(super) use database::{engine, examine as examine_database};
pub(super) use disk::check as disks;
pub use disk::{Room, rooms};
pub(super) use files::check as files;
pub(super) use location::check as location;
pub(super) use name_server::check as name_servers;

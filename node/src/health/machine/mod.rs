//! The machine: files, disks, file handles, clock, database, location data.

mod clock;
mod database;
mod disk;
mod file_handles;
mod files;
mod location;
mod name_server;

pub(super) use clock::check as clock;
pub(super) use database::{engine, examine as examine_database};
pub(super) use disk::check as disks;
pub use disk::{Room, rooms};
pub(crate) use file_handles::UNFINISHED;
pub(super) use file_handles::check as file_handles;
pub use file_handles::{Allotted, allot, raise_file_limit};
pub(super) use files::check as files;
pub(super) use location::check as location;
pub(super) use name_server::check as name_servers;

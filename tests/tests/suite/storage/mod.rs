//! Databases: confirmed data is there, through all faults of a database.

pub(crate) mod confirmed;
pub(crate) mod database_access;
pub(crate) mod database_disk;
pub(crate) mod database_file;
pub(crate) mod database_server;
pub(crate) mod database_session;
pub(crate) mod database_standby;
pub(crate) mod outcome;

//! A national hotline's node: it takes reports in, finds out where they are hosted, and exchanges them with the
//! hotlines of the hosting countries over HXP/1 (`hotline_protocol`).

pub mod access;
pub mod alerting;
pub mod cli;
pub mod clock;
pub mod config;
pub mod context;
pub mod exchange;
pub mod file_fault;
pub mod geolocation;
pub mod health;
pub mod intake;
pub mod pipeline;
pub mod plural;
pub mod problem;
pub mod randomness;
pub mod report;
pub mod routing;
pub mod secret;
pub mod server;
pub mod shutdown;
pub mod statistics;
pub mod storage;
pub mod telemetry;
pub mod trust;
pub mod watched_file;
pub mod web;
pub mod written;
pub mod zone;

// Linked, it is the process's `malloc`; Rust's own allocator calls that. Named as Rust's allocator it would be asked
// for aligned memory each time, and take a slower way.
use mimalloc as _;

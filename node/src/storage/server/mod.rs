//! Needs of a PostgreSQL server alone: sessions behind a possible pooler, a planner, and a lock while a node serves.

mod planner;
mod pooler;
mod serve_lock;

pub(super) use pooler::check_way_to_server;
pub use serve_lock::{ServeLock, ServeLockState};

//! What only a PostgreSQL server has: sessions that somebody may stand before, a planner, and a lock while a node serves.

mod planner;
mod pooler;
mod serve_lock;

pub use serve_lock::{ServeLock, ServeLockState};

pub(super) use pooler::check_way_to_server;

//! Logs: sealing our own, and keeping the logs of all members as their authors wrote them.

mod append_run;
mod body_repository;
mod day;
pub mod epoch;
mod error;
mod export;
pub mod fork;
mod repository;
pub mod seal;
mod serve;
pub mod verify;

pub use append_run::{Continuation, advance, continue_with, insert_run_entries, take_bodies, take_late_bodies};
pub use body_repository::{forget_wants, insert_wants, open_to_readers, wants};
pub use day::{
    DayGrant, DayTaken, GRANT_DAYS, GRANT_DAYS_LIMIT, LogDay, check_day, days_of_all, grant_days, has_room_today,
    take_of_day, today,
};
pub use error::LogError;
pub use export::export_run;
pub use repository::{hash_at, heads, newest_checkpoint, newest_checkpoints, own_log, signed_head, unfinished};
pub use serve::{BodyAnswer, RunQuery, RunToSend, read_body, read_run};

pub use crate::report::head;

//! Logs: sealing our own, and keeping the logs of all members as their authors wrote them.

mod body_repository;
mod day;
mod epoch_repository;
mod error;
mod export;
mod fork;
mod fork_repository;
mod gate;
mod high_water;
mod keep;
mod left_behind;
mod left_behind_repository;
mod line;
mod open_epoch;
mod repository;
mod sealer;
mod serve;
mod verify;
mod verify_chain;

pub use crate::report::head;
pub use body_repository::{forget_wants, insert_wants, open_to_readers, wants};
pub use day::{
    DayGrant, DayTaken, GRANT_DAYS, GRANT_DAYS_LIMIT, LogDay, check_day, days_of_all, grant_days, has_room_today,
    take_of_day, today,
};
pub use epoch_repository::{epochs_of, line_of};
pub use error::LogError;
pub use export::export_run;
pub use fork::{
    contradicted_by, contradiction, ended_fork, is_contradicted, is_wanted_fork, keep_fork, proven_entries,
    standing_forks,
};
pub use fork_repository::{KeptFork, kept_fork, kept_forks};
pub use gate::{CLAIMS_SECONDS, Gate, Held, OwnLog, SEAL_SETTING, SealState};
pub use high_water::HighWater;
pub use keep::{Continuation, advance, continue_with, insert_run_entries, take_bodies, take_late_bodies};
pub use left_behind::{LostEntry, ReportLeftBehind, reports_left_behind};
pub use left_behind_repository::insert_lost;
pub use line::{Line, Onward};
pub use open_epoch::{EPOCH_SETTING, LeftBehind, OpenedEpoch, good_places, open_epoch, take_epoch, was_taken};
pub use repository::{hash_at, heads, newest_checkpoint, newest_checkpoints, own_log, signed_head, unfinished};
pub use sealer::{Sealed, Sealer};
pub use serve::{BodyAnswer, RunQuery, RunToSend, read_body, read_run};
pub use verify::{LogCheck, verify_logs};
pub use verify_chain::LogFault;

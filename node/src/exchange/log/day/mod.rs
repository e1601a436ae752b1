//! What is taken of one author's log in a day: so much, whoever brings it. What is beyond stays with its author, and is
//! taken on another day: nothing is lost, and no author fills everybody's disk.
//!
//! What is applied at once is taken while anything is left of the day, so that no budget, however small, holds a log up
//! for ever. What an operator has granted of a log is taken beside its days: only a person can tell a long history from a
//! flood.

mod budget;
mod grant;
mod repository;
mod taken;

pub use budget::{check_day, has_room_today, take_of_day, today};
pub use grant::{DayGrant, GRANT_DAYS, GRANT_DAYS_LIMIT, grant_days};
pub use repository::days_of_all;
pub use taken::{DayTaken, LogDay};

pub(super) use budget::take_bodies_of_day;

/// Seconds of a day; nobody counts leap seconds here.
const DAY: i64 = 86_400;

//! What is taken of one author's log in a day: so much, whoever brings it. What is beyond stays with its author, and is
//! taken on another day: nothing is lost, and no author fills everybody's disk.
//!
//! What is applied at once is taken while anything is left of the day, so that no budget, however small, holds a log up
//! for ever. What an operator has granted of a log is taken beside its days: only a person can tell a long history from a
//! flood.

mod budget;
mod grant;
mod grant_days;
mod repository;
mod taken;

pub(super) use budget::take_bodies_of_day;
pub use budget::{check_day, has_room_today, take_of_day, today};
pub use grant::{DayGrant, GRANT_DAYS, GRANT_DAYS_LIMIT};
pub use grant_days::grant_days;
pub use repository::days_of_all;
pub use taken::{DayTaken, LogDay};

/// Seconds of a day; nobody counts leap seconds here.
const DAY: i64 = 86_400;

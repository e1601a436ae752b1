//! The amount taken of one author's log in a day: bounded, regardless of the peer that brings it. Entries beyond that
//! stay with their author, and are taken on another day: nothing is lost, and no author fills everybody's disk.
//!
//! Entries that are applied at once are taken while anything is left of the day: no budget, however small, holds a log
//! up for ever. Entries under an operator's grant for a log are taken beside its days: only a person can tell a long
//! history from a flood.

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

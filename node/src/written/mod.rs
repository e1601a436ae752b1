//! Reads the writing of people and other programs in one way, wherever it comes in: times, days, flags, and programs'
//! signs for a missing value. Also shows their texts so that nothing in them acts. Pure: the present time is an
//! argument.
//!
//! Refuses a text that can be read in two ways, with a sentence on the right form; never guesses it.

mod flag;
mod missing;
mod time;
mod visible;

pub use flag::flag;
pub use missing::missing_sign;
pub use time::{CLOCK_SLACK_SECONDS, DayRefused, TimeRefused, day, moment, not_in_future, time};
pub use visible::{visible, visible_json, visible_line};

//! What people and other programs write, read in one way wherever it comes in: times, days, flags, and the signs by
//! which programs mark a missing value; and how their texts are shown so that nothing in them acts. Pure: what the time is now is an argument.
//!
//! What can be read in two ways is refused with a sentence that says what to write; it is never guessed.

mod flag;
mod missing;
mod time;
mod visible;

pub use flag::flag;
pub use missing::missing_sign;
pub use time::{CLOCK_SLACK_SECONDS, DayRefused, TimeRefused, day, moment, not_in_future, time};
pub use visible::{visible, visible_json, visible_line};

//! Times on the command line.

use super::exit::CliError;
use crate::written::{self, CLOCK_SLACK_SECONDS};

/// Reads a time for clap; gives seconds since 1970.
pub(crate) fn parse_time(text: &str) -> Result<i64, String> {
    written::time(text).map(|time| time.timestamp()).map_err(|refused| refused.to_string())
}

/// Refuses a time that is still to come.
pub(crate) fn not_in_future(name: &str, time: Option<i64>, now: i64) -> Result<(), CliError> {
    let Some(time) = time else { return Ok(()) };
    written::not_in_future(time, now).map_err(|refused| CliError::Usage(format!("{name} is {refused}")))
}

/// Refuses `later` if it is before `earlier`, but for the difference between two clocks. Both with the words that name
/// them.
pub(crate) fn in_order(earlier: (&str, Option<i64>), later: (&str, Option<i64>)) -> Result<(), CliError> {
    match (earlier.1, later.1) {
        (Some(first), Some(second)) if second.saturating_add(CLOCK_SLACK_SECONDS) < first => {
            Err(CliError::Usage(format!("{} is before {}", later.0, earlier.0)))
        }
        _ => Ok(()),
    }
}

//! Times on the command line.

use chrono::DateTime;

use crate::cli::exit::CliError;

/// Reads an RFC 3339 time for clap; gives seconds since 1970.
pub(super) fn parse_time(text: &str) -> Result<i64, String> {
    DateTime::parse_from_rfc3339(text)
        .map(|time| time.timestamp())
        .map_err(|_| "expected a time as in 2026-01-31T13:45:00Z (RFC 3339)".to_owned())
}

/// Refuses a time that is still to come; a minute of difference between two clocks is no fault.
pub(super) fn not_in_future(name: &str, time: Option<i64>, now: i64) -> Result<(), CliError> {
    match time {
        Some(time) if time > now + 60 => Err(CliError::Usage(format!("{name} is in the future"))),
        _ => Ok(()),
    }
}

//! The only reader of the time. Everything else is given a `Clock`, so tests move time themselves.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, SubsecRound, Utc};

/// Tells the time: the system's, or one that a test moves.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    /// Microseconds since 1970.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands at `start` until somebody calls [`Clock::advance`]. Clones share their time.
    #[must_use]
    pub fn set_at(start: DateTime<Utc>) -> Self {
        Self(Source::Set(Arc::new(AtomicI64::new(start.timestamp_micros()))))
    }

    /// Now, in whole microseconds (the precision of both databases).
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "a set clock holds a time that chrono gave")]
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the system's clock")]
    pub fn now(&self) -> DateTime<Utc> {
        match &self.0 {
            Source::System => Utc::now().trunc_subsecs(6),
            Source::Set(micros) => DateTime::from_timestamp_micros(micros.load(Ordering::SeqCst))
                .expect("a set clock holds a time that chrono gave"),
        }
    }

    /// Now, in whole seconds since 1970.
    #[must_use]
    pub fn unix_seconds(&self) -> i64 {
        self.now().timestamp()
    }

    /// Moves a set clock forward; the system's clock is left alone.
    pub fn advance(&self, by: Duration) {
        if let Source::Set(micros) = &self.0 {
            let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
            micros.fetch_add(by, Ordering::SeqCst);
        }
    }
}

/// Microseconds since 1970 as RFC 3339 in UTC, in whole seconds.
#[must_use]
pub fn time_of_micros(micros: i64) -> Option<String> {
    DateTime::from_timestamp_micros(micros).map(|time| time.to_rfc3339_opts(SecondsFormat::Secs, true))
}

/// Seconds since 1970 as RFC 3339 in UTC.
#[must_use]
pub fn time_of_seconds(seconds: i64) -> Option<String> {
    DateTime::from_timestamp(seconds, 0).map(|time| time.to_rfc3339_opts(SecondsFormat::Secs, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rfc_3339_in_utc() {
        assert_eq!(time_of_micros(1_764_000_000_999_999).as_deref(), Some("2025-11-24T16:00:00Z"));
        assert_eq!(time_of_seconds(0).as_deref(), Some("1970-01-01T00:00:00Z"));
        assert_eq!(time_of_seconds(i64::MAX), None);
    }
}

//! Times that can be one.

/// The last second of the year 9999: a later time is a mistake, and would overflow the computations with it.
const LATEST: i64 = 253_402_300_799;

/// A time that can be one.
pub(crate) fn time(seconds: i64) -> Option<i64> {
    (0..=LATEST).contains(&seconds).then_some(seconds)
}

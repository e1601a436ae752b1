//! A period of whole days in UTC: pure.

use chrono::{Datelike as _, Days, NaiveDate};
use serde::{Deserialize, Serialize};

/// From a day to another, both included, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

impl Period {
    /// A calendar year; `None` where the calendar does not have it.
    #[must_use]
    pub fn year(year: u16) -> Option<Self> {
        let day = |month, day| NaiveDate::from_ymd_opt(i32::from(year), month, day);
        Some(Self { from: day(1, 1)?, to: day(12, 31)? })
    }

    /// The year before a calendar year; else as many days as it has, right before it.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        let year = u16::try_from(self.from.year()).ok()?;
        if Self::year(year) == Some(self) {
            return Self::year(year.checked_sub(1)?);
        }
        let days = self.to.signed_duration_since(self.from).num_days();
        let to = self.from.pred_opt()?;
        Some(Self { from: to.checked_sub_days(Days::new(days.unsigned_abs()))?, to })
    }

    /// Its beginning, and the beginning of the day after it: microseconds since 1970.
    #[must_use]
    pub fn micros(self) -> (i64, i64) {
        let start = |day: NaiveDate| day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_micros();
        (start(self.from), self.to.succ_opt().map_or(i64::MAX, start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(from: &str, to: &str) -> Period {
        let day = |text: &str| text.parse().expect("a day");
        Period { from: day(from), to: day(to) }
    }

    #[test]
    fn before_a_year_lies_a_year_and_before_days_lie_as_many() {
        assert_eq!(Period::year(2024), Some(period("2024-01-01", "2024-12-31")));
        assert_eq!(period("2025-01-01", "2025-12-31").previous(), Period::year(2024));
        assert_eq!(period("2025-03-01", "2025-03-07").previous(), Some(period("2025-02-22", "2025-02-28")));
        assert_eq!(period("2025-03-01", "2025-03-01").previous(), Some(period("2025-02-28", "2025-02-28")));
    }

    #[test]
    fn the_last_day_is_included() {
        assert_eq!(period("1970-01-01", "1970-01-02").micros(), (0, 2 * 86_400_000_000));
    }
}

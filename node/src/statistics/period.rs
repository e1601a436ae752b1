//! A period of whole days, in the zone of the house: pure.

use chrono::{Datelike as _, Days, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::zone::Zone;

/// From a day to another, both included.
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

    /// Its beginning, and the beginning of the day after it, in a zone: microseconds since 1970.
    #[must_use]
    pub fn micros(self, zone: Zone) -> (i64, i64) {
        let start = |day: NaiveDate| zone.day_start(day).saturating_mul(1_000_000);
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
        let days = period("1970-01-01", "1970-01-02");
        assert_eq!(days.micros(Zone::UTC), (0, 2 * 86_400_000_000));
        let (paris, hour) = ("Europe/Paris".parse().expect("a zone"), 3_600_000_000);
        assert_eq!(days.micros(paris), (-hour, 47 * hour));
        // The clocks change on both days.
        let (from, to) = period("2026-03-29", "2026-10-25").micros(paris);
        assert_eq!((to - from) / hour, 211 * 24);
    }
}

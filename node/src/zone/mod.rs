//! The zone of the house: its calendar counts days and years, and its clock shows times.
//!
//! Stored and exchanged times stay in seconds since 1970. A day here is a range of such seconds, computed once, so that
//! no query computes on a column. Every second belongs to exactly one day: a day begins when the house's clock first
//! shows it, and ends where the next begins. So a day of 23 or 25 hours is whole, one without midnight begins at its
//! first second, one that the calendar skipped is empty, and a clock that is put back over midnight does not bring the
//! day before back.

mod name;

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use chrono::{DateTime, Datelike as _, Days, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Tz;
pub use name::ZoneUnknown;
use serde::{Deserialize, Serialize};

/// No clock is further from UTC than this, in seconds.
const FURTHEST: i64 = 16 * 3_600;
/// Some quarter of a million years to both sides of 1970.
const CALENDAR: RangeInclusive<i64> = -8_000_000_000_000..=8_000_000_000_000;
/// Seconds of a day in UTC.
const DAY: i64 = 86_400;

/// A zone of the IANA's database, such as `Europe/Paris`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Zone(Tz);

impl Zone {
    /// The zone of a house that names none.
    pub const UTC: Self = Self(Tz::UTC);

    /// Its name in the IANA's database.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The first second of a day, since 1970. Never before that of the day before.
    #[must_use]
    pub fn day_start(self, day: NaiveDate) -> i64 {
        let midnight = day.and_time(NaiveTime::MIN);
        match self.0.from_local_datetime(&midnight) {
            LocalResult::Single(time) | LocalResult::Ambiguous(time, _) => time.timestamp(),
            LocalResult::None => self.first_from(midnight),
        }
    }

    /// Returns the first second when the clock shows a time that it skips, or a later one.
    fn first_from(self, skipped: NaiveDateTime) -> i64 {
        let in_utc = skipped.and_utc().timestamp();
        let (mut before, mut after) = (in_utc - FURTHEST - DAY, in_utc + FURTHEST + DAY);
        while after - before > 1 {
            let middle = before + (after - before) / 2;
            if self.local(middle).is_none_or(|local| local >= skipped) { after = middle } else { before = middle }
        }
        after
    }

    /// The day of a time in seconds since 1970.
    #[must_use]
    pub fn day_of(self, seconds: i64) -> NaiveDate {
        let Some(local) = self.local(seconds) else {
            return if seconds < 0 { NaiveDate::MIN } else { NaiveDate::MAX };
        };
        // The clock may have been put back over midnight.
        let next = local.date().succ_opt().filter(|next| self.day_start(*next) <= seconds);
        next.unwrap_or(local.date())
    }

    /// The calendar year of a time in seconds since 1970.
    #[must_use]
    pub fn year_of(self, seconds: i64) -> i32 {
        self.day_of(seconds).year()
    }

    /// Returns every day that has a second of a day in UTC, given as days since 1970.
    pub fn days_within(self, utc_day: i64) -> impl Iterator<Item = NaiveDate> {
        let first = self.day_of(utc_day.saturating_mul(DAY));
        let last = self.day_of(utc_day.saturating_add(1).saturating_mul(DAY) - 1);
        std::iter::successors(Some(first), |day| day.checked_add_days(Days::new(1))).take_while(move |day| *day <= last)
    }

    /// A time as the house's clock shows it, to the second, with its distance from UTC.
    #[must_use]
    pub fn shown(self, time: DateTime<Utc>) -> String {
        let format =
            if self == Self::UTC { "%Y-%m-%d\u{a0}%H:%M:%S\u{a0}UTC" } else { "%Y-%m-%d\u{a0}%H:%M:%S\u{a0}%:z" };
        time.with_timezone(&self.0).format(format).to_string()
    }

    /// Returns the clock's time; nothing beyond the calendar, since no offset can be added at its very ends.
    fn local(self, seconds: i64) -> Option<NaiveDateTime> {
        if !CALENDAR.contains(&seconds) {
            return None;
        }
        Some(DateTime::from_timestamp(seconds, 0)?.with_timezone(&self.0).naive_local())
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self::UTC
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Zone {
    type Err = ZoneUnknown;

    fn from_str(name: &str) -> Result<Self, ZoneUnknown> {
        name::zone(name).map(Self)
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.name().to_owned()
    }
}

impl TryFrom<String> for Zone {
    type Error = ZoneUnknown;

    fn try_from(name: String) -> Result<Self, ZoneUnknown> {
        name.parse()
    }
}

#[cfg(test)]
mod tests;

//! A report's number in this hotline.

use hotline_protocol::country::CountryCode;

/// This node's own number of a report, such as `FR-2026-0001234`: taken wherever an id is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Number {
    /// The calendar year (UTC) of its arrival.
    pub year: u16,
    /// From 1 in each year.
    pub count: u32,
}

/// Room for a hundred million reports a year in the stored form.
const NUMBERS_A_YEAR: i64 = 100_000_000;

impl Number {
    /// As it is stored: year × 100,000,000 + count.
    #[must_use]
    pub fn to_stored(self) -> i64 {
        i64::from(self.year) * NUMBERS_A_YEAR + i64::from(self.count)
    }

    /// Reads a stored number; `None` for a value that no number can have.
    #[must_use]
    pub fn of_stored(stored: i64) -> Option<Self> {
        Some(Self {
            year: u16::try_from(stored / NUMBERS_A_YEAR).ok()?,
            count: u32::try_from(stored % NUMBERS_A_YEAR).ok()?,
        })
    }

    /// As people read it, with the seat's country before it.
    #[must_use]
    pub fn shown(self, seat: CountryCode) -> String {
        format!("{seat}-{}-{:07}", self.year, self.count)
    }
}

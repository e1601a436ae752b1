//! An operator's grant for a log beside its days. Without it an old log on its first arrival, or one not heard from for
//! months, would wait for as many days as it is long.
//!
//! It is so many days' budgets, once, for thirty days: an operator that grants too much has granted a bounded flood.

use super::DAY;
use crate::config::section::DayBudget;

/// Number of days (UTC) that a grant counts, the present one among them.
pub const GRANT_DAYS: i64 = 30;
/// Most days' budgets that are granted at once: of the default budget two thousand million entries.
pub const GRANT_DAYS_LIMIT: u32 = 1_000;

/// The rest of a grant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DayGrant {
    /// The first day (UTC) when it counts no more, in days since 1970.
    pub until: i64,
    /// Entries.
    pub entries: u64,
    /// Bytes of header lines, and of the bodies that are kept.
    pub bytes: u64,
    /// New epochs.
    pub epochs: u64,
}

impl DayGrant {
    /// So many days' budgets, from `now` on (seconds since 1970).
    #[must_use]
    pub fn of(days: u32, budget: &DayBudget, now: i64) -> Self {
        let of = |a_day: u64| a_day.saturating_mul(days.into());
        let until = now.div_euclid(DAY).saturating_add(GRANT_DAYS);
        Self { until, entries: of(budget.entries), bytes: of(budget.bytes), epochs: of(budget.epochs) }
    }

    /// Returns the rest of it on a day.
    pub(super) fn on(self, day: i64) -> Self {
        if day < self.until { self } else { Self::default() }
    }
}

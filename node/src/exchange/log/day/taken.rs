//! The amounts taken of a log on a day, compared with its bounds: pure.

use super::DAY;
use super::grant::DayGrant;
use crate::config::section::DayBudget;

/// Amounts taken of a log on one day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DayTaken {
    /// The day (UTC), in days since 1970.
    pub day: i64,
    /// Entries.
    pub entries: u64,
    /// Bytes of their header lines, and of the bodies that were kept.
    pub bytes: u64,
    /// New epochs.
    pub epochs: u64,
}

/// Amounts arriving of a log.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Coming {
    pub(super) entries: u64,
    pub(super) bytes: u64,
    pub(super) epochs: u64,
}

/// A log's day: the amounts taken of it, and the rest of an operator's grant beside it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LogDay {
    /// The amounts taken.
    pub taken: DayTaken,
    /// The rest of the grant.
    pub grant: DayGrant,
}

impl LogDay {
    /// How it is at `now` (seconds since 1970): on another day nothing was taken. A clock that was put back must not leave
    /// a log standing.
    #[must_use]
    pub fn on_day_of(self, now: i64) -> Self {
        let day = now.div_euclid(DAY);
        let taken = if self.taken.day == day { self.taken } else { DayTaken { day, ..DayTaken::default() } };
        Self { taken, grant: self.grant.on(day) }
    }

    /// Whether no entry more is taken on that day.
    #[must_use]
    pub const fn is_met(&self, budget: &DayBudget) -> bool {
        let Self { taken, grant } = self;
        let by_entries = taken.entries >= budget.entries && grant.entries == 0;
        by_entries || (taken.bytes >= budget.bytes && grant.bytes == 0)
    }

    /// Whether no epoch more is taken on that day.
    #[must_use]
    pub const fn is_met_by_epochs(&self, budget: &DayBudget) -> bool {
        self.taken.epochs >= budget.epochs && self.grant.epochs == 0
    }

    /// Counts the amounts taken: the part without room in the day is taken from the grant.
    pub(super) fn take(&mut self, budget: &DayBudget, coming: Coming) {
        let Self { taken, grant } = self;
        for (before, more, bound, granted) in [
            (&mut taken.entries, coming.entries, budget.entries, &mut grant.entries),
            (&mut taken.bytes, coming.bytes, budget.bytes, &mut grant.bytes),
            (&mut taken.epochs, coming.epochs, budget.epochs, &mut grant.epochs),
        ] {
            let room = bound.saturating_sub(*before);
            *granted = granted.saturating_sub(more.saturating_sub(room));
            *before = before.saturating_add(more);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUDGET: DayBudget = DayBudget { entries: 10, bytes: 1_000, epochs: 2 };

    #[test]
    fn a_day_is_used_up_by_entries_or_by_bytes_and_its_epochs_by_themselves() {
        let day = DayTaken { day: 20_000, ..DayTaken::default() };
        for (taken, met, met_by_epochs) in [
            (DayTaken { entries: 9, bytes: 999, epochs: 1, ..day }, false, false),
            (DayTaken { entries: 10, ..day }, true, false),
            (DayTaken { bytes: 1_000, ..day }, true, false),
            (DayTaken { epochs: 2, ..day }, false, true),
        ] {
            let day = LogDay { taken, grant: DayGrant::default() };
            assert_eq!((day.is_met(&BUDGET), day.is_met_by_epochs(&BUDGET)), (met, met_by_epochs), "{taken:?}");
        }
    }

    #[test]
    fn another_day_begins_with_nothing_whichever_way_the_clock_went() {
        let taken = DayTaken { day: 20_000, entries: 9, bytes: 9, epochs: 1 };
        let of = |taken| LogDay { taken, grant: DayGrant::default() };
        assert_eq!(of(taken).on_day_of(20_000 * DAY), of(taken));
        assert_eq!(of(taken).on_day_of(20_001 * DAY - 1), of(taken));
        for day in [19_999, 20_001] {
            assert_eq!(of(taken).on_day_of(day * DAY), of(DayTaken { day, ..DayTaken::default() }));
        }
    }

    #[test]
    fn what_is_granted_is_taken_when_the_day_has_no_room_and_only_once() {
        let now = 20_000 * DAY;
        let granted = DayGrant::of(2, &BUDGET, now);
        let mut day = LogDay { grant: granted, ..LogDay::default() }.on_day_of(now);
        day.take(&BUDGET, Coming { entries: 10, bytes: 10, epochs: 2 });
        assert_eq!(day.grant, granted, "a day's own comes first");
        assert!(!day.is_met(&BUDGET) && !day.is_met_by_epochs(&BUDGET));
        day.take(&BUDGET, Coming { entries: 19, bytes: 10, epochs: 4 });
        assert_eq!((day.grant.entries, day.grant.bytes, day.grant.epochs), (1, granted.bytes, 0));
        assert!(!day.is_met(&BUDGET) && day.is_met_by_epochs(&BUDGET));
        let mut next = day.on_day_of(now + DAY);
        next.take(&BUDGET, Coming { entries: 12, ..Coming::default() });
        assert!(next.is_met(&BUDGET), "of two days granted nothing is left on the third");
        assert!(!next.on_day_of(now + 2 * DAY).is_met(&BUDGET), "each day has its own again");
    }

    #[test]
    fn what_is_granted_and_not_taken_ends() {
        let now = 20_000 * DAY;
        let day = LogDay { grant: DayGrant::of(2, &BUDGET, now), ..LogDay::default() };
        assert_eq!(day.on_day_of(now + crate::exchange::log::day::GRANT_DAYS * DAY - 1).grant.entries, 20);
        assert_eq!(day.on_day_of(now + crate::exchange::log::day::GRANT_DAYS * DAY).grant, DayGrant::default());
    }
}

//! How long things took, from counted groups: pure.

use std::collections::BTreeMap;

use crate::statistics::model::{Durations, RemovalCount};

/// Within so many days; the curve of content still online has more.
pub(crate) const DAYS: [u32; 7] = [1, 2, 3, 4, 5, 7, 28];
const MINUTES_A_DAY: u64 = 24 * 60;

/// How many took so long. Nothing is kept of single reports.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Spans(BTreeMap<u64, u64>);

impl Spans {
    /// Adds `n` that took so long. The unit is the caller's.
    pub(crate) fn add(&mut self, length: u64, n: u64) {
        *self.0.entry(length).or_default() += n;
    }

    fn n(&self) -> u64 {
        self.0.values().sum()
    }

    /// The shortest length that covers `percent` of a hundred: of an even number, the lower of the two in the middle is
    /// the median. `None` of nothing.
    pub(super) fn quantile(&self, percent: u64) -> Option<u64> {
        let wanted = (self.n() * percent).div_ceil(100);
        let mut seen = 0;
        self.0.iter().find_map(|(length, n)| {
            seen += n;
            (seen >= wanted).then_some(*length)
        })
    }

    /// [`quantile`](Self::quantile) of lengths in minutes, in hours.
    pub(super) fn hours(&self, percent: u64) -> Option<f64> {
        self.quantile(percent).map(hours)
    }

    fn within_days(&self) -> BTreeMap<u32, u64> {
        let within = |days: u32| self.0.range(..=u64::from(days) * MINUTES_A_DAY).map(|(_, n)| n).sum();
        DAYS.iter().map(|days| (*days, within(*days))).collect()
    }

    /// The figures of lengths in minutes.
    pub(crate) fn durations(&self) -> Durations {
        Durations {
            n: self.n(),
            median_hours: self.hours(50),
            p90_hours: self.hours(90),
            within_days: self.within_days(),
        }
    }
}

/// Minutes in hours, to two digits: a hundredth of an hour is less than a minute.
pub(super) fn hours(minutes: u64) -> f64 {
    let minutes = u32::try_from(minutes).unwrap_or(u32::MAX);
    (f64::from(minutes) / 60.0 * 100.0).round() / 100.0
}

/// The end of a report with a started clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// It has not: nobody said that it is gone.
    Online,
    /// It was gone before the clock started: nothing was measured.
    Before,
    /// Gone after so many minutes; none where nobody knows when.
    Gone(Option<u64>),
}

/// Reports with a started clock: those that are gone, by the minutes taken, and the others.
#[derive(Debug, Default)]
pub(crate) struct Removals {
    took: Spans,
    /// Gone, at an unknown time.
    undated: u64,
    /// Gone before the clock started.
    before: u64,
    still_online: u64,
}

impl Removals {
    /// Adds `n` reports.
    pub(crate) fn add(&mut self, end: End, n: u64) {
        match end {
            End::Online => self.still_online += n,
            End::Before => self.before += n,
            End::Gone(Some(minutes)) => self.took.add(minutes, n),
            End::Gone(None) => self.undated += n,
        }
    }

    /// Their figures.
    pub(crate) fn count(&self) -> RemovalCount {
        RemovalCount {
            removed: self.took.n() + self.undated + self.before,
            removed_before: self.before,
            still_online: self.still_online,
            median_hours: self.took.hours(50),
            within_days: self.took.within_days(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(lengths: &[(u64, u64)]) -> Spans {
        let mut spans = Spans::default();
        for (length, n) in lengths {
            spans.add(*length, *n);
        }
        spans
    }

    #[test]
    fn a_quantile_is_the_shortest_length_that_is_enough() {
        assert_eq!(spans(&[]).quantile(50), None);
        for (lengths, median, ninetieth) in [
            (&[(7, 1)][..], 7, 7),
            (&[(1, 1), (2, 1)], 1, 2),
            (&[(1, 1), (2, 1), (3, 1)], 2, 3),
            (&[(60, 9), (600, 1)], 60, 60),
            (&[(60, 8), (600, 2)], 60, 600),
        ] {
            assert_eq!(spans(lengths).quantile(50), Some(median), "{lengths:?}");
            assert_eq!(spans(lengths).quantile(90), Some(ninetieth), "{lengths:?}");
        }
    }

    #[test]
    fn a_whole_day_is_within_a_day_and_a_minute_more_is_not() {
        let durations = spans(&[(0, 1), (1_440, 1), (1_441, 1), (5 * 1_440, 1), (40_321, 1)]).durations();
        let within: Vec<_> = durations.within_days.into_iter().collect();
        assert_eq!(within, [(1, 2), (2, 3), (3, 3), (4, 3), (5, 4), (7, 4), (28, 4)]);
        assert_eq!((durations.n, durations.median_hours, durations.p90_hours), (5, Some(24.02), Some(672.02)));
    }

    #[test]
    fn what_is_online_is_within_no_time() {
        let mut removals = Removals::default();
        removals.add(End::Online, 7);
        removals.add(End::Gone(Some(90)), 3);
        removals.add(End::Gone(None), 1);
        // More than half were gone before anybody was told: no removal took no time.
        removals.add(End::Before, 8);
        let count = removals.count();
        assert_eq!((count.removed, count.still_online, count.median_hours), (12, 7, Some(1.5)));
        assert_eq!((count.removed_before, count.within_days[&1]), (8, 3));
        assert_eq!(count.within_days[&28], 3);
    }
}

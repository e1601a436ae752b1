//! Many lengths of time in bounded room: counted by steps that grow with the length. Pure.
//!
//! Up to an hour a length is kept to the second, up to a week in whole minutes, up to a year in whole hours, beyond that
//! in whole days, always rounded up. Whole days are ends of steps everywhere, so how many are within so many days is
//! exact.

use crate::statistics::volume::{Spread, WITHIN_DAYS};

/// Where a step ends, and how long the steps are up to there. The last is a hundred years.
const RANGES: [(usize, usize); 4] = [(3_600, 1), (7 * 86_400, 60), (365 * 86_400, 3_600), (100 * 365 * 86_400, 86_400)];

/// How many steps there are.
const STEPS: usize = {
    let (mut range, mut begin, mut steps) = (0, 0, 1);
    while range < RANGES.len() {
        steps += (RANGES[range].0 - begin) / RANGES[range].1;
        begin = RANGES[range].0;
        range += 1;
    }
    steps
};

/// A length as it is counted: the step that it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Length(u16);

const _: () = assert!(STEPS <= 1 << 16, "a step is a number of 16 bits");

impl Length {
    /// Of so many seconds.
    pub(crate) fn of(seconds: u32) -> Self {
        Self(u16::try_from(step(seconds)).unwrap_or(u16::MAX))
    }
}

/// The step that a length is in.
fn step(seconds: u32) -> usize {
    let seconds = seconds as usize;
    let (mut begin, mut first) = (0, 1);
    for (end, length) in RANGES {
        if seconds <= end {
            // Nothing at all is a step of its own.
            return first + (seconds - begin).div_ceil(length) - 1;
        }
        first += (end - begin) / length;
        begin = end;
    }
    STEPS - 1
}

/// The longest length in a step.
fn longest(step: usize) -> u64 {
    let (mut begin, mut first) = (0, 1);
    for (end, length) in RANGES {
        let steps = (end - begin) / length;
        if step < first + steps {
            return (begin + (step + 1 - first) * length) as u64;
        }
        first += steps;
        begin = end;
    }
    begin as u64
}

/// Lengths, counted.
#[derive(Debug, Clone)]
pub(crate) struct Histogram {
    /// As far as there are any: most are far shorter than the longest could be.
    steps: Vec<u32>,
    n: u64,
}

impl Histogram {
    /// None yet.
    pub(crate) fn new() -> Self {
        Self { steps: Vec::new(), n: 0 }
    }

    /// Counts some.
    pub(crate) fn of(lengths: &[Length]) -> Self {
        let room = lengths.iter().max().map_or(0, |longest| usize::from(longest.0) + 1);
        let mut counted = Self { steps: vec![0; room], n: lengths.len() as u64 };
        for length in lengths {
            counted.steps[usize::from(length.0)] += 1;
        }
        counted
    }

    /// Adds those of others.
    pub(crate) fn add(&mut self, others: &Self) {
        self.n += others.n;
        self.steps.resize(self.steps.len().max(others.steps.len()), 0);
        for (step, other) in self.steps.iter_mut().zip(&others.steps) {
            *step += other;
        }
    }

    /// The spread of its lengths.
    pub(crate) fn spread(&self) -> Spread {
        let mut spread = Spread { n: self.n, ..Spread::default() };
        if self.n == 0 {
            return spread;
        }
        let last_within = WITHIN_DAYS.map(|days| step(days * 86_400));
        let (half, most) = ((self.n * 50).div_ceil(100), (self.n * 90).div_ceil(100));
        let mut seen = 0;
        for (place, n) in self.steps.iter().enumerate().filter(|(_, n)| **n > 0) {
            seen += u64::from(*n);
            for (within, last) in spread.within.iter_mut().zip(last_within) {
                if place <= last {
                    *within = seen;
                }
            }
            if spread.median_seconds.is_none() && seen >= half {
                spread.median_seconds = Some(longest(place));
            }
            if spread.p90_seconds.is_none() && seen >= most {
                spread.p90_seconds = Some(longest(place));
            }
        }
        spread
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(seconds: &[u32]) -> Histogram {
        Histogram::of(&seconds.iter().copied().map(Length::of).collect::<Vec<_>>())
    }

    #[test]
    fn a_length_is_rounded_up_to_its_step() {
        for (seconds, shown) in [
            (0, 0),
            (1, 1),
            (3_599, 3_599),
            (3_600, 3_600),
            (3_601, 3_660),
            (86_400, 86_400),
            (86_401, 86_460),
            (604_800, 604_800),
            (604_801, 608_400),
            (31_536_000, 31_536_000),
            (31_536_001, 31_622_400),
            (u32::MAX, 3_153_600_000),
        ] {
            assert_eq!(longest(step(seconds)), shown, "{seconds}");
        }
        assert_eq!(step(u32::MAX), STEPS - 1);
    }

    #[test]
    fn a_quantile_is_the_shortest_that_is_enough_and_days_are_exact() {
        let spread = |seconds: &[u32]| lengths(seconds).spread();
        assert_eq!(spread(&[]), Spread::default());
        let two = spread(&[5, 9]);
        assert_eq!((two.n, two.median_seconds, two.p90_seconds), (2, Some(5), Some(9)));
        assert_eq!(two.within, [2; 5], "none is longer");
        let days = spread(&[0, 86_400, 86_401, 5 * 86_400, 7 * 86_400 + 1]);
        assert_eq!(days.within, [2, 3, 3, 4, 4]);
        assert_eq!((days.median_seconds, days.p90_seconds), (Some(86_460), Some(608_400)));
    }

    #[test]
    fn what_was_counted_apart_is_counted_together() {
        let mut all = Histogram::new();
        all.add(&lengths(&[1, 2, 3]));
        all.add(&lengths(&[90_000, 4]));
        all.add(&lengths(&[]));
        assert_eq!(all.spread(), lengths(&[4, 3, 90_000, 2, 1]).spread());
    }
}

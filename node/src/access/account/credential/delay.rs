//! The pause of an account after refused sign-ins, and the rule for their place in the trail.

/// So many are free: people mistype.
const FREE: u32 = 2;
/// The first pause. It doubles with each further failure …
const FIRST_SECONDS: i64 = 1;
/// … up to this: a person kept out by another's guesses is not kept out for long.
const LONGEST_SECONDS: i64 = 15 * 60;
const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// Refused sign-ins in a row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Failures {
    /// How many.
    pub(crate) count: u32,
    /// The last one, microseconds since 1970.
    pub(crate) last_at: i64,
}

impl Failures {
    /// When the next try counts, microseconds since 1970.
    pub(crate) const fn next_try_at(self) -> i64 {
        self.last_at.saturating_add(pause_seconds(self.count) * SECOND)
    }

    /// With one more.
    #[must_use]
    pub(crate) const fn and_one(self, at: i64) -> Self {
        Self { count: self.count.saturating_add(1), last_at: at }
    }

    /// For the trail.
    pub(crate) fn in_words(self) -> String {
        match pause_seconds(self.count) {
            0 => format!("failure {}", self.count),
            seconds => format!("failure {}, next try after {seconds} s", self.count),
        }
    }

    /// None where the last one was on another day.
    #[must_use]
    pub(crate) const fn of_today(self, now: i64) -> Self {
        if now.div_euclid(DAY) == self.last_at.div_euclid(DAY) { self } else { Self { count: 0, last_at: 0 } }
    }

    /// As a single value.
    pub(crate) fn to_text(self) -> String {
        format!("{} {}", self.count, self.last_at)
    }

    /// Of [`Failures::to_text`].
    pub(crate) fn of_text(text: &str) -> Option<Self> {
        let (count, last_at) = text.split_once(' ')?;
        Some(Self { count: count.parse().ok()?, last_at: last_at.parse().ok()? })
    }

    /// Whether one more at this time belongs into the trail: the first, each that makes the pause longer, and the first of
    /// a day. An outsider cannot let the trail grow by more than this.
    pub(crate) const fn is_told(self, at: i64) -> bool {
        self.count == 0
            || pause_seconds(self.count + 1) > pause_seconds(self.count)
            || at.div_euclid(DAY) != self.last_at.div_euclid(DAY)
    }
}

const fn pause_seconds(count: u32) -> i64 {
    match count.checked_sub(FREE + 1) {
        None => 0,
        // The tenth doubling is longer than the longest pause.
        Some(doublings @ 0..10) => min(FIRST_SECONDS << doublings, LONGEST_SECONDS),
        Some(_) => LONGEST_SECONDS,
    }
}

const fn min(one: i64, other: i64) -> i64 {
    if one < other { one } else { other }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_764_000_000_000_000;

    #[test]
    fn the_pause_begins_after_the_third_failure_and_doubles_up_to_a_quarter_of_an_hour() {
        for (count, seconds) in
            [(0, 0), (2, 0), (3, 1), (4, 2), (5, 4), (6, 8), (12, 512), (13, 900), (14, 900), (u32::MAX, 900)]
        {
            let failures = Failures { count, last_at: NOW };
            assert_eq!(failures.next_try_at() - NOW, seconds * SECOND, "{count}");
        }
    }

    #[test]
    fn the_trail_is_told_of_the_first_of_longer_pauses_and_once_a_day() {
        let told = |count: u32| Failures { count, last_at: NOW }.is_told(NOW + SECOND);
        let all: Vec<u32> = (0..100).filter(|count| told(*count)).map(|count| count + 1).collect();
        assert_eq!(all, [1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
        assert!(Failures { count: 50, last_at: NOW }.is_told(NOW + DAY));
    }

    #[test]
    fn failures_are_kept_as_one_value_and_count_for_their_day() {
        let failures = Failures { count: 12, last_at: NOW };
        assert_eq!(Failures::of_text(&failures.to_text()), Some(failures));
        assert_eq!(Failures::of_text("12"), None);
        assert_eq!(failures.of_today(NOW + SECOND), failures);
        assert_eq!(failures.of_today(NOW + DAY), Failures::default());
    }
}

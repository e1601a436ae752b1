//! A peer that meets limits again and again: once is nothing, for a while is a person's concern.

/// Refusals that are farther apart do not belong together.
const APART_MICROS: i64 = 2 * 60 * 1_000_000;
/// It lasts, where it goes on for so long …
const LASTS_MICROS: i64 = 5 * 60 * 1_000_000;
/// … with so many refusals: a peer that breaks off and asks again meets a limit now and then.
const MANY: u64 = 60;

/// Requests that were sent away, one soon after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limited {
    /// The first of them, microseconds since 1970.
    pub since: i64,
    /// The last one.
    pub last: i64,
    /// How many.
    pub count: u64,
}

impl Limited {
    /// With one more at this time.
    #[must_use]
    pub fn and_one(before: Option<Self>, now: i64) -> Self {
        match before.filter(|before| now - before.last <= APART_MICROS) {
            Some(before) => Self { last: now, count: before.count.saturating_add(1), ..before },
            None => Self { since: now, last: now, count: 1 },
        }
    }

    /// Whether it goes on, and has for a while.
    #[must_use]
    pub const fn lasts(&self, now: i64) -> bool {
        self.count >= MANY && self.last - self.since >= LASTS_MICROS && now - self.last <= APART_MICROS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many refusals, so many seconds apart.
    fn after(count: i64, seconds: i64) -> Limited {
        let times = (0..count).map(|number| number * seconds * 1_000_000);
        times.fold(None, |before, now| Some(Limited::and_one(before, now))).expect("at least one")
    }

    #[test]
    fn it_lasts_where_many_follow_each_other_for_minutes_and_ends_with_a_pause() {
        let lasting = after(301, 1);
        assert!(lasting.lasts(lasting.last) && lasting.lasts(lasting.last + APART_MICROS));
        assert!(!lasting.lasts(lasting.last + APART_MICROS + 1));
        for not_yet in [after(299, 1), after(1_000, 0), after(59, 6), after(100, 121)] {
            assert!(!not_yet.lasts(not_yet.last), "{not_yet:?}");
        }
    }
}

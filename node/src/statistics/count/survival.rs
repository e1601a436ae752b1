//! The share of content still online so long after a clock started, honest about content online now: pure.

use std::collections::BTreeMap;

use super::duration::hours;
use crate::statistics::model::{Survival, SurvivalPoint};

/// After so many days the curve is told: each day of the first week, then wider.
const DAYS: [u32; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 10, 14, 21, 28, 60, 90, 180, 365];
const MINUTES_A_DAY: u64 = 24 * 60;

/// Events after the same length of time.
#[derive(Debug, Default, Clone, Copy)]
struct Moment {
    gone: u64,
    /// Online at the last look, that is, now.
    online: u64,
}

/// Reports with a started clock, by the length of time they were watched.
#[derive(Debug, Default)]
pub(crate) struct Watched(BTreeMap<u64, Moment>);

impl Watched {
    /// Adds `n` that were gone after so many minutes.
    pub(crate) fn gone(&mut self, minutes: u64, n: u64) {
        self.0.entry(minutes).or_default().gone += n;
    }

    /// Adds `n` that are online now, so many minutes old.
    pub(crate) fn online(&mut self, minutes: u64, n: u64) {
        self.0.entry(minutes).or_default().online += n;
    }

    /// The curve by Kaplan and Meier (1958). At each length of time with something gone, the share online before is
    /// multiplied with the part that stayed, of all watched for at least so long. Content online now counts until it
    /// reaches its age, and after that not at all. Beyond the oldest there is no curve, unless everything is gone.
    pub(crate) fn survival(&self) -> Survival {
        let n = self.0.values().map(|moment| moment.gone + moment.online).sum();
        let (mut at_risk, mut gone, mut share, mut median) = (n, 0, 1.0, None);
        let mut moments = self.0.iter().peekable();
        let mut points = Vec::with_capacity(DAYS.len());
        for days in DAYS {
            let end = u64::from(days) * MINUTES_A_DAY;
            let was_watched = at_risk > 0;
            while let Some((minutes, moment)) = moments.next_if(|(minutes, _)| **minutes <= end) {
                share *= stayed(moment.gone, at_risk);
                at_risk -= moment.gone + moment.online;
                gone += moment.gone;
                if is_half(share) {
                    median = median.or(Some(*minutes));
                }
            }
            if was_watched || (share <= 0.0 && n > 0) {
                points.push(SurvivalPoint { days, online: rounded(share), at_risk, gone });
            }
        }
        // Beyond the last point there may be a median still.
        for (minutes, moment) in moments {
            share *= stayed(moment.gone, at_risk);
            at_risk -= moment.gone + moment.online;
            if is_half(share) {
                median = median.or(Some(*minutes));
            }
        }
        Survival { n, median_hours: median.map(hours), points }
    }
}

#[expect(clippy::cast_precision_loss, reason = "no hotline has 2^53 reports")]
fn stayed(gone: u64, at_risk: u64) -> f64 {
    if at_risk == 0 { 1.0 } else { (at_risk - gone) as f64 / at_risk as f64 }
}

/// Whether half are gone. A product of fractions that is a half lies a little beside it in floating point: 12 of 24, one
/// after the other, come to 0.5000000000000001.
fn is_half(share: f64) -> bool {
    share <= 0.5 + 1e-9
}

fn rounded(share: f64) -> f64 {
    (share * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DAY: u64 = MINUTES_A_DAY;

    fn watched(gone: &[(u64, u64)], online: &[(u64, u64)]) -> Survival {
        let mut watched = Watched::default();
        for (minutes, n) in gone {
            watched.gone(*minutes, *n);
        }
        for (minutes, n) in online {
            watched.online(*minutes, *n);
        }
        watched.survival()
    }

    #[test]
    fn half_is_reached_where_exactly_half_are_gone_whatever_their_number() {
        for half in 1..=400_u64 {
            let one_by_one: Vec<(u64, u64)> = (1..=half).map(|minutes| (minutes * 60, 1)).collect();
            let survival = watched(&one_by_one, &[(9_999_999, half)]);
            let last = hours(half * 60);
            assert_eq!(survival.median_hours, Some(last), "{half} of {}", 2 * half);
            // One fewer is no half.
            let fewer = watched(&one_by_one[1..], &[(9_999_999, half)]);
            assert_eq!(fewer.median_hours, None, "{} of {}", half - 1, 2 * half - 1);
        }
    }

    fn shares(survival: &Survival) -> Vec<(u32, f64)> {
        survival.points.iter().map(|point| (point.days, point.online)).collect()
    }

    #[test]
    fn the_textbooks_example_comes_out() {
        // Gone after 6 (three), 7, 10, 13, 16, 22 and 23 days; watched for 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35:
        // the treated group of Freireich (1963), as Cox and Oakes (1984) print its curve.
        let days = |days: &[u64]| days.iter().map(|days| (days * DAY, 1)).collect::<Vec<_>>();
        let curve =
            watched(&days(&[6, 6, 6, 7, 10, 13, 16, 22, 23]), &days(&[6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]));
        let shares: BTreeMap<u32, f64> = shares(&curve).into_iter().collect();
        for (day, expected) in [(5, 1.0), (6, 0.857), (7, 0.807), (10, 0.753), (14, 0.690), (21, 0.627), (28, 0.448)] {
            assert!((shares[&day] - expected).abs() < 0.001, "{day}: {}", shares[&day]);
        }
        assert_eq!(curve.median_hours, Some(23.0 * 24.0));
        // Nobody was watched for 90 days.
        assert_eq!(curve.points.last().map(|point| point.days), Some(60));
    }

    #[test]
    fn where_nothing_is_online_the_curve_is_the_share_of_those_not_yet_gone() {
        let curve = watched(&[(0, 1), (DAY, 1), (DAY + 1, 2)], &[]);
        let points: Vec<_> = curve.points.iter().take(4).map(|it| (it.days, it.online, it.at_risk, it.gone)).collect();
        assert_eq!(points, [(0, 0.75, 3, 1), (1, 0.5, 2, 2), (2, 0.0, 0, 4), (3, 0.0, 0, 4)]);
        assert_eq!(curve.median_hours, Some(24.0));
    }

    #[test]
    fn what_is_online_is_never_taken_for_gone() {
        let curve = watched(&[], &[(3 * DAY, 5)]);
        assert_eq!(shares(&curve), [(0, 1.0), (1, 1.0), (2, 1.0), (3, 1.0)]);
        assert_eq!((curve.n, curve.median_hours), (5, None));
        assert!(watched(&[], &[]).points.is_empty());
    }

    #[test]
    fn half_may_be_gone_only_after_more_than_a_year() {
        let curve = watched(&[(DAY, 1), (400 * DAY, 3)], &[]);
        assert_eq!(curve.median_hours, Some(400.0 * 24.0));
    }

    proptest! {
        #[test]
        fn a_curve_never_rises_and_what_is_younger_changes_nothing_of_what_was_before(
            gone in prop::collection::vec((0_u64..40_000, 1_u64..5), 0..20),
            online in prop::collection::vec((0_u64..40_000, 1_u64..5), 0..20),
        ) {
            let curve = watched(&gone, &online);
            let shares = shares(&curve);
            prop_assert!(shares.is_sorted_by(|one, next| one.1 >= next.1), "{shares:?}");
            // Watched since before: it does not lower the curve anywhere.
            let mut more = online.clone();
            more.push((50_000, 7));
            for (one, other) in shares.iter().zip(watched(&gone, &more).points) {
                prop_assert!(other.online >= one.1, "{one:?} {other:?}");
            }
        }
    }
}

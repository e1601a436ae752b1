//! From the state of offers to their outcomes: pure.

use super::model::Counts;
use crate::report::projection::Stand;

/// How many offers stand how: one number for each, so that millions are counted without a branch.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct OfferOutcomes([u32; Stand::ALL.len()]);

impl OfferOutcomes {
    pub(super) fn take(&mut self, stand: Stand) {
        self.0[stand as usize] += 1;
    }

    pub(super) fn counts(self) -> Counts {
        let mut counts = Counts::default();
        for (stand, n) in Stand::ALL.into_iter().zip(self.0.map(u64::from)).filter(|(stand, _)| !stand.is_stray()) {
            counts.offered += n;
            match stand {
                Stand::Open => counts.open += n,
                Stand::Refused => counts.refused += n,
                stand if stand.is_accepted() => counts.accepted += n,
                _ => counts.over += n,
            }
            match stand {
                Stand::Gone => counts.removed += n,
                Stand::Held => counts.in_hand += n,
                _ => {}
            }
        }
        counts
    }

    pub(super) fn add(&mut self, others: Self) {
        self.0.iter_mut().zip(others.0).for_each(|(sum, other)| *sum += other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stand_is_counted_as_what_it_is_and_strays_are_not() {
        for (place, stand) in Stand::ALL.into_iter().enumerate() {
            assert_eq!(stand as usize, place, "{stand:?}");
            let mut stands = OfferOutcomes::default();
            stands.take(stand);
            let mut twice = stands;
            twice.add(stands);
            let counts = stands.counts();
            assert_eq!(counts.offered, u64::from(!stand.is_stray()), "{stand:?}");
            let is = |expected| u64::from(stand == expected);
            let answers = [counts.open, counts.refused, counts.over, counts.accepted];
            let expected = [is(Stand::Open), is(Stand::Refused), is(Stand::Over), u64::from(stand.is_accepted())];
            assert_eq!(answers, expected, "{stand:?}");
            assert_eq!([counts.removed, counts.in_hand], [is(Stand::Gone), is(Stand::Held)], "{stand:?}");
            assert_eq!(twice.counts().offered, 2 * counts.offered, "{stand:?}");
        }
    }
}

//! Counts that only grow: the steps that may be shown.

use super::LEAST;

/// Selects the shown steps: those that are none or enough beyond the shown one before, and that leave none or enough to
/// the whole.
pub(super) fn shown(steps: &[u64], whole: u64) -> Vec<bool> {
    let is_apart = |fewer: u64, more: u64| more.checked_sub(fewer).is_some_and(|n| n == 0 || n >= LEAST);
    let mut shown = vec![false; steps.len()];
    let mut before = 0;
    for (step, is_shown) in steps.iter().zip(&mut shown) {
        if is_apart(before, *step) && is_apart(*step, whole) {
            (before, *is_shown) = (*step, true);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn steps_that_would_tell_a_few_are_left_out() {
        assert_eq!(shown(&[0, 10, 12, 12, 15], 20), [true, true, false, false, true]);
        assert_eq!(shown(&[0, 10, 12, 12, 15], 18), [true, true, false, false, false]);
        assert_eq!(shown(&[3, 3, 3], 3), [false, false, false]);
        assert_eq!(shown(&[], 3), [false; 0]);
    }

    proptest! {
        #[test]
        fn no_two_shown_counts_are_a_few_apart(steps in prop::collection::vec(0_u64..12, 0..9), rest in 0_u64..12) {
            let steps: Vec<u64> = steps.iter().scan(0, |sum, step| { *sum += step; Some(*sum) }).collect();
            let whole = steps.last().copied().unwrap_or(0) + rest;
            let is_shown = shown(&steps, whole);
            let told = steps.iter().zip(is_shown).filter_map(|(step, is_shown)| is_shown.then_some(*step));
            let told: Vec<u64> = [0].into_iter().chain(told).chain([whole]).collect();
            // The whole is a cell of its own, and was looked at before.
            let pairs = told.windows(2).filter(|pair| told.len() > 2 || pair[1] != whole);
            for pair in pairs {
                prop_assert!(!(1..LEAST).contains(&(pair[1] - pair[0])), "{told:?}");
            }
        }
    }
}

//! Round values for an axis: pure.

/// Zero and round values above it, at most five, the last at or above the largest value. In whole numbers where
/// `is_whole`.
pub(super) fn ticks(largest: f64, is_whole: bool) -> Vec<f64> {
    if !(largest.is_finite() && largest > 0.0) {
        return vec![0.0, 1.0];
    }
    let magnitude = 10_f64.powf((largest / 4.0).log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|factor| factor * magnitude);
    let step = step.filter(|step| !is_whole || step.fract() == 0.0).find(|step| step * 4.0 >= largest);
    let step = step.unwrap_or(1.0).max(if is_whole { 1.0 } else { 0.0 });
    let mut ticks = vec![0.0];
    let mut count = 1.0;
    while ticks.last().is_some_and(|last| *last < largest) {
        ticks.push(step * count);
        count += 1.0;
    }
    ticks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_has_few_round_values_up_to_the_largest() {
        for (largest, is_whole, expected) in [
            (0.0, true, vec![0.0, 1.0]),
            (1.0, true, vec![0.0, 1.0]),
            (3.0, true, vec![0.0, 1.0, 2.0, 3.0]),
            (9.0, true, vec![0.0, 5.0, 10.0]),
            (25_204.0, true, vec![0.0, 10_000.0, 20_000.0, 30_000.0]),
            (100.0, true, vec![0.0, 25.0, 50.0, 75.0, 100.0]),
            (1.0, false, vec![0.0, 0.25, 0.5, 0.75, 1.0]),
        ] {
            assert_eq!(ticks(largest, is_whole), expected, "{largest}");
        }
    }

    #[test]
    fn no_axis_is_crowded() {
        for largest in (1_u32..5_000).map(f64::from) {
            let ticks = ticks(largest, true);
            assert!(ticks.len() <= 6 && ticks.last().is_some_and(|last| *last >= largest), "{largest} {ticks:?}");
        }
    }
}

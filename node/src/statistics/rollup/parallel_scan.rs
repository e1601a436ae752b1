//! Millions of cells are gone through by several processors at once.

use std::ops::RangeInclusive;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread;

use super::cells_in_memory::Days;

/// Parts at once: a small machine has two processors.
const PARTS: usize = 2;
/// Cells that one processor goes through about as fast as another one is woken.
const FEW: usize = 50_000;

/// A day and its cells.
pub(super) type Day<'d, C> = (i64, &'d Arc<[C]>);

/// Goes through the cells of some days, in their order: few at once, many in parts of about as many cells. Returns the
/// result of each part.
pub(crate) fn in_parts<C: Send + Sync, T: Send>(
    days: &Days<C>,
    range: RangeInclusive<i64>,
    go_through: impl Fn(&[Day<'_, C>]) -> T + Sync,
) -> Vec<T> {
    let days: Vec<Day<'_, C>> = days.range(range).map(|(day, cells)| (*day, cells)).collect();
    let parts = divided(&days);
    if let [part] = parts.as_slice() {
        return vec![go_through(part)];
    }
    let go_through = &go_through;
    thread::scope(|scope| {
        let running: Vec<_> = parts.into_iter().map(|part| scope.spawn(move || go_through(part))).collect();
        running.into_iter().map(|part| part.join().unwrap_or_else(|cause| resume_unwind(cause))).collect()
    })
}

/// Days in parts of about as many cells; one part where they are few.
fn divided<'p, 'd, C>(days: &'p [Day<'d, C>]) -> Vec<&'p [Day<'d, C>]> {
    let cells: usize = days.iter().map(|(_, cells)| cells.len()).sum();
    if cells <= FEW {
        return vec![days];
    }
    let mut left = days;
    let mut parts = Vec::with_capacity(PARTS);
    for part in (1..PARTS).rev() {
        let mut here = 0;
        let enough = left.iter().map(|(_, cells)| cells.len()).sum::<usize>() / (part + 1);
        let length = left.iter().take_while(|(_, cells)| {
            here += cells.len();
            here <= enough
        });
        let (begin, rest) = left.split_at(length.count());
        parts.push(begin);
        left = rest;
    }
    parts.push(left);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(days: &[Day<'_, u8>]) -> usize {
        days.iter().map(|(_, cells)| cells.len()).sum()
    }

    fn days(counts: &[usize]) -> Days<u8> {
        (0..).zip(counts).map(|(day, count)| (day, vec![1; *count].into())).collect()
    }

    #[test]
    fn every_cell_of_the_range_is_in_one_part_and_parts_are_about_as_large() {
        for counts in [&[][..], &[7], &[FEW], &[FEW + 1], &[10_000; 11], &[1, 200_000, 1, 1], &[0, 30_000, 30_000, 0]] {
            let all = days(counts);
            let sums = in_parts(&all, 0..=i64::MAX, size);
            assert_eq!(sums.iter().sum::<usize>(), counts.iter().sum::<usize>(), "{counts:?}");
            assert_eq!(sums.len(), if counts.iter().sum::<usize>() > FEW { PARTS } else { 1 }, "{counts:?}");
        }
        let even = days(&[10_000; 12]);
        assert_eq!(in_parts(&even, 0..=11, size), [60_000, 60_000]);
        let order = in_parts(&even, 1..=10, |days| days.iter().map(|(day, _)| *day).collect::<Vec<_>>());
        assert_eq!(order.concat(), (1..=10).collect::<Vec<_>>());
    }
}

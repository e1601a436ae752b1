//! The withheld cells that follow from all sums together.

use std::collections::{BTreeMap, BTreeSet};

use super::Place;
use super::bound::held_at_one;
use super::cells::Cells;
use super::equation::Equation;

/// Equations are solved in the residues of this prime (2^61 − 1), where nothing is rounded. A consequence of the
/// equations follows there too.
const PRIME: i128 = (1 << 61) - 1;

/// A sum's withheld cells, by their place among all withheld ones, with their factors.
type Line = BTreeMap<Place, i128>;

/// The cells with a single solution of the equations in numbers of 1 and more, a bound known to every reader of the
/// rules. These are the cells that cannot leave their 1, and, with them taken out, the cells that stand alone in a line
/// of the reduced system. No others: where every 1 can be left, a small step along any solution of the system stays
/// above 0.
pub(super) fn solved(cells: &Cells<'_>, equations: &[Equation]) -> BTreeSet<Place> {
    let mut solved = held_at_one(cells, equations);
    let mut reduced: Vec<(Place, Line)> = Vec::new();
    for equation in equations {
        let mut line = Line::new();
        for (place, factor) in equation.factors(cells).into_iter().filter(|(place, _)| !solved.contains(place)) {
            line.insert(place, i128::from(factor).rem_euclid(PRIME));
        }
        for (pivot, known) in &reduced {
            take_off(&mut line, *pivot, known);
        }
        line.retain(|_, factor| *factor != 0);
        let Some((pivot, factor)) = line.first_key_value().map(|(place, factor)| (*place, *factor)) else { continue };
        let inverse = power(factor, PRIME - 2);
        for factor in line.values_mut() {
            *factor = *factor * inverse % PRIME;
        }
        for (_, known) in &mut reduced {
            take_off(known, pivot, &line);
        }
        reduced.push((pivot, line));
    }
    solved.extend(reduced.into_iter().filter(|(_, line)| line.len() == 1).map(|(pivot, _)| pivot));
    solved
}

/// Takes as much of another line off a line as rids it of the other's pivot.
fn take_off(line: &mut Line, pivot: Place, other: &Line) {
    let Some(times) = line.get(&pivot).copied().filter(|factor| *factor != 0) else { return };
    for (place, factor) in other {
        let mine = line.entry(*place).or_default();
        *mine = (*mine + (PRIME - times) * factor) % PRIME;
    }
    line.retain(|_, factor| *factor != 0);
}

fn power(mut base: i128, mut exponent: i128) -> i128 {
    let mut product = 1;
    while exponent > 0 {
        if exponent & 1 == 1 {
            product = product * base % PRIME;
        }
        base = base * base % PRIME;
        exponent >>= 1;
    }
    product
}

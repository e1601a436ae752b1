//! Withholding further cells until nothing withheld can be computed.

use std::collections::BTreeSet;

use super::Place;
use super::cells::Cells;
use super::equation::{Candidate, Equation};
use super::solve::solved;

/// Withholds further cells until nothing withheld can be computed from any of the sums, or from all.
pub(super) fn complete(cells: &mut Cells<'_>, equations: &[Equation]) {
    while let Some(place) = next(cells, equations) {
        cells.withhold(place);
    }
}

fn next(cells: &Cells<'_>, equations: &[Equation]) -> Option<Place> {
    let narrow = equations.iter().filter(|equation| equation.is_narrow(cells));
    let first = narrow.filter_map(|equation| equation.open(cells)).min_by(Candidate::order);
    let first = first.or_else(|| {
        let solved = solved(cells, equations);
        let open =
            |telling: &[&Equation]| telling.iter().filter_map(|equation| equation.open(cells)).min_by(Candidate::order);
        open(&touching(equations, &solved)).or_else(|| open(&connected(cells, equations, solved)))
    });
    first.map(|candidate| candidate.place)
}

/// The equations that contain one of some cells.
fn touching<'e>(equations: &'e [Equation], some: &BTreeSet<Place>) -> Vec<&'e Equation> {
    equations.iter().filter(|equation| equation.places().any(|place| some.contains(&place))).collect()
}

/// The equations that tell of some cells, be it by way of other withheld ones.
fn connected<'e>(cells: &Cells<'_>, equations: &'e [Equation], mut some: BTreeSet<Place>) -> Vec<&'e Equation> {
    loop {
        let (before, found) = (some.len(), touching(equations, &some));
        some.extend(found.iter().flat_map(|equation| equation.withheld(cells)).map(|(place, _)| place));
        if some.len() == before {
            return found;
        }
    }
}

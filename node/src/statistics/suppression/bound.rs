//! The withheld cells known to be 1, because any more would leave less than 1 for another.

use std::collections::{BTreeMap, BTreeSet};

use microlp::{ComparisonOp, OptimizationDirection, Problem, Variable};

use super::Place;
use super::cells::Cells;
use super::equation::Equation;

/// The cells of 1 that are 1 in every solution of the equations. It is a linear program in steps away from the counts.
/// In every equation the steps sum to 0, a cell of 1 can only step up, and as many cells as possible take a step.
pub(super) fn held_at_one(cells: &Cells<'_>, equations: &[Equation]) -> BTreeSet<Place> {
    let mut problem = Problem::new(OptimizationDirection::Maximize);
    let mut steps: BTreeMap<Place, Vec<Variable>> = BTreeMap::new();
    let mut ones = BTreeMap::new();
    for equation in equations {
        let mut terms = Vec::new();
        for (place, factor) in equation.factors(cells) {
            let variables = steps.entry(place).or_insert_with(|| {
                if cells.counted(place) != Some(1) {
                    return vec![problem.add_var(0.0, (f64::NEG_INFINITY, f64::INFINITY))];
                }
                // Only its first step counts, so that one cell's long way is not worth many others' short ones.
                let first = problem.add_var(1.0, (0.0, 1.0));
                ones.insert(place, first);
                vec![first, problem.add_var(0.0, (0.0, f64::INFINITY))]
            });
            terms.extend(variables.iter().map(|variable| (*variable, f64::from(factor))));
        }
        problem.add_constraint(terms, ComparisonOp::Eq, 0.0);
    }
    if ones.is_empty() {
        return BTreeSet::new();
    }
    let solution = problem.solve().ok().and_then(|outcome| outcome.into_solution().ok());
    // Each is 0 or 1 in the best solution. Without one nothing is known to be safe.
    let is_held = |first: &Variable| solution.as_ref().is_none_or(|found| found.var_value(*first) < 0.5);
    ones.into_iter().filter(|(_, first)| is_held(first)).map(|(place, _)| place).collect()
}

//! Small cells, withheld in everything that leaves the house about third parties: pure.
//!
//! 1. **Small counts.** A count of 1 to 4 is withheld. Zero is shown: it tells of nobody.
//! 2. **Sums.** So that nothing withheld can be computed from what is shown, further counts are withheld. Which cells
//!    add up to which is told by [`Relation::Sum`]; and in every figure with shares, a column of counts adds up to a
//!    known number, as the shares tell it. In a sum with withheld cells on one side, these must together be at least
//!    four more than they are many: then each of them may, for whom knows only the sum, be anything from 1 to 5 or more.
//!    And no withheld cell may follow from all sums together, as the only solution of their equations in numbers of 1
//!    and more (whole or not). As long as this does not hold, a count above zero that is shown in such a sum is withheld
//!    too: of the parts rather than the total, and rather a small one, by an order that only this house can compute
//!    ([`Order`]); the total as well, where nothing else is left.
//! 3. **Growing counts** ([`Relation::Growing`]), such as those that were removed within 1, 2, 3 days: a step is shown
//!    only if it is none or at least five more than the shown one before it, and if none or at least five are missing
//!    from the last shown one to the whole.
//! 4. **What tells a count**: in a row with a withheld count, every measure and share; and every share of a whole that is
//!    withheld itself ([`Relation::Whole`]).
//! 5. **Order.** Where rows stand in falling order of a count, those in which it is withheld stand last, by label.
//!
//! The result depends on the figures and on the house's order alone: the same figures have the same cells withheld. Who knows some of the counted
//! cases from elsewhere may take them off a sum; the rule protects against computing from what is published here, not
//! against that, and not against comparing with what an earlier edition showed.

mod bound;
mod cells;
mod complementary;
mod equation;
mod growing_count;
mod keyed_order;
mod order;
mod solve;

use std::collections::BTreeSet;

use cells::Cells;
use complementary::complete;
use equation::Equation;
use growing_count::shown;
pub(crate) use order::TOTAL;
pub use keyed_order::Order;
pub(super) use order::TOTAL as TOTAL_COLUMN;
use order::withheld_last;

use super::figure::{Cell, Figure, Label, Unit};

/// Counts below this, and above zero, are small.
pub(super) const LEAST: u64 = 5;

/// A cell of a set of figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Which figure.
    pub figure: usize,
    /// Which of its rows.
    pub row: usize,
    /// Which of its columns.
    pub column: usize,
}

/// How cells hang together, so that one tells of another.
#[derive(Debug, Clone, PartialEq)]
pub enum Relation {
    /// What stands on the left is together as many as what stands on the right. A sum that is wrong can only have more
    /// withheld than need be: cells are added to what is withheld until every sum is safe, and never taken back.
    Sum {
        /// Often a total.
        left: Vec<Place>,
        /// Often its parts.
        right: Vec<Place>,
    },
    /// Steps of a count that only grows, and what it reaches in the end.
    Growing {
        /// Where each is shown, as a count or as a share, and the count itself.
        steps: Vec<(Place, u64)>,
        /// As many as there are.
        whole: u64,
        /// The counts that it is made of: where one of them is withheld, so is every step.
        of: Vec<Place>,
    },
    /// The figure's shares are of this count.
    Whole {
        /// The whole.
        whole: Place,
        /// Which figure.
        figure: usize,
    },
}

/// Withholds what must not leave the house, in figures that are shown together. Rows may change their order, so the
/// places of `relations` are of the figures as they were.
pub fn withhold(figures: &mut [Figure], relations: &[Relation], order: &Order<'_>) {
    let withheld = withheld(Cells::of(figures, order), relations);
    for place in withheld {
        figures[place.figure].rows[place.row].cells[place.column] = Cell::Withheld;
    }
    figures.iter_mut().for_each(withheld_last);
}

fn withheld(mut cells: Cells<'_>, relations: &[Relation]) -> BTreeSet<Place> {
    for place in cells.places() {
        if cells.counted(place).is_some_and(|count| count > 0 && count < LEAST) {
            cells.withhold(place);
        }
    }
    let declared = relations.iter().filter_map(Equation::declared);
    let equations: Vec<Equation> = told_columns(cells.figures()).into_iter().chain(declared).collect();
    complete(&mut cells, &equations);
    for relation in relations {
        match relation {
            Relation::Growing { steps, whole, of } => grow(&mut cells, steps, *whole, of),
            Relation::Whole { whole, figure } => shares_of(&mut cells, *whole, *figure),
            Relation::Sum { .. } => {}
        }
    }
    measures(&mut cells);
    cells.withheld()
}

fn grow(cells: &mut Cells<'_>, steps: &[(Place, u64)], whole: u64, of: &[Place]) {
    let is_told = !of.iter().any(|place| cells.is_withheld(*place));
    let counts: Vec<u64> = steps.iter().map(|(_, count)| *count).collect();
    for ((place, _), is_shown) in steps.iter().zip(shown(&counts, whole)) {
        if !(is_shown && is_told) && cells.cell(*place) != Cell::Unknown {
            cells.withhold(*place);
        }
    }
}

fn shares_of(cells: &mut Cells<'_>, whole: Place, figure: usize) {
    if !cells.is_withheld(whole) {
        return;
    }
    let columns = &cells.figures()[figure].columns;
    let is_share = |place: &Place| place.figure == figure && columns[place.column].unit == Unit::Share;
    cells.places().filter(is_share).for_each(|place| cells.withhold(place));
}

/// In rows with a withheld count, what was measured of it.
fn measures(cells: &mut Cells<'_>) {
    let figures = cells.figures();
    let is_withheld = |place: &Place| cells.is_withheld(*place) && cells.counted(*place).is_some();
    let rows: BTreeSet<(usize, usize)> =
        cells.places().filter(is_withheld).map(|place| (place.figure, place.row)).collect();
    for (figure, row) in rows {
        for (column, cell) in figures[figure].rows[row].cells.iter().enumerate() {
            if matches!(cell, Cell::Measure(_)) {
                cells.withhold(Place { figure, row, column });
            }
        }
    }
}

/// The columns of counts whose sum is told by shares.
fn told_columns(figures: &[Figure]) -> Vec<Equation> {
    let is_told = |figure: &&Figure| {
        let has_shares = figure.columns.iter().any(|column| column.unit == Unit::Share);
        has_shares && !figure.rows.iter().any(|row| is_time(&row.label))
    };
    let mut told = Vec::new();
    for (place, figure) in figures.iter().enumerate().filter(|(_, figure)| is_told(figure)) {
        let counts = figure.columns.iter().enumerate().filter(|(_, column)| column.unit == Unit::Count);
        told.extend(counts.map(|(column, _)| Equation {
            left: Vec::new(),
            right: (0..figure.rows.len()).map(|row| Place { figure: place, row, column }).collect(),
            is_told: true,
        }));
    }
    told
}

fn is_time(label: &Label) -> bool {
    match label {
        Label::Year(_) | Label::Month(_) | Label::Week(_) | Label::Day(_) | Label::DaysAfter(_) => true,
        Label::Code { .. } | Label::Country(_) | Label::Peer(_) | Label::Name(_) => false,
    }
}

#[cfg(test)]
mod keyed_order_tests;
#[cfg(test)]
mod tests;

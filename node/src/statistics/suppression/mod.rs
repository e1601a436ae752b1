//! Small cells, withheld in everything that leaves the house about third parties: pure.
//!
//! 1. **Small counts.** A count of 1 to 4 is withheld. Zero is shown: it tells of nobody.
//! 2. **Sums.** Further counts are withheld so that no withheld count can be computed from the shown ones.
//!    [`Relation::Sum`] tells the cells that add up to others. In every figure with shares, a column of counts also
//!    adds up to a known number, as the shares tell it. In a sum with withheld cells on one side, their sum must exceed
//!    their number by four or more. Then each may, for a reader with only the sum, be anything from 1 to 5 or more. And
//!    no withheld cell may follow from all sums together, as the only solution of their equations in numbers of 1 and
//!    more (whole or not). As long as this does not hold, a count above zero that is shown in such a sum is withheld
//!    too: of the parts rather than the total, and rather a small one, by an order that only this house can compute
//!    ([`Order`]); the total as well, where nothing else is left.
//! 3. **Growing counts** ([`Relation::Growing`]), such as those that were removed within 1, 2, 3 days: a step is shown
//!    only if it is none or at least five more than the shown one before it, and if none or at least five are missing
//!    from the last shown one to the whole.
//! 4. **Cells that tell a count**: in a row with a withheld count, every measure and share; and every share of a whole
//!    that is withheld itself ([`Relation::Whole`]).
//! 5. **Order.** Where rows stand in falling order of a count, the rows with that count withheld stand last, by label.
//!
//! The result depends on the figures and on the house's order alone: the same figures have the same cells withheld. A
//! reader that knows some of the counted cases from elsewhere may take them off a sum. The rule protects against
//! computing from the figures published here, not against that, and not against comparing with an earlier edition.

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
pub use keyed_order::Order;
pub(super) use order::TOTAL as TOTAL_COLUMN;
use order::withheld_last;

use super::figure::{Cell, Figure, Label, Unit};

/// Counts below this, and above zero, are small.
pub(super) const LEAST: u64 = 5;

/// A cell of a set of figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The figure's place.
    pub figure: usize,
    /// The row's place in the figure.
    pub row: usize,
    /// The column's place in the figure.
    pub column: usize,
}

/// How cells hang together, so that one tells of another.
#[derive(Debug, Clone, PartialEq)]
pub enum Relation {
    /// The cells on the left have the same sum as the cells on the right. A wrong sum can only cause more withholding
    /// than need be: cells are added to the withheld ones until every sum is safe, and never taken back.
    Sum {
        /// Often a total.
        left: Vec<Place>,
        /// Often its parts.
        right: Vec<Place>,
    },
    /// Steps of a count that only grows, and its final value.
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
        /// The figure's place.
        figure: usize,
    },
}

/// Withholds the cells that must not leave the house, in figures that are shown together. Rows may change their order,
/// so the places of `relations` are of the figures as they were.
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

/// Withholds the measures in rows with a withheld count.
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

/// The columns of counts with a sum told by shares.
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

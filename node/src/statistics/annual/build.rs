//! From counts to figures: pure.

use std::collections::BTreeMap;

use crate::statistics::count::share;
use crate::statistics::figure::{Cell, Column, Figure, Label, Row, Shape, Unit};
use crate::statistics::model::ByCode;
use crate::statistics::suppression::TOTAL_COLUMN;

/// How many.
pub(super) const N: Column = Column::count("n");
/// Of a whole.
pub(super) const SHARE: Column = Column::share("share");
/// The sum of the counts before it.
pub(super) const TOTAL: Column = Column::count(TOTAL_COLUMN);
/// The median.
pub(super) const MEDIAN: Column = Column { name: "median", unit: Unit::Hours };

/// A measure; it may be unknown.
pub(super) fn measure(measure: Option<f64>) -> Cell {
    measure.map_or(Cell::Unknown, Cell::Measure)
}

/// Counts as cells.
pub(super) fn cells<const N: usize>(counts: [u64; N]) -> Vec<Cell> {
    counts.map(Cell::Count).into()
}

/// A row of a code.
pub(super) fn row(list: &'static str, code: &'static str, cells: Vec<Cell>) -> Row {
    Row { label: Label::Code { list, code }, cells }
}

/// The whole that a list's shares refer to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Whole {
    /// Of all of the list: every report counts in one row.
    Sum,
    /// Of so many: a report may count in several rows, or in none.
    Of(u64),
}

/// A list of codes with their counts and shares, as bars: in the order of `codes`, and `unknown` at the end.
pub(super) fn listed(
    name: &'static str,
    list: &'static str,
    counts: &ByCode,
    codes: impl Iterator<Item = &'static str>,
    whole: Whole,
) -> Figure {
    let whole = match whole {
        Whole::Sum => counts.values().sum(),
        Whole::Of(whole) => whole,
    };
    let counted = codes.chain(["unknown"]).filter_map(|code| counts.get(code).map(|n| (code, *n)));
    let rows = counted.map(|(code, n)| row(list, code, vec![Cell::Count(n), Cell::Measure(share(n, whole))]));
    Figure { name, shape: Shape::Bars, of: list, columns: vec![N, SHARE], rows: rows.collect() }
}

/// The same with the most frequent first; of equal ones, in the order of the list.
pub(super) fn ranked(mut figure: Figure) -> Figure {
    let n = |row: &Row| if let Some(Cell::Count(n)) = row.cells.first() { *n } else { 0 };
    figure.rows.sort_by_key(|row| std::cmp::Reverse(n(row)));
    figure
}

/// How many of each offence, in the order of the list.
pub(super) fn of_offence<T: Copy>(by_offence: &BTreeMap<&'static str, T>, code: &str) -> Option<T> {
    by_offence.get(code).copied()
}

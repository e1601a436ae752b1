//! Two logs held against each other, as a figure.

use super::model::Counts;
use super::reconcile::Reconciled;
use crate::statistics::figure::{Cell, Column, Figure, Label, Row, Shape};

const COUNTS: [Column; 7] = [
    Column::count("offered"),
    Column::count("accepted"),
    Column::count("refused"),
    Column::count("open"),
    Column::count("over"),
    Column::count("removed"),
    Column::count("in-hand"),
];

impl Counts {
    fn cells(&self) -> Vec<Cell> {
        [self.offered, self.accepted, self.refused, self.open, self.over, self.removed, self.in_hand]
            .map(Cell::Count)
            .to_vec()
    }
}

impl Reconciled {
    /// Both directions, of all times.
    #[must_use]
    pub fn figure(&self) -> Figure {
        let row = |code, counts: &Counts| Row { label: Label::direction(code), cells: counts.cells() };
        Figure {
            name: "reconciled",
            shape: Shape::TableOnly,
            of: "direction",
            columns: COUNTS.to_vec(),
            rows: vec![row("sent", &self.sent), row("received", &self.received)],
        }
    }
}

//! The federation as figures.

use super::federation::{Federation, Published};
use crate::statistics::figure::{Cell, Column, Figure, Row, Shape, by_country};
use crate::statistics::filter::Step;

const PUBLISHED: [Column; 3] = [Column::count("published"), Column::count("taken-over"), Column::count("gone")];

impl Published {
    fn cells(&self) -> Vec<Cell> {
        [self.published, self.taken_over, self.gone].map(Cell::Count).to_vec()
    }
}

impl Federation {
    /// Over the steps, and by hosting country.
    #[must_use]
    pub fn figures(&self, step: Step) -> Vec<Figure> {
        let steps = self.steps.iter().map(|(begin, it)| Row { label: step.label(*begin), cells: it.cells() });
        let countries = by_country(self.countries.iter().map(|(country, it)| (*country, it.published, it.cells())));
        let columns = PUBLISHED.to_vec();
        vec![
            Figure {
                name: "federation",
                shape: Shape::Lines,
                of: step.code(),
                columns: columns.clone(),
                rows: steps.collect(),
            },
            Figure { name: "federation-countries", shape: Shape::Bars, of: "country", columns, rows: countries },
        ]
    }
}

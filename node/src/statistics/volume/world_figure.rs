//! Where reports are hosted, as figures.

use super::world::{Hosted, World};
use crate::statistics::figure::{Cell, Column, Figure, Label, Row, Shape, by_country};

const HOSTED: [Column; 3] = [Column::count("reports"), Column::count("illegal"), Column::count("gone")];

impl Hosted {
    fn cells(&self) -> Vec<Cell> {
        [self.reports, self.illegal, self.gone].map(Cell::Count).to_vec()
    }
}

impl World {
    /// By hosting country, hoster and network.
    #[must_use]
    pub fn figures(&self) -> Vec<Figure> {
        let figure = |name, of, rows| Figure { name, shape: Shape::Bars, of, columns: HOSTED.to_vec(), rows };
        let named = |name: Option<String>, it: &Hosted| Row { label: Label::Name(name), cells: it.cells() };
        let network = |network: &Option<u32>| network.map(|number| format!("AS{number}"));
        vec![
            figure(
                "world",
                "country",
                by_country(self.countries.iter().map(|(country, it)| (*country, it.reports, it.cells()))),
            ),
            figure(
                "hosters",
                "organisation",
                self.organisations.iter().map(|(name, it)| named(name.clone(), it)).collect(),
            ),
            figure(
                "networks",
                "network",
                self.networks.iter().map(|(number, it)| named(network(number), it)).collect(),
            ),
        ]
    }
}

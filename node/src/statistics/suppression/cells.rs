//! The cells of figures, with the set of withheld ones.

use std::collections::{BTreeMap, BTreeSet};

use super::Place;
use super::keyed_order::Order;
use crate::statistics::figure::{Cell, Figure};

/// Figures as they were counted, and their withheld cells.
pub(super) struct Cells<'f> {
    figures: &'f [Figure],
    withheld: BTreeSet<Place>,
    /// The factor of each count where it is compared with others.
    weights: BTreeMap<Place, f64>,
}

impl<'f> Cells<'f> {
    /// With nothing withheld.
    pub(super) fn of(figures: &'f [Figure], order: &Order<'_>) -> Self {
        let mut cells = Self { figures, withheld: BTreeSet::new(), weights: BTreeMap::new() };
        let counted = cells.places().filter(|place| cells.counted(*place).is_some());
        cells.weights = counted.map(|place| (place, order.weight(&figures[place.figure], place))).collect();
        cells
    }

    /// Where a count stands among those that could be withheld as well: the lowest is.
    #[expect(clippy::cast_precision_loss, reason = "no hotline has 2^53 reports")]
    pub(super) fn rank(&self, place: Place) -> f64 {
        let count = self.counted(place).unwrap_or(0) as f64;
        count * self.weights.get(&place).copied().unwrap_or(1.0)
    }

    /// The figures as they were counted.
    pub(super) fn figures(&self) -> &'f [Figure] {
        self.figures
    }

    /// Every place of every figure.
    pub(super) fn places(&self) -> impl Iterator<Item = Place> + use<'f> {
        self.figures.iter().enumerate().flat_map(|(figure, of)| {
            let rows = of.rows.iter().enumerate();
            rows.flat_map(move |(row, of)| (0..of.cells.len()).map(move |column| Place { figure, row, column }))
        })
    }

    /// The count at a place.
    pub(super) fn counted(&self, place: Place) -> Option<u64> {
        match self.cell(place) {
            Cell::Count(count) => Some(count),
            Cell::Measure(_) | Cell::Unknown | Cell::Withheld => None,
        }
    }

    /// The count at a place, if it is shown.
    pub(super) fn shown(&self, place: Place) -> Option<u64> {
        self.counted(place).filter(|_| !self.is_withheld(place))
    }

    /// The cell before anything is withheld.
    pub(super) fn cell(&self, place: Place) -> Cell {
        self.figures[place.figure].rows[place.row].cells[place.column]
    }

    /// Whether it is withheld.
    pub(super) fn is_withheld(&self, place: Place) -> bool {
        self.withheld.contains(&place)
    }

    /// Withholds it.
    pub(super) fn withhold(&mut self, place: Place) {
        self.withheld.insert(place);
    }

    /// The withheld places.
    pub(super) fn withheld(self) -> BTreeSet<Place> {
        self.withheld
    }
}

//! The order of withholding counts to protect others.
//!
//! Were it always the smallest (and of equal ones the first), a reader with the rule could compute a count. Of 20, 5, 5
//! and 4 with their sum, the page shows 20 and the second 5. So the first 5 was chosen, so it is no more than 5; since
//! the other one is small it is 4. So each cell has a weight that only this house can compute, from its key, and the
//! cell with the lowest product of count and weight is withheld. Weights are drawn from the exponential distribution:
//! of two cells with the counts a and b the first is chosen with the chance b / (a + b). So small ones are chosen
//! rather than large ones, and no order is impossible: a page tells of no split that it is the only one.

use super::Place;
use crate::secret::SealKey;
use crate::statistics::figure::Figure;

/// The weights of one publication: the same for the same key and name, whenever it is made.
pub struct Order<'k> {
    drawn_from: Option<(&'k SealKey, String)>,
}

impl<'k> Order<'k> {
    /// The order for the publication `name`, such as a year's figures.
    #[must_use]
    pub fn keyed(key: &'k SealKey, name: impl Into<String>) -> Self {
        Self { drawn_from: Some((key, name.into())) }
    }

    /// The smallest first, of equal ones the first: for tests of the withheld cells rather than of the inference from
    /// them.
    #[cfg(test)]
    pub(crate) const fn smallest() -> Order<'static> {
        Order { drawn_from: None }
    }

    /// The weight of a cell, by its names: the place of a row may change from day to day.
    pub(super) fn weight(&self, figure: &Figure, place: Place) -> f64 {
        let Some((key, name)) = &self.drawn_from else { return 1.0 };
        let (row, column) = (&figure.rows[place.row].label, figure.columns[place.column].name);
        let cell = format!("{name}/{}/{row:?}/{column}", figure.name);
        let digest = key.index_digest("withheld-first", cell.as_bytes());
        let drawn = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
        // Between 0 and 1, neither of them.
        let share = (f64::from(drawn) + 0.5) / (f64::from(u32::MAX) + 1.0);
        -share.ln()
    }
}

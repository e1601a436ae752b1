//! The measurements.

use serde::{Deserialize, Serialize};

/// One figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Figure {
    /// Its subject, with its unit.
    pub(crate) what: String,
    /// How much.
    pub(crate) value: f64,
}

impl Figure {
    pub(crate) fn new(what: &str, value: f64) -> Self {
        Self { what: what.to_owned(), value }
    }
}

/// The median of some values; zero of none.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let upper = values.get(values.len() / 2).copied().unwrap_or_default();
    if values.len() % 2 == 1 {
        return upper;
    }
    let lower = values.get((values.len() / 2).saturating_sub(1)).copied().unwrap_or_default();
    f64::midpoint(lower, upper)
}

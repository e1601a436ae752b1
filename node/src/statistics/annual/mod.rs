//! The yearly figures: a hotline's full account of its year, as figures to be shown and downloaded, and the sums among
//! them.

mod build;
mod found;
mod hosted;
mod noticed;
mod overview;
mod relation;
mod removed;

pub use relation::relations;

use super::figure::Figure;
use super::model::Statistics;

/// Every figure of a year, in the order of a yearly report.
#[must_use]
pub fn yearly_figures(statistics: &Statistics) -> Vec<Figure> {
    let mut figures = overview::figures(statistics);
    figures.extend(hosted::figures(statistics));
    figures.extend(found::figures(statistics));
    figures.extend(removed::figures(statistics));
    figures.extend(noticed::figures(statistics));
    figures
}

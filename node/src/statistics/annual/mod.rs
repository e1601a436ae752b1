//! The yearly figures: everything that a hotline tells of its year, as figures to be shown and downloaded, and which of
//! them add up to which.

mod build;
mod found;
mod hosted;
mod noticed;
mod overview;
mod relation;
mod removed;

use super::figure::Figure;
use super::model::Statistics;

pub use relation::relations;

/// Every figure of a year, in the order in which a report has them.
#[must_use]
pub fn yearly_figures(statistics: &Statistics) -> Vec<Figure> {
    let mut figures = overview::figures(statistics);
    figures.extend(hosted::figures(statistics));
    figures.extend(found::figures(statistics));
    figures.extend(removed::figures(statistics));
    figures.extend(noticed::figures(statistics));
    figures
}

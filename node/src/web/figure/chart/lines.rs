//! Lines along the time, each with dots at its values.

use super::class;
use super::drawn::{Drawn, value};
use super::plot::Plot;
use super::svg::{At, Svg};
use crate::web::shell::Language;

/// With more rows than these, dots would run into each other.
const DOTS: usize = 40;

/// Draws them, and says how high that is.
pub(super) fn draw(svg: &mut Svg, drawn: &Drawn, language: Language) -> f64 {
    let plot = Plot::of(drawn);
    plot.axes(svg, drawn, language);
    for series in 0..drawn.series.len() {
        let mut before: Option<At> = None;
        for row in &drawn.rows {
            let Some(value) = value(row.cells[series]) else {
                before = None;
                continue;
            };
            let at = plot.at(row, value);
            if let Some(before) = before {
                svg.line(&class("line", series), before, at);
            }
            if drawn.rows.len() <= DOTS {
                let says =
                    format!("{}, {}: {}", drawn.series[series], row.short, drawn.shown(row.cells[series], language));
                svg.dot(&class("dot", series), at, &says);
            }
            before = Some(at);
        }
    }
    Plot::HEIGHT
}

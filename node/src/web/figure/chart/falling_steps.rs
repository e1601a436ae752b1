//! Lines that fall in steps: the rest of a whole as days pass.

use super::class;
use super::drawn::{Drawn, value};
use super::plot::Plot;
use super::svg::{At, Svg};
use crate::web::shell::Language;

/// Draws them, and says how high that is.
pub(super) fn draw(svg: &mut Svg, drawn: &Drawn, language: Language) -> f64 {
    let plot = Plot::of(drawn);
    plot.axes(svg, drawn, language);
    for series in 0..drawn.series.len() {
        let line = class("line", series);
        let mut before: Option<At> = None;
        for row in &drawn.rows {
            // The curve only falls: skip a withheld point and draw on.
            let Some(value) = value(row.cells[series]) else { continue };
            let at = plot.at(row, value);
            if let Some(before) = before {
                let corner = At { x: at.x, y: before.y };
                svg.line(&line, before, corner);
                svg.line(&line, corner, at);
            }
            let says = format!("{}, {}: {}", drawn.series[series], row.head, drawn.shown(row.cells[series], language));
            svg.dot(&class("dot", series), at, &says);
            before = Some(at);
        }
    }
    Plot::HEIGHT
}

//! Bars: a row's name, and below it a bar for each series with its value at its end.

use super::drawn::{Drawn, value};
use super::svg::{Anchor, At, Svg};
use super::{BAR, HEAD, ROW_GAP, WIDEST, class};
use crate::web::shell::Language;

/// Draws them, and says how high that is.
pub(super) fn draw(svg: &mut Svg, drawn: &Drawn, language: Language) -> f64 {
    let largest = drawn.largest();
    let mut y = 0.0;
    for row in &drawn.rows {
        svg.text("head", At { x: 0.0, y: y + HEAD - 6.0 }, 0.0, Anchor::Start, &row.head);
        y += HEAD;
        for (series, cell) in row.cells.iter().enumerate() {
            let width = value(*cell).map_or(0.0, |value| value / largest * WIDEST);
            if width > 0.0 {
                svg.bar(&class("bar", series), At { x: 0.0, y }, width, BAR);
            }
            let beside = if width > 0.0 { 6.0 } else { 0.0 };
            let shown = drawn.shown(*cell, language);
            svg.text("value", At { x: width, y: y + BAR - 4.0 }, beside, Anchor::Start, &shown);
            y += BAR + 2.0;
        }
        y += ROW_GAP;
    }
    y
}

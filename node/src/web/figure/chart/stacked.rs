//! Stacked bars: a row's name, and below it a bar of all series, one behind the other, with their sum at its end.

use super::drawn::{Drawn, DrawnRow, value};
use super::svg::{Anchor, At, Svg};
use super::{BAR, HEAD, ROW_GAP, WIDEST, class};
use crate::statistics::Cell;
use crate::web::shell::Language;

/// Draws them, and says how high that is.
pub(super) fn draw(svg: &mut Svg, drawn: &Drawn, language: Language) -> f64 {
    let sum = |row: &DrawnRow| row.cells.iter().filter_map(|cell| value(*cell)).sum::<f64>();
    let largest = drawn.rows.iter().map(sum).fold(0.0, f64::max);
    let mut y = 0.0;
    for row in &drawn.rows {
        svg.text("head", At { x: 0.0, y: y + HEAD - 6.0 }, 0.0, Anchor::Start, &row.head);
        y += HEAD;
        let mut x = 0.0;
        for (series, cell) in row.cells.iter().enumerate() {
            let width = value(*cell).map_or(0.0, |value| value / largest * WIDEST);
            if width > 0.0 {
                svg.bar(&class("bar part", series), At { x, y }, width, BAR);
            }
            x += width;
        }
        let beside = if x > 0.0 { 6.0 } else { 0.0 };
        svg.text("value", At { x, y: y + BAR - 4.0 }, beside, Anchor::Start, &drawn.shown(whole(row), language));
        y += BAR + 2.0 + ROW_GAP;
    }
    y
}

/// Returns the sum of a row: it is withheld with any part of the row.
fn whole(row: &DrawnRow) -> Cell {
    row.cells.iter().fold(Cell::Count(0), |sum, cell| match (sum, cell) {
        (Cell::Count(sum), Cell::Count(count)) => Cell::Count(sum + count),
        (Cell::Withheld, _) | (_, Cell::Withheld) => Cell::Withheld,
        _ => Cell::Unknown,
    })
}

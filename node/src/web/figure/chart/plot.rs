//! The room between two axes: times along, values up.

use super::drawn::{Drawn, DrawnRow};
use super::scale::ticks;
use super::svg::{Anchor, At, Svg};
use crate::statistics::{Cell, Unit};
use crate::web::shell::Language;

const TOP: f64 = 20.0;
const BOTTOM: f64 = 244.0;
/// The values of the axis stand in front of it.
const LEFT: f64 = 15.0;
const RIGHT: f64 = 91.0;
/// A letter's width on a telephone, in hundredths of the picture's.
const LETTER: f64 = 2.2;

/// Where values and times are.
pub(super) struct Plot {
    ticks: Vec<f64>,
    first: f64,
    last: f64,
}

impl Plot {
    /// How high it is, with its texts.
    pub(super) const HEIGHT: f64 = 276.0;

    /// Plans the picture of `drawn`.
    pub(super) fn of(drawn: &Drawn) -> Self {
        let moments = || drawn.rows.iter().filter_map(|row| row.moment);
        let is_whole = drawn.unit == Unit::Count;
        Self {
            ticks: ticks(drawn.largest(), is_whole),
            first: moments().fold(f64::INFINITY, f64::min),
            last: moments().fold(f64::NEG_INFINITY, f64::max),
        }
    }

    /// Where a value of a row is.
    pub(super) fn at(&self, row: &DrawnRow, value: f64) -> At {
        let length = self.last - self.first;
        let along = row.moment.filter(|_| length > 0.0).map_or(0.5, |moment| (moment - self.first) / length);
        At { x: LEFT + along * (RIGHT - LEFT), y: self.height_of(value) }
    }

    fn height_of(&self, value: f64) -> f64 {
        let highest = self.ticks.last().copied().unwrap_or(1.0);
        BOTTOM - value / highest * (BOTTOM - TOP)
    }

    /// Draws both axes. Where the names of rows would run into each other, some are left out.
    pub(super) fn axes(&self, svg: &mut Svg, drawn: &Drawn, language: Language) {
        for tick in &self.ticks {
            let y = self.height_of(*tick);
            svg.line(if *tick > 0.0 { "grid" } else { "axis" }, At { x: 0.0, y }, At { x: 100.0, y });
            let shown = drawn.shown(counted(*tick, drawn.unit), language);
            svg.text("tick", At { x: 0.0, y: y - 5.0 }, 0.0, Anchor::Start, &shown);
        }
        let mut free_from = 0.0;
        for row in &drawn.rows {
            let At { x, .. } = self.at(row, 0.0);
            let half = f64::from(u32::try_from(row.short.chars().count()).unwrap_or(u32::MAX)) * LETTER / 2.0;
            if x - half < free_from {
                continue;
            }
            svg.line("axis", At { x, y: BOTTOM }, At { x, y: BOTTOM + 5.0 });
            svg.text("tick", At { x, y: BOTTOM + 21.0 }, 0.0, Anchor::Middle, &row.short);
            free_from = x + half + LETTER;
        }
    }
}

/// A value of the axis as a cell, so that it is written as in the table.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "ticks of counts are whole and not below 0"
)]
fn counted(tick: f64, unit: Unit) -> Cell {
    if unit == Unit::Count { Cell::Count(tick as u64) } else { Cell::Measure(tick) }
}

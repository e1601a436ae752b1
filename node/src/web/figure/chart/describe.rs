//! A picture in words, for readers that do not see it.

use super::drawn::{Drawn, DrawnRow, value};
use crate::statistics::Shape;
use crate::web::shell::Language;

/// So many of the largest rows are named.
const NAMED: usize = 3;

/// Returns the content of a picture. Bars: the largest rows. Lines: where they begin, end and are highest. Steps: the
/// rest at the beginning, half-way and at the end.
pub(super) fn describe(drawn: &Drawn, shape: Shape, language: Language) -> String {
    let sentences = drawn.series.iter().enumerate().map(|(place, series)| {
        let (key, rows) = match shape {
            Shape::Lines => ("chart-says-course", along(drawn, place)),
            Shape::Steps => ("chart-says-left", passed(drawn, place)),
            Shape::Bars | Shape::Stacked | Shape::TableOnly => ("chart-says-largest", largest(drawn, place)),
        };
        let rows: Vec<String> =
            rows.into_iter().map(|row| format!("{} {}", row.head, drawn.shown(row.cells[place], language))).collect();
        let rows = if rows.is_empty() { language.text("chart-says-nothing") } else { rows.join("; ") };
        language.text_with(key, &[("series", series.clone().into()), ("rows", rows.into())])
    });
    sentences.collect::<Vec<_>>().join(" ")
}

fn known(drawn: &Drawn, place: usize) -> Vec<&DrawnRow> {
    drawn.rows.iter().filter(|row| value(row.cells[place]).is_some()).collect()
}

fn largest(drawn: &Drawn, place: usize) -> Vec<&DrawnRow> {
    let of = |row: &DrawnRow| value(row.cells[place]).unwrap_or_default();
    let mut rows = known(drawn, place);
    rows.retain(|row| of(row) > 0.0);
    rows.sort_by(|one, other| of(other).total_cmp(&of(one)));
    rows.truncate(NAMED);
    rows
}

fn along(drawn: &Drawn, place: usize) -> Vec<&DrawnRow> {
    let rows = known(drawn, place);
    let highest = largest(drawn, place).first().copied();
    let ends = [rows.first().copied(), highest, rows.last().copied()];
    let mut named: Vec<&DrawnRow> = ends.into_iter().flatten().collect();
    named.dedup_by(|one, other| std::ptr::eq(*one, *other));
    named
}

fn passed(drawn: &Drawn, place: usize) -> Vec<&DrawnRow> {
    let rows = known(drawn, place);
    let at = |place: usize| rows.get(place).copied();
    let mut named: Vec<&DrawnRow> =
        [at(1), at(rows.len() / 2), at(rows.len().saturating_sub(1))].into_iter().flatten().collect();
    named.dedup_by(|one, other| std::ptr::eq(*one, *other));
    named
}

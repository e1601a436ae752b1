//! How a figure is shown and handed out: as a chart, a table, CSV and JSON, each of exactly the same cells.
//!
//! Charts are SVG that this room writes itself. The chart libraries that were looked at place texts by the widths of a
//! font that the reader does not have, write numbers in one language only, and scale their texts with the picture, so
//! that a telephone shows them too small. Here places across are shares of the width, and heights and texts keep their
//! size: a chart is as wide as there is room, and is read like the text around it. Its colours are classes of the style
//! sheet, one set for light and one for dark: no attribute and no element of style stands in it.

mod chart;
mod csv;
mod file;
mod json;
mod table;
mod text;
mod view;

use chrono::NaiveDate;
pub(super) use file::{file, is_file_of};
pub(super) use view::{Downloads, FigureView};

use super::shell::Language;
use crate::statistics::Label;

/// A day, as it is written in the language.
pub(super) fn day(day: NaiveDate, language: Language) -> String {
    text::label(&Label::Day(day), language)
}

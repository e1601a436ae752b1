//! A figure as a table: every row of it.

use super::text;
use crate::statistics::{Cell, Figure};
use crate::web::shell::Language;

/// The content of a table, in the reader's language.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Table {
    /// The head of the first column.
    pub(super) of: String,
    /// The heads of the others.
    pub(super) heads: Vec<String>,
    /// The rows.
    pub(super) rows: Vec<TableRow>,
}

/// A row of a table.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TableRow {
    /// Its subject.
    pub(super) head: String,
    /// The others, and whether there is a number.
    pub(super) cells: Vec<(String, bool)>,
}

/// The table of a figure.
pub(super) fn table(figure: &Figure, language: Language) -> Table {
    let is_number = |cell: Cell| matches!(cell, Cell::Count(_) | Cell::Measure(_));
    let rows = figure.rows.iter().map(|row| TableRow {
        head: text::label(&row.label, language),
        cells: figure
            .columns
            .iter()
            .zip(&row.cells)
            .map(|(column, cell)| (text::cell(*cell, column.unit, language), is_number(*cell)))
            .collect(),
    });
    Table {
        of: text::of(figure, language),
        heads: figure.columns.iter().map(|column| text::head(*column, language)).collect(),
        rows: rows.collect(),
    }
}

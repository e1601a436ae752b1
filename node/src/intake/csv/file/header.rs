//! The header line: the place of each column.

use super::column::Column;
use super::record::Record;
use crate::intake::csv::fault::{Fault, FaultKind};

/// The scope of the file: present or past cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Cases to be handled.
    Present,
    /// Cases of the past that are counted and never sent (`--historical`).
    Historical,
}

/// Longest name of an unknown column that is repeated, in bytes.
const NAME_LIMIT_BYTES: usize = 40;

/// The columns in the order of the file.
#[derive(Debug)]
pub(crate) struct Header {
    /// `None` where a column has no name: a program's own numbers of the rows, or nothing.
    columns: Vec<Option<Column>>,
    /// The place of each column there is, by its number.
    places: [Option<usize>; Column::ALL.len()],
}

impl Header {
    /// Reads the header line; gives every fault of it.
    pub(super) fn parse(record: &Record, scope: Scope) -> Result<Self, Vec<Fault>> {
        let whole = |kind| Fault { line: record.line, column: None, kind };
        let mut columns = Vec::new();
        let mut faults = Vec::new();
        for (place, field) in record.fields().enumerate() {
            if is_unnamed(field) {
                columns.push(None);
                continue;
            }
            match column(field, scope, &columns) {
                Ok(column) => columns.push(Some(column)),
                Err(kind) => faults.push(Fault { line: record.line, column: Some(shown(place, field)), kind }),
            }
        }
        faults.extend(record.faults.iter().map(|(_, kind)| whole(kind.clone())));
        if record.says_more {
            faults.push(whole(FaultKind::FieldCount { expected: Column::ALL.len(), found: record.count }));
        }
        for missing in Column::MANDATORY.iter().filter(|column| !columns.contains(&Some(**column))) {
            let column = Some(missing.name().to_owned());
            faults.push(Fault { line: record.line, column, kind: FaultKind::ColumnMissing });
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut places = [None; Column::ALL.len()];
        for (place, column) in columns.iter().enumerate() {
            if let Some(column) = column {
                places[*column as usize] = Some(place);
            }
        }
        Ok(Self { columns, places })
    }

    /// How many columns there are.
    pub(crate) fn width(&self) -> usize {
        self.columns.len()
    }

    /// Returns the number of columns up to the last one with a name: spreadsheets leave out empty cells behind it.
    pub(crate) fn named_width(&self) -> usize {
        self.columns.iter().rposition(Option::is_some).map_or(0, |last| last + 1)
    }

    /// The column at a place, from 0; `None` where it has no name.
    pub(crate) fn column(&self, place: usize) -> Option<Column> {
        self.columns.get(place).copied().flatten()
    }

    /// The place of a column, from 0.
    pub(crate) fn place(&self, column: Column) -> Option<usize> {
        self.places[column as usize]
    }
}

/// Whether a column has no name, or the one that pandas gives to such.
fn is_unnamed(field: &[u8]) -> bool {
    let name = field.trim_ascii();
    let number = name.strip_prefix(b"Unnamed: ");
    name.is_empty() || number.is_some_and(|number| number.iter().all(u8::is_ascii_digit))
}

fn column(field: &[u8], scope: Scope, before: &[Option<Column>]) -> Result<Column, FaultKind> {
    let name = std::str::from_utf8(field).map_err(|_| FaultKind::NotUtf8)?;
    let column = Column::named(name.trim()).ok_or(FaultKind::ColumnUnknown)?;
    if column.is_historical() && scope == Scope::Present {
        Err(FaultKind::ColumnHistorical)
    } else if before.contains(&Some(column)) {
        Err(FaultKind::ColumnTwice)
    } else {
        Ok(column)
    }
}

/// The name as it may be repeated. Where the header line was forgotten this is a cell, perhaps an address. Only text
/// that looks like a column's name is repeated, anything else is counted.
fn shown(place: usize, field: &[u8]) -> String {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b' ');
    match std::str::from_utf8(field) {
        Ok(name) if (1..=NAME_LIMIT_BYTES).contains(&name.len()) && field.iter().all(is_name) => name.to_owned(),
        _ => format!("number {}", place + 1),
    }
}

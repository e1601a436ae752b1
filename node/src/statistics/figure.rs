//! A figure: counted things under one name. A page shows it as a chart and a table, and a download holds exactly it.

use chrono::NaiveDate;
use hotline_protocol::country::Country;
use hotline_protocol::id::NodeId;

/// Counted things under one name.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Lower case with hyphens: in addresses and file names; its title stands under `figure-<name>` in the texts.
    pub name: &'static str,
    /// How it is best drawn.
    pub shape: Shape,
    /// The subject of the rows, such as `country`: the head of the first column, under `of-<name>` in the texts.
    pub of: &'static str,
    /// The columns of each row.
    pub columns: Vec<Column>,
    /// In their order of display.
    pub rows: Vec<Row>,
}

/// How a figure is best drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A bar for each row and each column of counts.
    Bars,
    /// The columns of counts on top of each other, a bar for each row.
    Stacked,
    /// A line for each column of counts along the rows; the rows are times.
    Lines,
    /// A line that falls in steps: the remaining part of a whole.
    Steps,
    /// Not at all: the table says it better.
    TableOnly,
}

/// A column of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Lower case with hyphens: the key in downloads; its head stands under `column-<name>` in the texts.
    pub name: &'static str,
    /// The unit of its cells.
    pub unit: Unit,
}

impl Column {
    /// A column of counts.
    pub(super) const fn count(name: &'static str) -> Self {
        Self { name, unit: Unit::Count }
    }

    /// A column of shares.
    pub(super) const fn share(name: &'static str) -> Self {
        Self { name, unit: Unit::Share }
    }
}

/// A unit of cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Whole things.
    Count,
    /// A share of a whole, from 0 to 1.
    Share,
    /// Hours.
    Hours,
    /// Days.
    Days,
}

/// A row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The row's subject.
    pub label: Label,
    /// One for each column.
    pub cells: Vec<Cell>,
}

/// The subject of a row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Label {
    /// A code of a list: its text stands under `<list>-<code>` in the texts, with hyphens.
    Code {
        /// The list, such as `site-type`.
        list: &'static str,
        /// The code.
        code: &'static str,
    },
    /// A country; absent where unknown.
    Country(Option<Country>),
    /// A hotline of the federation.
    Peer(NodeId),
    /// A name that is the same in every language; absent where unknown.
    Name(Option<String>),
    /// A calendar year.
    Year(i32),
    /// The month that begins on this day.
    Month(NaiveDate),
    /// The week that begins on this Monday.
    Week(NaiveDate),
    /// A day.
    Day(NaiveDate),
    /// So many days after something.
    DaysAfter(u32),
}

impl Label {
    /// Of one direction of the exchange.
    pub(super) const fn direction(code: &'static str) -> Self {
        Self::Code { list: "direction", code }
    }
}

/// The content of one place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell {
    /// Counted.
    Count(u64),
    /// Measured, or a share.
    Measure(f64),
    /// Not known: nothing was there to measure.
    Unknown,
    /// Too small to be told outside the house, or telling such a one.
    Withheld,
}

/// Countries in falling order of the count that sorts them; of equal ones the lower code.
pub(super) fn by_country(counted: impl Iterator<Item = (Option<Country>, u64, Vec<Cell>)>) -> Vec<Row> {
    let mut counted: Vec<(Option<Country>, u64, Vec<Cell>)> = counted.collect();
    counted.sort_by_key(|(country, n, _)| (std::cmp::Reverse(*n), *country));
    counted.into_iter().map(|(country, _, cells)| Row { label: Label::Country(country), cells }).collect()
}

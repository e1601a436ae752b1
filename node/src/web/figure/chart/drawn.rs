//! The drawn part of a figure: pure.

use crate::statistics::{Cell, Column, Figure, Label, Row, Shape, Unit};
use crate::web::figure::text;
use crate::web::shell::Language;

/// More than these are no picture any more; the table has them all.
const ROWS: usize = 12;
/// As many colours as everybody can tell apart.
const SERIES: usize = 5;
/// A column of this name is the sum of the others, and not a part of them.
const SUM: &str = "total";
/// Longest text beside a bar, in letters: the width of a telephone.
const LETTERS: usize = 38;

/// The drawn part of a figure.
#[derive(Debug, PartialEq)]
pub(super) struct Drawn {
    /// The unit of the values.
    pub(super) unit: Unit,
    /// The columns' heads.
    pub(super) series: Vec<String>,
    /// The rows.
    pub(super) rows: Vec<DrawnRow>,
}

/// A row of a picture.
#[derive(Debug, PartialEq)]
pub(super) struct DrawnRow {
    /// Its subject.
    pub(super) head: String,
    /// The same, as short as an axis needs it.
    pub(super) short: String,
    /// Where along the time it stands; unknown of rows that are no times.
    pub(super) moment: Option<f64>,
    /// A cell for each series.
    pub(super) cells: Vec<Cell>,
}

impl Drawn {
    /// Returns the drawn part of a figure; `None` where there is nothing to see.
    pub(super) fn of(figure: &Figure, language: Language) -> Option<Self> {
        let columns = drawn_columns(figure);
        let unit = columns.first().map(|place| figure.columns[*place].unit)?;
        let series = columns.iter().map(|place| text::head(figure.columns[*place], language)).collect();
        let row = |row: &Row| DrawnRow {
            head: shortened(&text::label(&row.label, language)),
            short: short(&row.label, language),
            moment: moment(&row.label),
            cells: columns.iter().map(|place| row.cells[*place]).collect(),
        };
        let rows: Vec<DrawnRow> = figure.rows.iter().map(row).collect();
        let drawn = Self { unit, series, rows: few(rows, figure.shape, language) };
        (drawn.largest() > 0.0).then_some(drawn)
    }

    /// The largest value.
    pub(super) fn largest(&self) -> f64 {
        self.rows.iter().flat_map(|row| &row.cells).filter_map(|cell| value(*cell)).fold(0.0, f64::max)
    }

    /// A cell, for people.
    pub(super) fn shown(&self, cell: Cell, language: Language) -> String {
        text::cell(cell, self.unit, language)
    }
}

/// Returns a cell's value, as a length.
#[expect(clippy::cast_precision_loss, reason = "no hotline has 2^53 reports")]
pub(super) fn value(cell: Cell) -> Option<f64> {
    match cell {
        Cell::Count(count) => Some(count as f64),
        Cell::Measure(measure) => Some(measure),
        Cell::Unknown | Cell::Withheld => None,
    }
}

/// The columns that are counted in the same as the first one.
fn drawn_columns(figure: &Figure) -> Vec<usize> {
    let is_part = |column: &Column| figure.shape != Shape::Stacked || column.name != SUM;
    let Some(unit) = figure.columns.iter().find(|column| is_part(column)).map(|column| column.unit) else {
        return Vec::new();
    };
    let alike = figure.columns.iter().enumerate().filter(|(_, column)| column.unit == unit && is_part(column));
    alike.map(|(place, _)| place).take(SERIES).collect()
}

/// Of bars the largest, and the rest as one; of steps the first; of lines all.
fn few(mut rows: Vec<DrawnRow>, shape: Shape, language: Language) -> Vec<DrawnRow> {
    match shape {
        Shape::Steps => rows.truncate(ROWS),
        Shape::Bars | Shape::Stacked if rows.len() > ROWS => {
            let sum = |row: &DrawnRow| row.cells.iter().filter_map(|cell| value(*cell)).sum::<f64>();
            rows.sort_by(|one, other| sum(other).total_cmp(&sum(one)));
            let rest = rows.split_off(ROWS - 1);
            rows.push(other(&rest, language));
        }
        _ => {}
    }
    rows
}

/// Adds up the rows that are not drawn. Where one of them is withheld or is no count, so is the sum.
fn other(rest: &[DrawnRow], language: Language) -> DrawnRow {
    let series = rest.first().map_or(0, |row| row.cells.len());
    let sum = |place: usize| {
        rest.iter().map(|row| row.cells[place]).fold(Cell::Count(0), |sum, cell| match (sum, cell) {
            (Cell::Count(sum), Cell::Count(count)) => Cell::Count(sum + count),
            (Cell::Withheld, _) | (_, Cell::Withheld) => Cell::Withheld,
            _ => Cell::Unknown,
        })
    };
    let head = language.text_with("chart-others", &[("n", u64::try_from(rest.len()).unwrap_or(0).into())]);
    DrawnRow { short: head.clone(), head, moment: None, cells: (0..series).map(sum).collect() }
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= LETTERS {
        return text.to_owned();
    }
    let kept: String = text.chars().take(LETTERS - 1).collect();
    format!("{}…", kept.trim_end())
}

fn short(label: &Label, language: Language) -> String {
    let key = || text::key(label).unwrap_or_default();
    match label {
        Label::Year(_) | Label::Month(_) | Label::Week(_) | Label::Day(_) => key(),
        label => text::label(label, language),
    }
}

fn moment(label: &Label) -> Option<f64> {
    let day = |day: &chrono::NaiveDate| f64::from(chrono::Datelike::num_days_from_ce(day));
    match label {
        Label::Year(year) => Some(f64::from(*year)),
        Label::Month(first) | Label::Week(first) | Label::Day(first) => Some(day(first)),
        Label::DaysAfter(days) => Some(f64::from(*days)),
        Label::Code { .. } | Label::Country(_) | Label::Peer(_) | Label::Name(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::figure::view::samples;

    #[test]
    fn the_largest_are_drawn_and_the_rest_as_one() {
        let many = samples::many_countries(40);
        let drawn = Drawn::of(&many, Language::English).expect("something to see");
        assert_eq!(drawn.rows.len(), 12);
        assert_eq!(drawn.series, ["Reports"]);
        let sum = |cells: &mut dyn Iterator<Item = Cell>| cells.filter_map(value).sum::<f64>();
        let all = sum(&mut many.rows.iter().map(|row| row.cells[0]));
        assert!((sum(&mut drawn.rows.iter().map(|row| row.cells[0])) - all).abs() < 0.5);
        assert_eq!(drawn.rows[11].head, "29 others");
    }

    #[test]
    fn the_rest_tells_nothing_of_what_is_withheld_in_it() {
        let mut many = samples::many_countries(40);
        many.rows[39].cells[0] = Cell::Withheld;
        let drawn = Drawn::of(&many, Language::English).expect("something to see");
        assert_eq!(drawn.rows[11].cells, [Cell::Withheld]);
    }

    #[test]
    fn a_sum_is_no_part_of_a_stack_and_nothing_is_no_picture() {
        let stack = samples::stack();
        let drawn = Drawn::of(&stack, Language::English).expect("something to see");
        assert_eq!(drawn.series, ["Removed", "Still online"]);
        let mut nothing = samples::many_countries(3);
        nothing.rows.iter_mut().for_each(|row| row.cells[0] = Cell::Count(0));
        assert_eq!(Drawn::of(&nothing, Language::English), None);
    }
}

//! A figure as CSV.

use super::text;
use crate::statistics::{Cell, Column, Figure, Row, harmless};

/// The figure as CSV (RFC 4180, UTF-8): a line of keys, then a line for each row. First what the row is of, as a code
/// (`unknown` where it is not known), then its cells as plain numbers with a point, empty where there is none. The last
/// column, `withheld`, names the columns whose cells are withheld in this row, joined by `|`; so columns of numbers
/// hold nothing else. No text is a formula for a spreadsheet: what is no number stands between quotes, as some divide
/// at other characters than the comma, and texts are [`harmless`].
pub(in crate::web) fn csv(figure: &Figure) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .quote_style(csv::QuoteStyle::NonNumeric)
        .from_writer(Vec::new());
    let names = figure.columns.iter().map(|column| column.name);
    writer.write_record([figure.of].into_iter().chain(names).chain(["withheld"]))?;
    for row in &figure.rows {
        let label = text::key(&row.label).unwrap_or_else(|| "unknown".to_owned());
        let cells = row.cells.iter().map(|cell| number(*cell));
        let withheld = withheld(&figure.columns, row).join("|");
        writer.write_record([harmless(&label)].into_iter().chain(cells).chain([withheld]))?;
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

fn number(cell: Cell) -> String {
    match cell {
        Cell::Count(count) => count.to_string(),
        Cell::Measure(measure) => measure.to_string(),
        Cell::Unknown | Cell::Withheld => String::new(),
    }
}

/// The names of the columns whose cells are withheld in a row.
pub(super) fn withheld(columns: &[Column], row: &Row) -> Vec<&'static str> {
    let pairs = columns.iter().zip(&row.cells);
    pairs.filter(|(_, cell)| **cell == Cell::Withheld).map(|(column, _)| column.name).collect()
}

#[cfg(test)]
mod tests {
    use super::super::view::samples;
    use super::*;
    use crate::statistics::Label;

    #[test]
    fn a_file_holds_exactly_the_figure_and_no_formula() {
        let shown = String::from_utf8(csv(&samples::names()).expect("CSV")).expect("UTF-8");
        let lines = [
            r#""provider","total","share","withheld""#,
            r#""'=1+1",1200,0.75,"""#,
            r#""A, ""B""","","","total|share""#,
            r#""unknown",7,"","""#,
        ];
        assert_eq!(shown, lines.map(|line| format!("{line}\r\n")).concat());
    }

    #[test]
    fn a_name_makes_no_cell_wherever_a_spreadsheet_divides() {
        for (name, expected) in [
            ("a;=X()", r#""a;'=X()""#),
            ("a\t=X()", "\"a\t'=X()\""),
            ("a\r\n=X()", "\"a\r'\n'=X()\""),
            ("a;\"=X()&\"", r#""a;""'=X()&""""#),
            ("=X()", r#""'=X()""#),
            ("12", "12"),
        ] {
            let mut figure = samples::names();
            figure.rows.truncate(1);
            figure.rows[0].label = Label::Name(Some(name.to_owned()));
            let shown = String::from_utf8(csv(&figure).expect("CSV")).expect("UTF-8");
            let row = format!("withheld\"\r\n{expected},1200,0.75,\"\"\r\n");
            assert!(shown.ends_with(&row), "{name:?}: {shown:?}");
        }
    }
}

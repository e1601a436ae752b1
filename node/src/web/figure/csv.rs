//! A figure as CSV.

use super::text;
use crate::statistics::export::csv_escape;
use crate::statistics::{Cell, Column, Figure, Row};
use crate::web::shell::Language;

/// Spreadsheets take a file without it for one of their system's own letters.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The figure as CSV (RFC 4180, UTF-8 with its mark), as a spreadsheet of the reader's country opens it: a line of
/// keys, then a line for each row. First the code for the row's subject (`unknown` where it is not known), then its
/// cells as plain numbers, empty where there is none. In French semicolons stand between the cells and commas in the
/// numbers. The last column, `withheld`, names the columns with withheld cells in this row, joined by `|`; so columns
/// of numbers hold nothing else. No text is a formula for a spreadsheet: everything but numbers stands between quotes,
/// as some divide at other characters, and texts are [`csv_escape`].
pub(in crate::web) fn csv(figure: &Figure, language: Language) -> Vec<u8> {
    let (separator, point) = match language {
        Language::English => (",", "."),
        Language::French => (";", ","),
    };
    let mut file = BYTE_ORDER_MARK.to_vec();
    let mut write = |cells: Vec<String>| {
        file.extend_from_slice(cells.join(separator).as_bytes());
        file.extend_from_slice(b"\r\n");
    };
    let names = figure.columns.iter().map(|column| column.name);
    write([figure.of].into_iter().chain(names).chain(["withheld"]).map(quoted).collect());
    for row in &figure.rows {
        let label = text::key(&row.label).unwrap_or_else(|| "unknown".to_owned());
        let first = if is_number(&label) { label } else { quoted(&csv_escape(&label)) };
        let cells = row.cells.iter().map(|cell| number(*cell).replace('.', point));
        let cells = cells.map(|cell| if cell.is_empty() { quoted("") } else { cell });
        let withheld = quoted(&withheld(&figure.columns, row).join("|"));
        write([first].into_iter().chain(cells).chain([withheld]).collect());
    }
    file
}

/// A text between quotes, its own doubled.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn number(cell: Cell) -> String {
    match cell {
        Cell::Count(count) => count.to_string(),
        Cell::Measure(measure) => measure.to_string(),
        Cell::Unknown | Cell::Withheld => String::new(),
    }
}

/// Returns the names of the columns with withheld cells in a row.
pub(super) fn withheld(columns: &[Column], row: &Row) -> Vec<&'static str> {
    let pairs = columns.iter().zip(&row.cells);
    pairs.filter(|(_, cell)| **cell == Cell::Withheld).map(|(column, _)| column.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::Label;
    use crate::web::figure::view::samples;

    const MARK: &str = "\u{feff}";

    fn shown(figure: &Figure, language: Language) -> String {
        String::from_utf8(csv(figure, language)).expect("UTF-8")
    }

    #[test]
    fn a_file_holds_exactly_the_figure_and_no_formula() {
        let lines = [
            r#""provider","total","share","withheld""#,
            r#""'=1+1",1200,0.75,"""#,
            r#""A, ""B""","","","total|share""#,
            r#""unknown",7,"","""#,
        ];
        let expected = lines.map(|line| format!("{line}\r\n")).concat();
        assert_eq!(shown(&samples::names(), Language::English), format!("{MARK}{expected}"));
    }

    #[test]
    fn a_french_spreadsheet_opens_it_by_a_click() {
        let lines = [
            r#""provider";"total";"share";"withheld""#,
            r#""'=1+1";1200;0,75;"""#,
            r#""A, ""B""";"";"";"total|share""#,
            r#""unknown";7;"";"""#,
        ];
        let expected = lines.map(|line| format!("{line}\r\n")).concat();
        assert_eq!(shown(&samples::names(), Language::French), format!("{MARK}{expected}"));
    }

    #[test]
    fn a_name_makes_no_cell_wherever_a_spreadsheet_divides() {
        for (name, expected) in [
            ("a;=X()", r#""a;'=X()""#),
            ("a,=X()", r#""a,'=X()""#),
            ("a\t=X()", "\"a\t'=X()\""),
            ("a\r\n=X()", "\"a\r'\n'=X()\""),
            ("a;\"=X()&\"", r#""a;""'=X()&""""#),
            ("=X()", r#""'=X()""#),
            ("12", "12"),
        ] {
            let mut figure = samples::names();
            figure.rows.truncate(1);
            figure.rows[0].label = Label::Name(Some(name.to_owned()));
            for (language, cells) in [(Language::English, ",1200,0.75,"), (Language::French, ";1200;0,75;")] {
                let shown = shown(&figure, language);
                let row = format!("withheld\"\r\n{expected}{cells}\"\"\r\n");
                assert!(shown.ends_with(&row), "{name:?}: {shown:?}");
            }
        }
    }
}

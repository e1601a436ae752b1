//! Output of commands: one JSON document, or a table for people.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};

use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};
use serde::Serialize;

use super::exit::CliError;
use crate::cli::Globals;
use crate::written::{visible, visible_json, visible_line};

/// Fewest columns of a terminal for breaking lines within cells: below it, breaking makes a table worse. Some terminals
/// say 0.
const NARROWEST: u16 = 60;
/// A column of words is read as long as it is so wide.
const LEAST_OF_WORDS: u64 = 10;
/// Between two columns.
const PADDING: u64 = 2;

/// Prints `value` as JSON where that is asked for, else the text that `for_people` makes of it.
pub(crate) fn show<T: Serialize + ?Sized>(
    globals: &Globals,
    value: &T,
    for_people: impl FnOnce(&T) -> String,
) -> Result<(), CliError> {
    let mut text = if globals.json {
        visible_json(&serde_json::to_string_pretty(value).map_err(anyhow::Error::from)?).into_owned()
    } else {
        visible(&for_people(value)).into_owned()
    };
    if !text.ends_with('\n') {
        text.push('\n');
    }
    print(text.as_bytes())
}

/// Writes to standard output. A reader that has seen enough (`| head`) is no fault.
pub(crate) fn print(bytes: &[u8]) -> Result<(), CliError> {
    print_on(bytes).map(|_| ())
}

/// [`print`]; tells whether anybody still reads.
pub(crate) fn print_on(bytes: &[u8]) -> Result<bool, CliError> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(cause) if cause.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        written => written.map(|()| true).map_err(|cause| CliError::file("standard output", cause)),
    }
}

/// Says something to the person at the terminal, on standard error.
pub(crate) fn tell(text: &str) {
    // There is nobody else to tell that standard error is closed.
    let _ = writeln!(io::stderr().lock(), "{}", visible(text));
}

/// A table with a heading; `nothing` where there are no rows.
#[must_use]
pub(crate) fn table(heading: &[&str], rows: impl IntoIterator<Item = Vec<String>>, nothing: &str) -> String {
    let mut table = Table::new();
    table.set_header(heading);
    for row in rows {
        table.add_row(row.iter().map(|cell| visible_line(cell)));
    }
    let width = table.width().filter(|columns| io::stdout().is_terminal() && *columns >= NARROWEST);
    if table.is_empty() { nothing.to_owned() } else { drawn(table, width) }
}

/// On a wide terminal in its width, with lines between the rows. A single word, such as a number or an id, is never
/// broken, since half of it names something else. Elsewhere, and where the words alone are wider than the terminal, a
/// row is one line, so that grep finds it whole.
fn drawn(mut table: Table, width: Option<u16>) -> String {
    if let Some(width) = width {
        let kept = whole_columns(&table);
        let needed: u64 = kept.iter().map(|kept| kept.map_or(LEAST_OF_WORDS, u64::from) + PADDING).sum();
        if needed <= u64::from(width) {
            for (column, _) in table.column_iter_mut().zip(&kept).filter(|(_, kept)| kept.is_some()) {
                column.set_constraint(ColumnConstraint::ContentWidth);
            }
            let preset = presets::UTF8_HORIZONTAL_ONLY;
            table.set_width(width);
            return table.load_preset(preset).set_content_arrangement(ContentArrangement::Dynamic).to_string();
        }
    }
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled).trim_fmt()
}

/// The width of each column with one word in each cell; `None` for several words, or for URLs: these may be broken.
fn whole_columns(table: &Table) -> Vec<Option<u16>> {
    let is_whole = |cell: &str| !cell.trim().contains(char::is_whitespace) && !cell.contains("://");
    let rows: Vec<Vec<String>> =
        table.row_iter().map(|row| row.cell_iter().map(comfy_table::Cell::content).collect()).collect();
    let widths = table.column_max_content_widths();
    let column = |(column, width): (usize, u16)| {
        let is_word = rows.iter().all(|row| row.get(column).is_none_or(|cell| is_whole(cell)));
        is_word.then_some(width)
    };
    widths.into_iter().enumerate().map(column).collect()
}

/// Names and values below each other, the values aligned.
#[must_use]
pub(crate) fn fields(rows: &[(&str, String)]) -> String {
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    rows.iter().fold(String::new(), |mut text, (name, value)| {
        writeln!(text, "{name:width$}  {}", visible_line(value)).expect("a String takes everything");
        text
    })
}

/// A value, or a dash.
#[must_use]
pub(crate) fn or_dash<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "-".into(), |value| value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_for_people_and_steers_no_terminal() {
        let shown = table(&["id", "text"], [vec!["1".into(), "a\u{1b}[2Jb\u{202e}c".into()]], "nothing");
        assert!(shown.contains("id") && shown.contains("a\\u{1b}[2Jb\\u{202e}c"), "{shown}");
        assert_eq!(table(&["id"], [], "nothing"), "nothing");
        let mut rows = Table::new();
        rows.set_header(["id", "text"]).add_row(["1", "a"]).add_row(["10", "b"]);
        let lines = |width| drawn(rows.clone(), width).lines().count();
        assert!(lines(Some(80)) > 3 && lines(None) == 3, "a line for each row, and one for the heading");
    }

    #[test]
    fn a_number_or_an_id_is_whole_on_a_terminal_of_any_width() {
        let (number, id) = ("NL-2026-0000041", "nl-example/01890a5d-ac96-774b-bcce-b302099a8057");
        let url = "hxxps://a[.]example/a/long/path/that/does/not/fit";
        let mut rows = Table::new();
        rows.set_header(["number", "state", "URL", "remark", "id"]);
        rows.add_row([number, "isp_informed", url, "some words that are many and may be broken", id]);
        rows.add_row(["NL-2026-0000004", "held", "-", "-", id]);
        for width in 60..200 {
            let shown = drawn(rows.clone(), Some(width));
            for whole in [number, "NL-2026-0000004", "isp_informed", id] {
                assert!(shown.lines().any(|line| line.contains(whole)), "{whole} at {width}:\n{shown}");
            }
        }
        assert!(drawn(rows.clone(), Some(150)).lines().count() > 6, "there is room for lines between the rows");
    }

    #[test]
    fn fields_are_aligned() {
        assert_eq!(fields(&[("a", "1".into()), ("long", "2".into())]), "a     1\nlong  2\n");
    }
}

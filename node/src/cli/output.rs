//! What commands print: one JSON document, or a table for people.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use super::Globals;
use super::exit::CliError;

/// Columns of a terminal below which breaking lines within cells makes a table worse; some terminals say 0.
const NARROWEST: u16 = 60;

/// Prints `value` as JSON where that is asked for, else the text that `for_people` makes of it.
pub(super) fn show<T: Serialize + ?Sized>(
    globals: &Globals,
    value: &T,
    for_people: impl FnOnce(&T) -> String,
) -> Result<(), CliError> {
    let mut text = if globals.json {
        serde_json::to_string_pretty(value).map_err(anyhow::Error::from)?
    } else {
        for_people(value)
    };
    if !text.ends_with('\n') {
        text.push('\n');
    }
    print(text.as_bytes())
}

/// Writes to standard output. A reader that has seen enough (`| head`) is no fault.
pub(super) fn print(bytes: &[u8]) -> Result<(), CliError> {
    print_on(bytes).map(|_| ())
}

/// [`print`]; tells whether anybody still reads.
pub(super) fn print_on(bytes: &[u8]) -> Result<bool, CliError> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(cause) if cause.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        written => written.map(|()| true).map_err(|cause| CliError::file("standard output", cause)),
    }
}

/// Says something to the person at the terminal, on standard error.
pub(super) fn tell(text: &str) {
    // There is nobody else to tell that standard error is closed.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// A table with a heading; `nothing` where there are no rows.
#[must_use]
pub(super) fn table(heading: &[&str], rows: impl IntoIterator<Item = Vec<String>>, nothing: &str) -> String {
    let mut table = Table::new();
    table.set_header(heading);
    for row in rows {
        table.add_row(row.iter().map(|cell| printable(cell)));
    }
    let is_wide = io::stdout().is_terminal() && table.width().is_some_and(|columns| columns >= NARROWEST);
    if table.is_empty() { nothing.to_owned() } else { drawn(table, is_wide) }
}

/// On a wide terminal in its width, with lines between the rows. Elsewhere a row is one line, so that grep finds it whole.
fn drawn(mut table: Table, is_wide: bool) -> String {
    if is_wide {
        let preset = presets::UTF8_HORIZONTAL_ONLY;
        return table.load_preset(preset).set_content_arrangement(ContentArrangement::Dynamic).to_string();
    }
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled).trim_fmt()
}

/// Names and values below each other, the values aligned.
#[must_use]
pub(super) fn fields(rows: &[(&str, String)]) -> String {
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    rows.iter().fold(String::new(), |mut text, (name, value)| {
        writeln!(text, "{name:width$}  {}", printable(value)).expect("a String takes everything");
        text
    })
}

/// Without control characters: a peer's text must not steer the terminal.
#[must_use]
pub(super) fn printable(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { '\u{fffd}' } else { character }).collect()
}

/// A value, or a dash.
#[must_use]
pub(super) fn or_dash<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "-".into(), |value| value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_for_people_and_steers_no_terminal() {
        let shown = table(&["id", "text"], [vec!["1".into(), "a\u{1b}[2Jb".into()]], "nothing");
        assert!(shown.contains("id") && shown.contains("a\u{fffd}[2Jb"), "{shown}");
        assert_eq!(table(&["id"], [], "nothing"), "nothing");
        let mut rows = Table::new();
        rows.set_header(["id", "text"]).add_row(["1", "a"]).add_row(["10", "b"]);
        let lines = |is_wide| drawn(rows.clone(), is_wide).lines().count();
        assert!(lines(true) > 3 && lines(false) == 3, "a line for each row, and one for the heading");
        assert_eq!(fields(&[("a", "1".into()), ("long", "2".into())]), "a     1\nlong  2\n");
    }
}

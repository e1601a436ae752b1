//! Words for a figure's names: in the reader's language, and as codes in downloads.

use chrono::NaiveDate;

use crate::statistics::{Cell, Column, Figure, Label, Unit};
use crate::web::shell::Language;

/// A figure's title.
pub(super) fn title(figure: &Figure, language: Language) -> String {
    language.text(&format!("figure-{}", figure.name))
}

/// Returns the meaning of the figure's counts, where its title does not say enough.
pub(super) fn note(figure: &Figure, language: Language) -> Option<String> {
    let key = format!("note-{}", figure.name);
    language.has(&key).then(|| language.text(&key))
}

/// The head of the first column.
pub(super) fn of(figure: &Figure, language: Language) -> String {
    language.text(&format!("of-{}", figure.of))
}

/// The head of a column.
pub(super) fn head(column: Column, language: Language) -> String {
    language.text(&format!("column-{}", column.name))
}

/// Returns a row's subject, for people.
pub(super) fn label(label: &Label, language: Language) -> String {
    match label {
        Label::Code { list, code } => language.text(&code_key(list, code)),
        Label::Country(Some(country)) => language.text(&format!("country-{country}")),
        Label::Country(None) | Label::Name(None) => language.text("label-unknown"),
        Label::Peer(peer) => peer.to_string(),
        Label::Name(Some(name)) => name.clone(),
        Label::Year(year) => year.to_string(),
        Label::Month(day) => in_words(*day, "label-month", language),
        Label::Week(day) | Label::Day(day) => in_words(*day, "label-day", language),
        Label::DaysAfter(days) => language
            .text_with("label-days-after", &[("n", u64::from(*days).into()), ("number", days.to_string().into())]),
    }
}

/// The key of a code's text. A code that no list has is unknown in every list.
pub(super) fn code_key(list: &str, code: &str) -> String {
    if code == "unknown" { "label-unknown".to_owned() } else { format!("{list}-{}", code.replace('_', "-")) }
}

fn in_words(day: NaiveDate, key: &str, language: Language) -> String {
    let month = language.text(&format!("month-{}", day.format("%-m")));
    let part = |format: &str| day.format(format).to_string();
    language.text_with(key, &[("day", part("%-d").into()), ("month", month.into()), ("year", part("%Y").into())])
}

/// Returns a row's subject, for programs; `None` where unknown.
pub(super) fn key(label: &Label) -> Option<String> {
    match label {
        Label::Code { code, .. } => Some((*code).to_owned()),
        Label::Country(country) => country.map(|country| country.to_string()),
        Label::Peer(peer) => Some(peer.to_string()),
        Label::Name(name) => name.clone(),
        Label::Year(year) => Some(year.to_string()),
        Label::Month(day) => Some(day.format("%Y-%m").to_string()),
        Label::Week(day) | Label::Day(day) => Some(day.to_string()),
        Label::DaysAfter(days) => Some(days.to_string()),
    }
}

/// A cell, for people.
pub(super) fn cell(cell: Cell, unit: Unit, language: Language) -> String {
    match (cell, unit) {
        (Cell::Count(count), _) => language.number(count),
        (Cell::Measure(share), Unit::Share) => language.percent(share),
        (Cell::Measure(measure), _) => measured(measure, language),
        (Cell::Unknown, _) => "–".to_owned(),
        (Cell::Withheld, _) => language.text("cell-withheld"),
    }
}

/// One digit behind the comma, and thousands apart before it.
fn measured(measure: f64, language: Language) -> String {
    let shown = language.decimal(measure);
    let digits = shown.chars().take_while(char::is_ascii_digit).count();
    let (whole, rest) = shown.split_at(digits);
    whole.parse().map_or_else(|_| shown.clone(), |whole| format!("{}{rest}", language.number(whole)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_and_a_measure_are_written_as_in_the_language() {
        let day = NaiveDate::from_ymd_opt(2018, 2, 1).expect("a day");
        let shown = |shown: &Label| Language::ALL.map(|language| label(shown, language));
        assert_eq!(shown(&Label::Month(day)), ["February 2018", "février 2018"]);
        assert_eq!(shown(&Label::Day(day)), ["1 February 2018", "1 février 2018"]);
        assert_eq!(shown(&Label::DaysAfter(1)), ["1\u{a0}day", "1\u{a0}jour"]);
        assert_eq!(shown(&Label::DaysAfter(28)), ["28\u{a0}days", "28\u{a0}jours"]);
        assert_eq!(cell(Cell::Measure(1234.56), Unit::Hours, Language::French), "1\u{202f}234,6");
        assert_eq!(cell(Cell::Measure(-0.5), Unit::Share, Language::English), "-50.0%");
    }
}

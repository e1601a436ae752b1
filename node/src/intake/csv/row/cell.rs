//! The cells of one row, each read by its column's kind of content.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use hotline_protocol::country::Country;
use hotline_protocol::vocabulary::{CodeUnknown, read_code};
use secrecy::SecretString;

use super::missing_mark::{Meaning, meaning};
use crate::intake::csv::fault::{Fault, FaultKind};
use crate::intake::csv::file::{Column, Header, Kind, Reading, Record, Separator};
use crate::written;
use crate::written::missing_sign;

/// Codes that geolocation data has in the place of a country: the country counts as unknown.
const NO_COUNTRY: [&str; 8] = ["??", "EU", "AP", "A1", "A2", "O1", "XX", "ZZ"];

/// Longest mailbox (RFC 5321, section 4.5.3.1).
const EMAIL_LIMIT_BYTES: usize = 254;

/// The settings for reading a file, beside its rows.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) header: Header,
    pub(crate) reading: Reading,
    pub(crate) separator: Separator,
    /// It has quotes around signs for a missing value, too.
    pub(crate) quotes_signs: bool,
}

/// The cells of a correctly written row, and the faults found while they are read.
pub(super) struct Cells<'a> {
    file: &'a File,
    header: &'a Header,
    record: &'a Record,
    /// All cells, one after the other.
    text: &'a str,
    /// Columns with signs for a missing value in their cells: a bit each.
    missing: u64,
    faults: Vec<Fault>,
}

impl<'a> Cells<'a> {
    /// As they stand there; nothing is checked.
    pub(super) fn unchecked(file: &'a File, record: &'a Record) -> Self {
        let text = record.text().unwrap_or_default();
        Self { file, header: &file.header, record, text, missing: 0, faults: Vec::new() }
    }

    /// Checks the properties common to every cell: number, quotes, length, UTF-8.
    pub(super) fn new(file: &'a File, record: &'a Record) -> Result<Self, Vec<Fault>> {
        let (text, mut cells) = (record.text(), Self::unchecked(file, record));
        for (place, kind) in &record.faults {
            cells.fault_at(*place, kind.clone());
        }
        cells.check_count();
        if text.is_none_or(|text| text.bytes().any(may_control)) {
            cells.check_each();
        }
        if cells.faults.is_empty() {
            cells.check_signs();
        }
        if cells.faults.is_empty() { Ok(cells) } else { Err(cells.faults) }
    }

    /// Empty cells without a column may stand at the end. A first cell without a column name may hold a program's own
    /// numbers of the rows.
    fn check_count(&mut self) {
        let (expected, found) = (self.header.width(), self.record.count);
        let beyond = self.record.fields().enumerate().skip(expected).any(|(_, field)| !field.trim_ascii().is_empty());
        if found < self.header.named_width() || beyond || self.record.says_more {
            let first = self.record.fields().next().unwrap_or_default();
            let is_number = !first.is_empty() && first.iter().all(u8::is_ascii_digit);
            let kind = if found == expected + 1 && is_number {
                FaultKind::RowNames
            } else {
                FaultKind::FieldCount { expected, found }
            };
            self.faults.push(Fault { line: self.record.line, column: None, kind });
            return;
        }
        let is_unnamed = |place: usize| place > 0 && place < expected && self.header.column(place).is_none();
        let mut unnamed = self.record.fields().enumerate().filter(|(place, _)| is_unnamed(*place));
        if let Some((place, _)) = unnamed.find(|(_, field)| !field.trim_ascii().is_empty()) {
            let column = Some(format!("number {}", place + 1));
            self.faults.push(Fault { line: self.record.line, column, kind: FaultKind::ColumnUnnamed });
        }
    }

    /// Finds cells that are signs for a missing value, and names those with a meaning that nobody has declared.
    fn check_signs(&mut self) {
        for column in Column::ALL {
            let Some(text) = self.written(*column) else { continue };
            if self.file.separator == Separator::Tab && has_escape(text) && !self.is_quoted(*column) {
                self.fault(*column, FaultKind::Backslash);
                continue;
            }
            match meaning(*column, text, self.is_quoted(*column), self.file.quotes_signs, &self.file.reading) {
                Some(Meaning::Missing) => self.missing |= 1 << (*column as u64),
                Some(Meaning::Unknown(kind)) => self.fault(*column, kind),
                Some(Meaning::Itself) | None => {}
            }
        }
    }

    /// Whether a cell stands in quotes.
    pub(super) fn is_quoted(&self, column: Column) -> bool {
        self.header.place(column).is_some_and(|place| self.record.is_quoted(place))
    }

    /// Whether any cell stands in quotes.
    pub(super) const fn has_quotes(&self) -> bool {
        self.record.has_quotes()
    }

    fn check_each(&mut self) {
        for (place, field) in self.record.fields().enumerate() {
            match std::str::from_utf8(field) {
                // A cut field ends perhaps within a character.
                Err(_) if !self.record.faults.contains(&(place, FaultKind::TooLong)) => {
                    self.fault_at(place, FaultKind::NotUtf8);
                }
                Ok(text) if text.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) => {
                    self.fault_at(place, FaultKind::ControlCharacter);
                }
                _ => {}
            }
        }
    }

    fn fault_at(&mut self, place: usize, kind: FaultKind) {
        let column = self.header.column(place).map(|column| column.name().to_owned());
        self.faults.push(Fault { line: self.record.line, column, kind });
    }

    /// Notes a fault of a column.
    pub(super) fn fault(&mut self, column: Column, kind: FaultKind) {
        self.faults.push(Fault { line: self.record.line, column: Some(column.name().to_owned()), kind });
    }

    /// Whether no fault was found so far.
    pub(super) fn is_faultless(&self) -> bool {
        self.faults.is_empty()
    }

    /// The row, if no fault was found.
    pub(super) fn finish<T>(self, row: Option<T>) -> Result<T, Vec<Fault>> {
        match row {
            Some(row) if self.faults.is_empty() => Ok(row),
            _ => Err(self.faults),
        }
    }

    /// The text without space around it; `None` where the cell is empty, or a sign for that, or the file does not have
    /// the column.
    pub(super) fn text(&self, column: Column) -> Option<&'a str> {
        if self.missing >> (column as u64) & 1 == 1 { None } else { self.written(column) }
    }

    /// [`text`](Self::text) as it is written, also of a sign.
    pub(super) fn written(&self, column: Column) -> Option<&'a str> {
        let text = self.text.get(self.record.range(self.header.place(column)?)?)?.trim();
        (!text.is_empty()).then_some(text)
    }

    fn read<T>(&mut self, column: Column, parse: impl FnOnce(&str) -> Result<T, FaultKind>) -> Option<T> {
        match parse(self.text(column)?) {
            Ok(value) => Some(value),
            Err(kind) => {
                self.fault(column, kind);
                None
            }
        }
    }

    /// A cell that may not be empty.
    pub(super) fn required<T>(
        &mut self,
        column: Column,
        parse: impl FnOnce(&str) -> Result<T, FaultKind>,
    ) -> Option<T> {
        if self.text(column).is_none() {
            self.fault(column, FaultKind::Empty);
        }
        self.read(column, parse)
    }

    /// A cell that may be empty.
    pub(super) fn optional<T>(
        &mut self,
        column: Column,
        parse: impl FnOnce(&str) -> Result<T, FaultKind>,
    ) -> Option<T> {
        self.read(column, parse)
    }

    /// A time that has passed.
    pub(super) fn time(&mut self, column: Column) -> Option<DateTime<Utc>> {
        debug_assert!(column.kind() == Kind::Time, "the column holds times");
        let now = self.file.reading.now;
        self.read(column, |text| written::moment(text, now).map_err(FaultKind::from))
    }

    /// A time that must be there.
    pub(super) fn required_time(&mut self, column: Column) -> Option<DateTime<Utc>> {
        let now = self.file.reading.now;
        self.required(column, |text| written::moment(text, now).map_err(FaultKind::from))
    }

    /// A text that is hidden.
    pub(super) fn secret(&self, column: Column) -> Option<SecretString> {
        self.text(column).map(SecretString::from)
    }

    /// A code of a list, or the list's default.
    pub(super) fn code<T: FromStr<Err = CodeUnknown>>(&mut self, column: Column, default: T) -> T {
        self.read(column, code).unwrap_or(default)
    }

    /// Codes separated by `|`, each once, in the order of the file.
    pub(super) fn list<T: FromStr<Err = CodeUnknown> + PartialEq>(&mut self, column: Column) -> Vec<T> {
        let mut list = Vec::new();
        for text in self.text(column).unwrap_or_default().split('|').map(str::trim).filter(|text| !text.is_empty()) {
            match code(text) {
                Ok(value) if list.contains(&value) => {}
                Ok(value) => list.push(value),
                Err(kind) => self.fault(column, kind),
            }
        }
        list
    }

    /// A flag; empty is false.
    pub(super) fn flag(&mut self, column: Column) -> bool {
        self.read(column, flag).unwrap_or(false)
    }
}

impl Cells<'_> {
    /// Whether a quoted cell of a column that has no such value is a sign.
    pub(super) fn quotes_a_sign(&self) -> bool {
        self.has_quotes()
            && Column::ALL.iter().any(|column| {
                !matches!(column.kind(), Kind::Country | Kind::Text)
                    && self.is_quoted(*column)
                    && self.written(*column).is_some_and(|text| missing_sign(text).is_some())
            })
    }
}

/// Whether a byte is of a control character, or perhaps: those beyond ASCII begin as some letters do.
const fn may_control(byte: u8) -> bool {
    matches!(byte, 0..=0x1f | 0x7f | 0xc2)
}

/// A code of a list.
pub(super) fn code<T: FromStr<Err = CodeUnknown>>(text: &str) -> Result<T, FaultKind> {
    read_code(text).map_err(FaultKind::CodeUnknown)
}

fn flag(text: &str) -> Result<bool, FaultKind> {
    written::flag(text).ok_or(FaultKind::FlagMalformed)
}

/// Whether a text holds an escape of PostgreSQL's text format for a character that the format cannot write. Its sign
/// for a missing value is no such.
fn has_escape(text: &str) -> bool {
    let escapes = |after: &str| after.starts_with(['b', 'f', 'n', 'r', 't', 'v', '\\']);
    text != "\\N" && text.match_indices('\\').any(|(place, _)| escapes(&text[place + 1..]))
}

/// A country, also in small letters; `None` for a code that stands for none. A small `na` is no Namibia: programs that
/// leave a value out write it so.
pub(super) fn country(text: &str) -> Result<Option<Country>, FaultKind> {
    let code = text.to_ascii_uppercase();
    if NO_COUNTRY.contains(&code.as_str()) {
        return Ok(None);
    }
    if text != code && code == "NA" {
        return Err(FaultKind::CountryUnknown);
    }
    code.parse().map(Some).map_err(|_| FaultKind::CountryUnknown)
}

/// One line of at most so many bytes.
pub(super) fn line(limit_bytes: usize) -> impl FnOnce(&str) -> Result<String, FaultKind> {
    move |text| {
        if text.contains(char::is_control) {
            Err(FaultKind::ControlCharacter)
        } else if text.len() > limit_bytes {
            Err(FaultKind::LongerThan { limit_bytes, length_bytes: text.len() })
        } else {
            Ok(text.to_owned())
        }
    }
}

/// Something on both sides of an `@`: whether mail arrives is found out by sending one.
pub(super) fn email(text: &str) -> Result<SecretString, FaultKind> {
    let has_sides = text.rsplit_once('@').is_some_and(|(mailbox, host)| !mailbox.is_empty() && !host.is_empty());
    if has_sides && text.len() <= EMAIL_LIMIT_BYTES && !text.contains(char::is_whitespace) {
        Ok(text.into())
    } else {
        Err(FaultKind::EmailMalformed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_taken_in_small_letters_and_what_is_none_is_refused() {
        for (text, code) in
            [("FR", Some("FR")), ("nl", Some("NL")), ("xk", Some("XK")), ("NA", Some("NA")), ("eu", None)]
        {
            let read = country(text).expect(text).map(|country| country.to_string());
            assert_eq!(read.as_deref(), code, "{text}");
        }
        for text in ["na", "Na", "UK", "el", "FRA", "F", "12", ""] {
            assert_eq!(country(text), Err(FaultKind::CountryUnknown), "{text}");
        }
    }
}

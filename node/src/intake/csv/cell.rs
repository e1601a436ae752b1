//! The cells of one row, each read as what its column holds.

use std::str::FromStr;

use chrono::{DateTime, SubsecRound as _, Utc};
use hotline_protocol::bytes::Hash;
use hotline_protocol::country::Country;
use hotline_protocol::vocabulary::CodeUnknown;
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::column::Column;
use super::fault::{Fault, FaultKind};
use super::header::Header;
use super::record::Record;

/// Codes that geolocation data has in the place of a country: the country counts as unknown.
const NO_COUNTRY: [&str; 8] = ["??", "EU", "AP", "A1", "A2", "O1", "XX", "ZZ"];

/// Longest mailbox (RFC 5321, section 4.5.3.1).
const EMAIL_LIMIT_BYTES: usize = 254;

/// The cells of a row whose writing is right, and the faults found while they are read.
pub(super) struct Cells<'a> {
    header: &'a Header,
    record: &'a Record,
    /// All cells, one after the other.
    text: &'a str,
    faults: Vec<Fault>,
}

impl<'a> Cells<'a> {
    /// Checks what concerns every cell: number, quotes, length, UTF-8.
    pub(super) fn new(header: &'a Header, record: &'a Record) -> Result<Self, Vec<Fault>> {
        let text = record.text();
        let mut cells = Self { header, record, text: text.unwrap_or_default(), faults: Vec::new() };
        for (place, kind) in &record.faults {
            cells.fault_at(*place, kind.clone());
        }
        if record.count != header.width() {
            let kind = FaultKind::FieldCount { expected: header.width(), found: record.count };
            cells.faults.push(Fault { line: record.line, column: None, kind });
        }
        if text.is_none_or(|text| text.bytes().any(may_control)) {
            cells.check_each();
        }
        if cells.faults.is_empty() { Ok(cells) } else { Err(cells.faults) }
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

    /// The text without space around it; `None` where the cell is empty or the file does not have the column.
    pub(super) fn text(&self, column: Column) -> Option<&'a str> {
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

    /// `true` or `false`; empty is `false`.
    pub(super) fn flag(&mut self, column: Column) -> bool {
        self.read(column, flag).unwrap_or(false)
    }

    /// SHA-256 over every cell that is not empty, with its column's name, in the order of the columns: the same for
    /// a file with other columns or another order. `content` is where it is put together.
    pub(super) fn content(&self, content: &mut Zeroizing<Vec<u8>>) -> Hash {
        content.clear();
        for column in Column::ALL {
            if let Some(text) = self.text(*column) {
                for part in [column.name(), text] {
                    content.extend_from_slice(&(part.len() as u64).to_be_bytes());
                    content.extend_from_slice(part.as_bytes());
                }
            }
        }
        Hash::of(&[content])
    }
}

/// Whether a byte is of a control character, or perhaps: those beyond ASCII begin as some letters do.
const fn may_control(byte: u8) -> bool {
    matches!(byte, 0..=0x1f | 0x7f | 0xc2)
}

/// A code of a list.
pub(super) fn code<T: FromStr<Err = CodeUnknown>>(text: &str) -> Result<T, FaultKind> {
    text.parse().map_err(FaultKind::CodeUnknown)
}

/// A time of RFC 3339, cut to the microseconds that both databases keep.
pub(super) fn time(text: &str) -> Result<DateTime<Utc>, FaultKind> {
    let time = DateTime::parse_from_rfc3339(text).map_err(|_| FaultKind::TimeMalformed)?;
    Ok(time.with_timezone(&Utc).trunc_subsecs(6))
}

fn flag(text: &str) -> Result<bool, FaultKind> {
    match text {
        "true" | "yes" | "1" => Ok(true),
        "false" | "no" | "0" => Ok(false),
        _ => Err(FaultKind::FlagMalformed),
    }
}

/// A country; `None` for a code that stands for none.
pub(super) fn country(text: &str) -> Result<Option<Country>, FaultKind> {
    if NO_COUNTRY.contains(&text) {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| FaultKind::CountryUnknown)
}

/// One line of at most so many bytes.
pub(super) fn line(limit_bytes: usize) -> impl FnOnce(&str) -> Result<String, FaultKind> {
    move |text| {
        if text.contains(char::is_control) {
            Err(FaultKind::ControlCharacter)
        } else if text.len() > limit_bytes {
            Err(FaultKind::NameTooLong { limit_bytes })
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

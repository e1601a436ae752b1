//! One record: its fields as they are written (RFC 4180), within bounds.

use std::ops::Range;

use super::bounds::FIELD_LIMIT_BYTES;
use crate::intake::csv::fault::FaultKind;

/// Most fields of a record that are kept; there are fewer columns.
pub(super) const KEPT_FIELDS: usize = 64;

/// One record.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Record {
    /// The line of the file where it begins; the first is 1.
    pub(crate) line: u64,
    /// How many fields there are.
    pub(crate) count: usize,
    /// Faults in the writing of fields, each with the field's place from 0.
    pub(crate) faults: Vec<(usize, FaultKind)>,
    /// The fields that are kept, one after the other: a vector for each would be thirty a record.
    bytes: Vec<u8>,
    /// Where each of them ends.
    ends: Vec<usize>,
    /// The fields that stand in quotes: a bit each.
    quoted: u64,
    /// Something stands in a field that was not kept.
    pub(crate) says_more: bool,
}

impl Record {
    /// The fields without their quotes: the first 64, each cut at the limit.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.ends.len()).filter_map(|place| self.bytes.get(self.range(place)?))
    }

    /// Where a field stands in [`Record::text`] and among the bytes.
    pub(crate) fn range(&self, place: usize) -> Option<Range<usize>> {
        Some(self.begin(place)..*self.ends.get(place)?)
    }

    /// Bytes of all fields that are kept.
    pub(crate) fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Whether a field stands in quotes.
    pub(crate) const fn is_quoted(&self, place: usize) -> bool {
        place < KEPT_FIELDS && self.quoted >> place & 1 == 1
    }

    /// Whether any field stands in quotes.
    pub(crate) const fn has_quotes(&self) -> bool {
        self.quoted != 0
    }

    /// Whether no field holds anything but white space.
    pub(super) fn is_blank(&self) -> bool {
        !self.says_more && self.faults.is_empty() && self.bytes.iter().all(u8::is_ascii_whitespace)
    }

    /// Whether every byte is ASCII.
    pub(super) fn is_ascii(&self) -> bool {
        self.bytes.is_ascii()
    }

    /// Whether a field was longer than is kept, and so ends perhaps within a character.
    pub(super) fn is_cut(&self) -> bool {
        self.faults.iter().any(|(_, kind)| *kind == FaultKind::TooLong)
    }

    /// The same record with other fields, where `other` gives one.
    pub(super) fn rewritten(mut self, other: impl Fn(usize, &[u8]) -> Option<Vec<u8>>) -> Self {
        let (mut bytes, mut ends) = (Vec::with_capacity(self.bytes.len()), Vec::with_capacity(self.ends.len()));
        for (place, field) in self.fields().enumerate() {
            match other(place, field) {
                Some(other) => bytes.extend(other),
                None => bytes.extend_from_slice(field),
            }
            ends.push(bytes.len());
        }
        (self.bytes, self.ends) = (bytes, ends);
        self
    }

    /// All fields that are kept, one after the other, where each is UTF-8.
    pub(crate) fn text(&self) -> Option<&str> {
        let text = std::str::from_utf8(&self.bytes).ok()?;
        self.ends.iter().all(|end| text.is_char_boundary(*end)).then_some(text)
    }

    fn begin(&self, place: usize) -> usize {
        place.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0)
    }
}

/// A record with bytes still missing.
#[derive(Debug)]
pub(super) struct Unfinished {
    record: Record,
    /// The separator of the fields.
    separator: u8,
    place: Place,
    /// A carriage return was read: a line feed makes both the record's end, anything else makes it a byte like others.
    carriage: bool,
    any: bool,
}

/// Where in a field the reading is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Start,
    Plain,
    Quoted,
    /// Behind a quote within quotes: the field's end, or the first of two.
    Quote,
}

impl Unfinished {
    /// A record that begins on that line.
    pub(super) fn begin(line: u64, separator: u8) -> Self {
        let record = Record { line, ..Record::default() };
        Self { record, separator, place: Place::Start, carriage: false, any: false }
    }

    /// Takes bytes up to the record's end, or all of them. Gives how many, and whether the record ended.
    pub(super) fn take(&mut self, bytes: &[u8]) -> (usize, bool) {
        self.any |= !bytes.is_empty();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            if std::mem::take(&mut self.carriage) && *byte != b'\n' {
                self.take_ordinary(b'\r');
            }
            let run = self.ordinary(&bytes[at..]);
            if run > 0 {
                self.keep(&bytes[at..at + run]);
                at += run;
                continue;
            }
            at += 1;
            if self.take_special(*byte) {
                return (at, true);
            }
        }
        (at, false)
    }

    /// How many bytes stand before the next one that means something here.
    fn ordinary(&mut self, bytes: &[u8]) -> usize {
        let separator = self.separator;
        let is_special = |byte: &u8| *byte == separator || matches!(byte, b'"' | b'\n' | b'\r');
        let end = match self.place {
            Place::Quoted => bytes.iter().position(|byte| *byte == b'"'),
            Place::Start | Place::Plain => bytes.iter().position(is_special),
            Place::Quote => Some(0),
        };
        let run = end.unwrap_or(bytes.len());
        if run > 0 && self.place == Place::Start {
            self.place = Place::Plain;
        }
        run
    }

    /// Takes a byte that means something; true when it ends the record.
    fn take_special(&mut self, byte: u8) -> bool {
        match (self.place, byte) {
            (Place::Start, b'"') => {
                if self.record.count < KEPT_FIELDS {
                    self.record.quoted |= 1 << self.record.count;
                }
                self.place = Place::Quoted;
            }
            (Place::Quoted, _) => self.place = Place::Quote,
            (Place::Quote, b'"') => {
                self.keep(b"\"");
                self.place = Place::Quoted;
            }
            (_, byte) if byte == self.separator => self.end_field(),
            (_, b'\n') => return true,
            (_, b'\r') => self.carriage = true,
            (_, byte) => self.take_ordinary(byte),
        }
        false
    }

    /// Takes a byte as a part of the field, outside quotes.
    fn take_ordinary(&mut self, byte: u8) {
        if byte == b'"' || self.place == Place::Quote {
            self.fault(FaultKind::QuoteStray);
        }
        if self.place != Place::Quote {
            self.keep(&[byte]);
        }
        self.place = Place::Plain;
    }

    /// The record, when a byte ended it or the file has ended; `None` where there was no byte.
    pub(super) fn finish(mut self) -> Option<Record> {
        if self.carriage {
            self.take_ordinary(b'\r');
        }
        if self.place == Place::Quoted {
            self.fault(FaultKind::QuoteOpen);
        }
        self.end_field();
        self.any.then_some(self.record)
    }

    /// Where the present field begins.
    fn begun(&self) -> usize {
        self.record.begin(self.record.ends.len())
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = FIELD_LIMIT_BYTES - (self.record.bytes.len() - self.begun());
        let (kept, beyond) = bytes.split_at(bytes.len().min(room));
        self.record.bytes.extend_from_slice(kept);
        if !beyond.is_empty() {
            self.fault(FaultKind::TooLong);
        }
    }

    fn end_field(&mut self) {
        if self.record.ends.len() < KEPT_FIELDS {
            self.record.ends.push(self.record.bytes.len());
        } else {
            let begun = self.begun();
            self.record.says_more |= !self.record.bytes[begun..].iter().all(u8::is_ascii_whitespace);
            self.record.bytes.truncate(begun);
        }
        self.record.count += 1;
        self.place = Place::Start;
    }

    /// Notes a fault of the present field, once.
    fn fault(&mut self, kind: FaultKind) {
        let fault = (self.record.count, kind);
        if fault.0 < KEPT_FIELDS && self.record.faults.last() != Some(&fault) {
            self.record.faults.push(fault);
        }
    }
}

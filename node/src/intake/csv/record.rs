//! One record: its fields as they are written (RFC 4180), within bounds.

use std::ops::Range;

use super::fault::FaultKind;

/// Longest field, in bytes.
pub(super) const FIELD_LIMIT_BYTES: usize = 8_192;

/// Most fields of a record that are kept; there are fewer columns.
pub(super) const KEPT_FIELDS: usize = 64;

/// One record.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Record {
    /// The line of the file on which it begins; the first is 1.
    pub(super) line: u64,
    /// How many fields there are.
    pub(super) count: usize,
    /// What is wrong with the writing of a field, by its place from 0.
    pub(super) faults: Vec<(usize, FaultKind)>,
    /// The fields that are kept, one after the other: a vector for each would be thirty a record.
    bytes: Vec<u8>,
    /// Where each of them ends.
    ends: Vec<usize>,
}

impl Record {
    /// The fields without their quotes: the first 64, each cut at the limit.
    pub(super) fn fields(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.ends.len()).filter_map(|place| self.bytes.get(self.range(place)?))
    }

    /// Where a field stands in [`Record::text`] and among the bytes.
    pub(super) fn range(&self, place: usize) -> Option<Range<usize>> {
        Some(self.begin(place)..*self.ends.get(place)?)
    }

    /// Bytes of all fields that are kept.
    pub(super) fn size(&self) -> usize {
        self.bytes.len()
    }

    /// All fields that are kept, one after the other, where each is UTF-8.
    pub(super) fn text(&self) -> Option<&str> {
        let text = std::str::from_utf8(&self.bytes).ok()?;
        self.ends.iter().all(|end| text.is_char_boundary(*end)).then_some(text)
    }

    fn begin(&self, place: usize) -> usize {
        place.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0)
    }
}

/// A record of which bytes are still missing.
#[derive(Debug, Default)]
pub(super) struct Unfinished {
    record: Record,
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
    pub(super) fn begin(line: u64) -> Self {
        Self { record: Record { line, ..Record::default() }, ..Self::default() }
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
        let end = match self.place {
            Place::Quoted => bytes.iter().position(|byte| *byte == b'"'),
            Place::Start | Place::Plain => bytes.iter().position(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')),
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
            (Place::Start, b'"') => self.place = Place::Quoted,
            (Place::Quoted, _) => self.place = Place::Quote,
            (Place::Quote, b'"') => {
                self.keep(b"\"");
                self.place = Place::Quoted;
            }
            (_, b',') => self.end_field(),
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
            self.record.bytes.truncate(self.begun());
        }
        self.record.count += 1;
        self.place = Place::Start;
    }

    /// Notes what is wrong with the present field, once.
    fn fault(&mut self, kind: FaultKind) {
        let fault = (self.record.count, kind);
        if fault.0 < KEPT_FIELDS && self.record.faults.last() != Some(&fault) {
            self.record.faults.push(fault);
        }
    }
}

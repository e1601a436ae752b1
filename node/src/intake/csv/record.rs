//! One record: its fields as they are written (RFC 4180), within bounds.

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
    /// The fields without their quotes: the first 64, each cut at the limit.
    pub(super) fields: Vec<Vec<u8>>,
    /// How many fields there are.
    pub(super) count: usize,
    /// What is wrong with the writing of a field, by its place from 0.
    pub(super) faults: Vec<(usize, FaultKind)>,
}

/// A record of which bytes are still missing.
#[derive(Debug, Default)]
pub(super) struct Unfinished {
    record: Record,
    field: Vec<u8>,
    place: Place,
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

    /// Takes one byte, and is told whether a line feed follows it; true when the byte ends the record.
    pub(super) fn take(&mut self, byte: u8, before_line_feed: bool) -> bool {
        self.any = true;
        match (self.place, byte) {
            (Place::Start, b'"') => self.place = Place::Quoted,
            (Place::Quoted, b'"') => self.place = Place::Quote,
            (Place::Quoted, byte) => self.keep(byte),
            (Place::Quote, b'"') => {
                self.keep(byte);
                self.place = Place::Quoted;
            }
            (_, b',') => self.end_field(),
            (_, b'\n') => return true,
            (_, b'\r') if before_line_feed => {}
            (Place::Start | Place::Plain, byte) => {
                if byte == b'"' {
                    self.fault(FaultKind::QuoteStray);
                }
                self.keep(byte);
                self.place = Place::Plain;
            }
            (Place::Quote, _) => {
                self.fault(FaultKind::QuoteStray);
                self.place = Place::Plain;
            }
        }
        false
    }

    /// The record, when a byte ended it or the file has ended; `None` where there was no byte.
    pub(super) fn finish(mut self) -> Option<Record> {
        if self.place == Place::Quoted {
            self.fault(FaultKind::QuoteOpen);
        }
        self.end_field();
        self.any.then_some(self.record)
    }

    fn keep(&mut self, byte: u8) {
        if self.field.len() < FIELD_LIMIT_BYTES {
            self.field.push(byte);
        } else {
            self.fault(FaultKind::TooLong);
        }
    }

    fn end_field(&mut self) {
        let field = std::mem::take(&mut self.field);
        if self.record.fields.len() < KEPT_FIELDS {
            self.record.fields.push(field);
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

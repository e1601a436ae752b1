//! From bytes to records of fields (RFC 4180), within bounds.
//!
//! Own code in the place of the `csv` crate, which keeps a field of any length in memory (one forgotten quote is
//! the rest of the file) and does not tell the line on which a record begins where blank lines stand before it.

use std::io::{self, BufRead, Chain, Cursor, ErrorKind, Read as _};

use super::fault::FaultKind;

/// Longest field, in bytes.
pub(super) const FIELD_LIMIT_BYTES: usize = 8_192;

/// Most fields of a record that are kept; there are fewer columns.
const KEPT_FIELDS: usize = 64;

const BYTE_ORDER_MARK: [u8; 3] = [0xEF, 0xBB, 0xBF];

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

/// Reads records.
#[derive(Debug)]
pub(super) struct Records<R> {
    input: Chain<Cursor<Vec<u8>>, R>,
    line: u64,
}

/// Where in a field the reading is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Start,
    Plain,
    Quoted,
    /// Behind a quote within quotes: the field's end, or the first of two.
    Quote,
}

impl<R: BufRead> Records<R> {
    /// Begins to read; a byte order mark at the beginning is passed over.
    pub(super) fn new(mut input: R) -> io::Result<Self> {
        let mut first = Vec::new();
        input.by_ref().take(3).read_to_end(&mut first)?;
        if first == BYTE_ORDER_MARK {
            first.clear();
        }
        Ok(Self { input: Cursor::new(first).chain(input), line: 1 })
    }

    /// The next record that is not a blank line; `None` at the end of the file.
    pub(super) fn next_record(&mut self) -> io::Result<Option<Record>> {
        loop {
            let line = self.line;
            match self.read_record()? {
                None => return Ok(None),
                Some(record) if record.count == 1 && record.fields[0].is_empty() => {}
                Some(record) => return Ok(Some(Record { line, ..record })),
            }
        }
    }

    fn read_record(&mut self) -> io::Result<Option<Record>> {
        let mut record = Record::default();
        let mut field = Vec::new();
        let mut place = Place::Start;
        let mut any = false;
        loop {
            let Some(byte) = self.next_byte()? else {
                if place == Place::Quoted {
                    record.fault(FaultKind::QuoteOpen);
                }
                if any {
                    record.push(&mut field);
                }
                return Ok(any.then_some(record));
            };
            any = true;
            match (place, byte) {
                (Place::Start, b'"') => place = Place::Quoted,
                (Place::Quoted, b'"') => place = Place::Quote,
                (Place::Quoted, byte) => record.keep(&mut field, byte),
                (Place::Quote, b'"') => {
                    record.keep(&mut field, byte);
                    place = Place::Quoted;
                }
                (_, b',') => {
                    record.push(&mut field);
                    place = Place::Start;
                }
                (_, b'\n') => {
                    record.push(&mut field);
                    return Ok(Some(record));
                }
                (_, b'\r') if self.peek()? == Some(b'\n') => {}
                (Place::Start | Place::Plain, byte) => {
                    if byte == b'"' {
                        record.fault(FaultKind::QuoteStray);
                    }
                    record.keep(&mut field, byte);
                    place = Place::Plain;
                }
                (Place::Quote, _) => {
                    record.fault(FaultKind::QuoteStray);
                    place = Place::Plain;
                }
            }
        }
    }

    fn next_byte(&mut self) -> io::Result<Option<u8>> {
        let byte = self.peek()?;
        if let Some(byte) = byte {
            self.input.consume(1);
            self.line += u64::from(byte == b'\n');
        }
        Ok(byte)
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            match self.input.fill_buf() {
                Ok(bytes) => return Ok(bytes.first().copied()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl Record {
    fn keep(&mut self, field: &mut Vec<u8>, byte: u8) {
        if field.len() < FIELD_LIMIT_BYTES {
            field.push(byte);
        } else {
            self.fault(FaultKind::TooLong);
        }
    }

    fn push(&mut self, field: &mut Vec<u8>) {
        self.count += 1;
        if self.fields.len() < KEPT_FIELDS {
            self.fields.push(std::mem::take(field));
        } else {
            field.clear();
        }
    }

    /// Notes what is wrong with the present field, once.
    fn fault(&mut self, kind: FaultKind) {
        let fault = (self.count, kind);
        if self.count < KEPT_FIELDS && self.faults.last() != Some(&fault) {
            self.faults.push(fault);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Vec<Record> {
        let mut records = Records::new(text).expect("a slice is read");
        std::iter::from_fn(|| records.next_record().expect("a slice is read")).collect()
    }

    fn rows(text: &str) -> Vec<(u64, Vec<String>)> {
        let text_of = |field: Vec<u8>| String::from_utf8(field).expect("the test is text");
        read(text.as_bytes())
            .into_iter()
            .inspect(|record| assert_eq!(record.faults, []))
            .map(|record| (record.line, record.fields.into_iter().map(text_of).collect()))
            .collect()
    }

    fn row(line: u64, fields: &[&str]) -> (u64, Vec<String>) {
        (line, fields.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn fields_are_read_as_rfc_4180_has_them() {
        assert_eq!(rows("a,b\r\nc,\r\n"), [row(1, &["a", "b"]), row(2, &["c", ""])]);
        assert_eq!(rows("\u{feff}\"a\",\"b,\"\"c\"\"\"\n\"\","), [row(1, &["a", "b,\"c\""]), row(2, &["", ""])]);
        assert_eq!(rows(""), []);
        assert_eq!(rows("a\rb,c"), [row(1, &["a\rb", "c"])]);
    }

    #[test]
    fn a_record_knows_the_line_on_which_it_begins() {
        let text = "a\r\n\r\n\n\"b\nb\r\nb\",c\n\nd";
        assert_eq!(rows(text), [row(1, &["a"]), row(4, &["b\nb\r\nb", "c"]), row(8, &["d"])]);
    }

    #[test]
    fn a_misplaced_quote_costs_its_row_alone() {
        let records = read(b"a,b\"c\nd,\"e\"f,g\nh");
        assert_eq!(records[0].faults, [(1, FaultKind::QuoteStray)]);
        assert_eq!(records[1].faults, [(1, FaultKind::QuoteStray)]);
        assert_eq!((records[1].count, records[2].line), (3, 3));
        assert_eq!(records[2].faults, []);
    }

    #[test]
    fn a_quote_that_is_never_closed_is_named_and_takes_no_memory() {
        let mut text = b"a\nb,\"".to_vec();
        text.resize(1_000_000, b'\n');
        let records = read(&text);
        assert_eq!(records[1].line, 2);
        assert_eq!(records[1].faults, [(1, FaultKind::TooLong), (1, FaultKind::QuoteOpen)]);
        assert!(records[1].fields[1].len() <= FIELD_LIMIT_BYTES);
    }

    #[test]
    fn fields_beyond_the_bound_are_counted_and_not_kept() {
        let records = read(&b",".repeat(1_000));
        assert_eq!((records[0].count, records[0].fields.len()), (1_001, KEPT_FIELDS));
    }
}

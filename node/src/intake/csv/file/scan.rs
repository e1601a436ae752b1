//! From bytes to records, with the line where each begins.
//!
//! Own code in the place of the `csv` crate. That crate keeps a field of any length in memory: one forgotten quote is
//! the rest of the file. It also does not tell a record's first line where blank lines stand before the record.

use std::io::{self, BufRead, ErrorKind};

use super::record::{Record, Unfinished};

/// Reads records.
#[derive(Debug)]
pub(super) struct Records<R> {
    input: R,
    separator: u8,
    line: u64,
}

impl<R: BufRead> Records<R> {
    /// Begins to read the input from that line on.
    pub(super) const fn new(input: R, separator: u8, line: u64) -> Self {
        Self { input, separator, line }
    }

    /// The next record that is neither a blank line nor nothing but separators; `None` at the end of the file.
    pub(super) fn next_record(&mut self) -> io::Result<Option<Record>> {
        loop {
            match self.read_record()? {
                Some(record) if record.is_blank() => {}
                record => return Ok(record),
            }
        }
    }

    fn read_record(&mut self) -> io::Result<Option<Record>> {
        let mut unfinished = Unfinished::begin(self.line, self.separator);
        loop {
            let bytes = match self.input.fill_buf() {
                Ok([]) => break,
                Ok(bytes) => bytes,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let (taken, has_ended) = unfinished.take(bytes);
            self.line += bytes[..taken].iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
            self.input.consume(taken);
            if has_ended {
                break;
            }
        }
        Ok(unfinished.finish())
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;
    use crate::intake::csv::fault::FaultKind;
    use crate::intake::csv::file::bounds::FIELD_LIMIT_BYTES;
    use crate::intake::csv::file::record::KEPT_FIELDS;

    fn read(text: &[u8]) -> Vec<Record> {
        let mut records = Records::new(text, b',', 1);
        std::iter::from_fn(|| records.next_record().expect("a slice is read")).collect()
    }

    fn rows(text: &str) -> Vec<(u64, Vec<String>)> {
        let text_of = |field: &[u8]| String::from_utf8(field.to_vec()).expect("the test is text");
        read(text.as_bytes())
            .into_iter()
            .inspect(|record| assert_eq!(record.faults, []))
            .map(|record| (record.line, record.fields().map(text_of).collect()))
            .collect()
    }

    fn row(line: u64, fields: &[&str]) -> (u64, Vec<String>) {
        (line, fields.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn fields_are_read_as_rfc_4180_has_them() {
        assert_eq!(rows("a,b\r\nc,\r\n"), [row(1, &["a", "b"]), row(2, &["c", ""])]);
        assert_eq!(rows("\"a\",\"b,\"\"c\"\"\"\n\"\",d"), [row(1, &["a", "b,\"c\""]), row(2, &["", "d"])]);
        assert_eq!(rows(""), []);
        assert_eq!(rows("a\rb,c"), [row(1, &["a\rb", "c"])]);
        assert_eq!(rows("a\r"), [row(1, &["a\r"])]);
        assert_eq!(rows("a\r\r\n\"b\"\r\nc"), [row(1, &["a\r"]), row(2, &["b"]), row(3, &["c"])]);
    }

    #[test]
    fn it_makes_no_difference_where_the_reading_is_interrupted() {
        let text = "a,\"b,\"\"c\"\"\r\n\",d\re\r\n\r\n\"f\"g,h\"\r\r\n\"\",\u{e9}";
        let whole = read(text.as_bytes());
        for size in 1..text.len() {
            let pieces = BufReader::with_capacity(size, text.as_bytes());
            let mut records = Records::new(pieces, b',', 1);
            let read: Vec<Record> = std::iter::from_fn(|| records.next_record().expect("a slice is read")).collect();
            assert_eq!(read, whole, "{size} bytes at a time");
        }
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
        assert!(records[1].fields().all(|field| field.len() <= FIELD_LIMIT_BYTES));
    }

    #[test]
    fn fields_beyond_the_bound_are_counted_and_not_kept() {
        let commas = b",".repeat(1_000);
        for (text, says_more) in [([b"a", &commas[..]].concat(), false), ([&commas[..], b"a"].concat(), true)] {
            let records = read(&text);
            assert_eq!((records[0].count, records[0].fields().count()), (1_001, KEPT_FIELDS));
            assert_eq!(records[0].says_more, says_more);
        }
        assert_eq!(read(&commas), [], "nothing but separators is no row");
    }
}

//! The file, row by row.

use std::io::{self, BufRead};

use thiserror::Error;
use zeroize::Zeroizing;

use super::dialect::{NoTable, Rest, recognise};
use super::header::Header;
use super::letters::Letters;
use super::reading::{ReadAs, Reading};
use super::scan::Records;
use crate::intake::csv::fault::{Fault, FaultKind};
use crate::intake::csv::row::{File, ImportRow};

/// Why the file cannot be read at all.
#[derive(Debug, Error)]
pub enum NotRead {
    /// The header line is faulty: no row can be understood.
    #[error("the header line is faulty")]
    Header(Vec<Fault>),
    /// The system could not read on.
    #[error("the file cannot be read")]
    Unreadable(#[from] io::Error),
}

/// Why a row is not taken.
#[derive(Debug, Error)]
pub enum RowRefused {
    /// It is faulty; the rows after it go on.
    #[error("the row is faulty")]
    Faulty(Vec<Fault>),
    /// The system could not read on; nothing follows.
    #[error("the file cannot be read")]
    Unreadable(#[from] io::Error),
}

/// Reads the rows of a file, one at a time.
#[derive(Debug)]
pub struct ImportReader<R> {
    records: Records<Rest<R>>,
    file: File,
    letters: Letters,
    scratch: Zeroizing<Vec<u8>>,
    ended: bool,
}

impl<R: BufRead> ImportReader<R> {
    /// Reads the header line. `input` wants a buffer of some kilobytes ([`io::BufReader`]).
    pub fn open(input: R, reading: Reading) -> Result<Self, NotRead> {
        let first_line = |kind| NotRead::Header(vec![Fault { line: 1, column: None, kind }]);
        let (dialect, rest) = recognise(input).map_err(|refused| match refused {
            NoTable::Other(kind) => first_line(kind),
            NoTable::Unreadable(error) => error.into(),
        })?;
        let mut letters = Letters::default();
        if dialect.has_mark {
            letters.are_utf8();
        }
        let separator = dialect.separator;
        let mut records = Records::new(rest, separator.byte(), dialect.line);
        let first = records.next_record()?.ok_or_else(|| first_line(FaultKind::HeaderMissing))?;
        let header = Header::parse(&first, reading.scope).map_err(NotRead::Header)?;
        let file = File { header, reading, separator, quotes_signs: false };
        Ok(Self { records, file, letters, scratch: Zeroizing::default(), ended: false })
    }
}

impl<R> ImportReader<R> {
    /// Whether every row was read.
    #[must_use]
    pub const fn has_ended(&self) -> bool {
        self.ended
    }

    /// How the file was read so far.
    #[must_use]
    pub fn read_as(&self) -> ReadAs {
        ReadAs { separator: self.file.separator, encoding: self.letters.encoding() }
    }
}

impl<R: BufRead> Iterator for ImportReader<R> {
    type Item = Result<ImportRow, RowRefused>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        match self.records.next_record() {
            Ok(Some(record)) => {
                let record = self.letters.take(&self.file.header, record);
                let row = ImportRow::parse(&mut self.file, &record, &mut self.scratch);
                Some(row.map_err(RowRefused::Faulty))
            }
            Ok(None) => {
                self.ended = true;
                None
            }
            Err(error) => {
                self.ended = true;
                Some(Err(error.into()))
            }
        }
    }
}

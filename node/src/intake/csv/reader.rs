//! The file, row by row.

use std::io::{self, BufRead};

use thiserror::Error;
use zeroize::Zeroizing;

use super::fault::{Fault, FaultKind};
use super::header::{Header, Scope};
use super::row::ImportRow;
use super::scan::Records;

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
    records: Records<R>,
    header: Header,
    scope: Scope,
    scratch: Zeroizing<Vec<u8>>,
    ended: bool,
}

impl<R: BufRead> ImportReader<R> {
    /// Reads the header line. `input` wants a buffer of some kilobytes ([`io::BufReader`]).
    pub fn open(input: R, scope: Scope) -> Result<Self, NotRead> {
        let mut records = Records::new(input)?;
        let missing = || Fault { line: 1, column: None, kind: FaultKind::HeaderMissing };
        let first = records.next_record()?.ok_or_else(|| NotRead::Header(vec![missing()]))?;
        let header = Header::parse(&first, scope).map_err(NotRead::Header)?;
        Ok(Self { records, header, scope, scratch: Zeroizing::default(), ended: false })
    }
}

impl<R> ImportReader<R> {
    /// Whether every row was read.
    #[must_use]
    pub const fn has_ended(&self) -> bool {
        self.ended
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
                let row = ImportRow::parse(&self.header, &record, self.scope, &mut self.scratch);
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

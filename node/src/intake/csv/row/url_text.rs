//! Addresses as they stand in the file.

use std::fmt;

use hotline_protocol::url::ReportedUrl;
use secrecy::{ExposeSecret as _, SecretString};

use super::cell::Cells;
use crate::intake::csv::fault::FaultKind;
use crate::intake::csv::file::Column;
use crate::intake::reading::{Reader, UrlReadAs, UrlReading};

/// An http or https address, as it was read. It is in no log line: `Debug` hides it, and it has no `Display`.
#[derive(Clone)]
pub struct UrlText(SecretString);

impl UrlText {
    /// The address.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl From<ReportedUrl> for UrlText {
    fn from(url: ReportedUrl) -> Self {
        Self(url.as_given().into())
    }
}

/// The row's addresses, and notes on their reading.
#[derive(Default)]
pub(super) struct Addresses {
    told: Vec<(Column, UrlReadAs)>,
}

impl Addresses {
    /// The address in a column that may not be empty.
    pub(super) fn required(&mut self, cells: &mut Cells<'_>, column: Column) -> Option<ReportedUrl> {
        let read = cells.required(column, read);
        read.map(|reading| self.keep(column, reading))
    }

    /// The address in a column that may be empty.
    pub(super) fn optional(&mut self, cells: &mut Cells<'_>, column: Column) -> Option<ReportedUrl> {
        let read = cells.optional(column, read);
        read.map(|reading| self.keep(column, reading))
    }

    /// Returns the notes, column by column.
    pub(super) fn told(self) -> Vec<(Column, UrlReadAs)> {
        self.told
    }

    fn keep(&mut self, column: Column, reading: UrlReading) -> ReportedUrl {
        let told = reading.shown();
        if !told.is_empty() {
            self.told.push((column, told));
        }
        reading.url
    }
}

fn read(text: &str) -> Result<UrlReading, FaultKind> {
    Ok(Reader::default().one(text)?)
}

impl fmt::Debug for UrlText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UrlText(hidden)")
    }
}

//! Faults of a file or of one of its rows.

use hotline_protocol::vocabulary::CodeUnknown;
use serde::{Serialize, Serializer};
use thiserror::Error;

use super::file::FIELD_LIMIT_BYTES;
use crate::intake::reading::UrlNotRead;
use crate::report::lifecycle::FindingRefused;
use crate::written::TimeRefused;

/// One fault, as the import reports it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The line of the file where the row begins; the first is 1.
    pub line: u64,
    /// The column's name; `None` where the whole row is meant.
    pub column: Option<String>,
    /// The kind of fault.
    #[serde(rename = "fault")]
    pub kind: FaultKind,
}

/// A fault, told in a sentence that repeats nothing of the file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[expect(missing_docs, reason = "each variant's sentence says it")]
pub enum FaultKind {
    #[error("the file has no header line")]
    HeaderMissing,
    #[error("the file is UTF-16, as spreadsheets write \"Unicode text\"; save it as \"CSV UTF-8\"")]
    Utf16,
    #[error("the file is a spreadsheet itself; save it as \"CSV UTF-8\"")]
    Spreadsheet,
    #[error("the file is no text; rows of comma-separated values are expected")]
    NoText,
    #[error("the fields stand between vertical bars, which separate lists here; write the file with commas")]
    Bars,
    #[error("the first line names a separator that is not taken; a comma, a semicolon or a tab is expected")]
    SeparatorUnknown,
    #[error("the lines end in carriage returns alone; save the file with the line ends of this system")]
    CarriageReturns,
    #[error("this column is required")]
    ColumnMissing,
    #[error("this column is unknown")]
    ColumnUnknown,
    #[error("this column stands there twice")]
    ColumnTwice,
    #[error("this column is taken with --historical only")]
    ColumnHistorical,
    #[error("{found} fields, where the header line has {expected}")]
    FieldCount { expected: usize, found: usize },
    #[error("the rows have one field more than the header line; write the file without row names")]
    RowNames,
    #[error("a value stands in a column without a name")]
    ColumnUnnamed,
    #[error("not UTF-8; save the file as \"CSV UTF-8\"")]
    NotUtf8,
    #[error(
        "a backslash as a database's text format writes it; write the file as CSV (COPY … WITH (FORMAT csv, HEADER))"
    )]
    Backslash,
    #[error("longer than {FIELD_LIMIT_BYTES} bytes")]
    TooLong,
    #[error("a quote in a field must be doubled, and the field stand in quotes")]
    QuoteStray,
    #[error("a quote opened in this row is never closed; the rows after it were not read")]
    QuoteOpen,
    #[error("a control character")]
    ControlCharacter,
    #[error("a value is required")]
    Empty,
    #[error("{0}")]
    Time(#[from] TimeRefused),
    #[error("before the report was received")]
    BeforeReceived,
    #[error("gone before the hoster was informed")]
    GoneBeforeNotice,
    #[error(
        "{sign} is how programs write that a value is missing; leave the cell empty, or import with --missing '{sign}'"
    )]
    MissingSign { sign: &'static str },
    #[error(
        "{sign} may be a text, or how a program writes that it is missing; import with --missing '{sign}' where it is \
         missing, or write \"{sign}\" in quotes where it is a text"
    )]
    TextOrMissing { sign: &'static str },
    #[error(
        "NA may be Namibia, or R's sign for a missing value; import with --namibia where it is Namibia, or with --missing \
         NA where it is missing (where both occur, write Namibia as \"NA\" in quotes)"
    )]
    NamibiaOrMissing,
    #[error("{0}")]
    CodeUnknown(#[from] CodeUnknown),
    #[error("true or false is expected (or yes and no, 1 and 0)")]
    FlagMalformed,
    #[error("a country is expected as two letters of ISO 3166-1 (such as FR; the United Kingdom is GB, Greece is GR)")]
    CountryUnknown,
    #[error("an IPv4 or IPv6 address is expected")]
    IpMalformed,
    #[error("an e-mail address is expected")]
    EmailMalformed,
    #[error("{length_bytes} bytes, where at most {limit_bytes} may stand; shorten it")]
    LongerThan { limit_bytes: usize, length_bytes: usize },
    #[error("this reference was imported before with other content")]
    ReferenceTaken,
    #[error("what the row says does not fit into one report: {0}")]
    NotOneBody(String),
    #[error("{0}")]
    UrlNotRead(UrlNotRead),
    #[error("{0}; give each a row of its own")]
    UrlsSeveral(UrlNotRead),
    #[error("{0}")]
    Finding(#[from] FindingRefused),
    #[error("a time of assessment needs an assessment")]
    AssessmentMissing,
    #[error("an outcome is one of: {known}")]
    OutcomeUnknown { known: String },
    #[error("a time of outcome needs an outcome")]
    OutcomeMissing,
}

impl From<UrlNotRead> for FaultKind {
    fn from(refused: UrlNotRead) -> Self {
        match refused {
            UrlNotRead::Several { .. } | UrlNotRead::TooMany | UrlNotRead::Glued => Self::UrlsSeveral(refused),
            _ => Self::UrlNotRead(refused),
        }
    }
}

impl Serialize for FaultKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

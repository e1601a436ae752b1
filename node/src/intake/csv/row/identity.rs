//! The content of a row, regardless of the program that wrote it: the same row written by another tool is the same row.
//!
//! `1` is `true`, `+00` is `Z`, white space around a cell says nothing, and neither does a code that is the default of its
//! list, the order of a list, or the end of a line within a text.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use hotline_protocol::bytes::Hash;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use super::cell::{Cells, country};
use crate::intake::csv::file::{Column, Kind};
use crate::intake::reading::Reader;
use crate::written;

/// Returns SHA-256 over the meaning of each cell that has one, with its column's name, in the order of the columns.
/// `scratch` is where it is put together.
pub(super) fn identity(cells: &Cells<'_>, scratch: &mut Zeroizing<Vec<u8>>) -> Hash {
    let offence = code(cells.text(Column::Offence).unwrap_or("csam"));
    digest(scratch, |column| {
        let said = said(column.kind(), cells.text(column)?)?;
        (column != Column::AssessedOffence || said != offence).then_some(said)
    })
}

/// SHA-256 over each cell as it is written: the identity of rows before [`identity`] was.
pub(super) fn as_written(cells: &Cells<'_>, scratch: &mut Zeroizing<Vec<u8>>) -> Hash {
    digest(scratch, |column| cells.text(column).map(Cow::Borrowed))
}

fn digest<'t>(scratch: &mut Zeroizing<Vec<u8>>, said: impl Fn(Column) -> Option<Cow<'t, str>>) -> Hash {
    scratch.clear();
    for column in Column::ALL {
        if let Some(text) = said(*column) {
            for part in [column.name(), &text] {
                scratch.extend_from_slice(&(part.len() as u64).to_be_bytes());
                scratch.extend_from_slice(part.as_bytes());
            }
        }
    }
    Hash::of(&[scratch])
}

/// Returns the meaning of a cell; `None` where that is the same as an empty cell. An unreadable cell is a fault of its
/// own.
fn said(kind: Kind, text: &str) -> Option<Cow<'_, str>> {
    match kind {
        Kind::Time => Some(written::time(text).map_or(Cow::Borrowed(text), |time| micros(time).into())),
        Kind::Flag => written::flag(text).unwrap_or(true).then_some(Cow::Borrowed("true")),
        Kind::Code(default) => Some(code(text)).filter(|code| code != default),
        Kind::Codes => {
            let codes = text.split('|').map(str::trim).filter(|code| !code.is_empty());
            let mut codes: Vec<_> = codes.map(code).collect();
            codes.sort_unstable();
            codes.dedup();
            (!codes.is_empty()).then(|| codes.join("|").into())
        }
        Kind::Country => matches!(country(text), Ok(Some(_)) | Err(_)).then_some(Cow::Borrowed(text)),
        Kind::Ip => Some(text.parse::<std::net::IpAddr>().map_or(Cow::Borrowed(text), |ip| ip.to_string().into())),
        Kind::Text if !text.is_ascii() || text.contains('\r') => {
            Some(text.replace("\r\n", "\n").nfc().collect::<String>().into())
        }
        // A defanged address is the address.
        Kind::Address => {
            let read = Reader::default().one(text).ok().filter(|read| !read.done.is_empty());
            Some(read.map_or(Cow::Borrowed(text), |read| Cow::Owned(read.url.as_given().to_owned())))
        }
        Kind::Text => Some(Cow::Borrowed(text)),
    }
}

/// A code in one writing: people join its words by other characters, and write capitals.
fn code(text: &str) -> Cow<'_, str> {
    let is_exact = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if is_exact { Cow::Borrowed(text) } else { text.to_lowercase().replace(['-', ' '], "_").into() }
}

fn micros(time: DateTime<Utc>) -> String {
    time.timestamp_micros().to_string()
}

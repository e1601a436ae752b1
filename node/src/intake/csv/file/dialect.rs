//! Recognition of a file's kind: impossible kinds are named, and the separator of the fields is found by the columns'
//! names.

use std::io::{self, BufRead, Chain, Cursor, Read as _};

use super::column::Column;
use super::reading::Separator;
use crate::intake::csv::fault::FaultKind;

const BYTE_ORDER_MARK: [u8; 3] = [0xEF, 0xBB, 0xBF];
/// A header line has less.
const HEAD_LIMIT_BYTES: usize = 64 * 1_024;

/// The kind of a file, from its first lines.
#[derive(Debug)]
pub(super) struct Dialect {
    /// The separator of the fields.
    pub(super) separator: Separator,
    /// It begins with the mark of UTF-8.
    pub(super) has_mark: bool,
    /// The line that is read next; the first is 1.
    pub(super) line: u64,
}

/// Why nothing is read.
#[derive(Debug)]
pub(super) enum NoTable {
    /// The file is of another kind.
    Other(FaultKind),
    /// The system could not read.
    Unreadable(io::Error),
}

impl From<io::Error> for NoTable {
    fn from(error: io::Error) -> Self {
        Self::Unreadable(error)
    }
}

/// The input left to read behind a mark and a line `sep=`.
pub(super) type Rest<R> = Chain<Cursor<Vec<u8>>, R>;

/// Reads as many lines as it needs to recognise the kind of file; returns all the input that is to be read as rows.
pub(super) fn recognise<R: BufRead>(mut input: R) -> Result<(Dialect, Rest<R>), NoTable> {
    let mut dialect = Dialect { separator: Separator::Comma, has_mark: false, line: 1 };
    let mut head = Vec::new();
    read_line(&mut input, &mut head)?;
    if let Some(kind) = signature(&head) {
        return Err(NoTable::Other(kind));
    }
    if head.starts_with(&BYTE_ORDER_MARK) {
        head.drain(..BYTE_ORDER_MARK.len());
        dialect.has_mark = true;
    }
    if let Some(separator) = declared(&head) {
        dialect.separator = separator?;
        dialect.line += 1;
        return Ok((dialect, Cursor::new(Vec::new()).chain(input)));
    }
    // Blank lines before the header line tell nothing; a file of nothing else is read without being kept.
    let mut line = head.clone();
    while !line.is_empty() && line.iter().all(u8::is_ascii_whitespace) && head.len() < HEAD_LIMIT_BYTES {
        line.clear();
        read_line(&mut input, &mut line)?;
        head.extend_from_slice(&line);
    }
    dialect.separator = between_names(&line)?;
    Ok((dialect, Cursor::new(head).chain(input)))
}

fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<()> {
    input.by_ref().take(HEAD_LIMIT_BYTES as u64).read_until(b'\n', line).map(|_| ())
}

/// Recognises a file that is no text, or text of another kind, by its first bytes.
fn signature(head: &[u8]) -> Option<FaultKind> {
    let begins = |with: &[u8]| head.starts_with(with);
    // Without a mark every other byte of an ASCII letter is zero.
    let nul_at = |rest: usize| {
        let pairs = head.chunks_exact(2).take(32);
        head.len() >= 4 && pairs.into_iter().all(|pair| pair[rest] == 0 && pair[1 - rest] != 0)
    };
    if begins(&[0xFF, 0xFE]) || begins(&[0xFE, 0xFF]) || nul_at(0) || nul_at(1) {
        return Some(FaultKind::Utf16);
    }
    if begins(b"PK\x03\x04") || begins(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Some(FaultKind::Spreadsheet);
    }
    let others: [&[u8]; 5] = [&[0x1F, 0x8B], b"SQLite format 3", b"PAR1", b"%PDF", b"7z\xBC\xAF"];
    others.into_iter().any(begins).then_some(FaultKind::NoText)
}

/// Returns the separator that a first line `sep=;` declares, as spreadsheets understand it.
fn declared(line: &[u8]) -> Option<Result<Separator, NoTable>> {
    let text = std::str::from_utf8(line).ok()?.trim_end_matches(['\r', '\n']).trim_matches('"');
    let (word, separator) = text.split_at_checked(4)?;
    if !word.eq_ignore_ascii_case("sep=") {
        return None;
    }
    let found = Separator::ALL.into_iter().find(|known| separator.as_bytes() == [known.byte()]);
    Some(found.ok_or(NoTable::Other(FaultKind::SeparatorUnknown)))
}

/// Returns the separator between the columns' names.
fn between_names(line: &[u8]) -> Result<Separator, NoTable> {
    let text = String::from_utf8_lossy(line);
    let text = text.trim_end_matches(['\r', '\n']);
    if text.contains('\r') {
        return Err(NoTable::Other(FaultKind::CarriageReturns));
    }
    let is_name = |part: &&str| Column::named(part.trim().trim_matches('"').trim()).is_some();
    let names = |separator: char| text.split(separator).filter(is_name).count();
    let (mut found, mut most) = (Separator::Comma, names(','));
    for separator in [Separator::Semicolon, Separator::Tab] {
        let count = names(separator.byte().into());
        if count > most {
            (found, most) = (separator, count);
        }
    }
    if names('|') > most { Err(NoTable::Other(FaultKind::Bars)) } else { Ok(found) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recognised(bytes: &[u8]) -> Result<(Separator, bool, u64, Vec<u8>), FaultKind> {
        match recognise(bytes) {
            Ok((dialect, mut rest)) => {
                let mut left = Vec::new();
                rest.read_to_end(&mut left).expect("a slice is read");
                Ok((dialect.separator, dialect.has_mark, dialect.line, left))
            }
            Err(NoTable::Other(kind)) => Err(kind),
            Err(NoTable::Unreadable(error)) => panic!("a slice is read: {error}"),
        }
    }

    #[test]
    fn a_files_kind_is_found_out_by_its_first_lines() {
        let names = |separator: &str| ["reference", "received_at", "url"].join(separator);
        for (separator, found) in [(",", Separator::Comma), (";", Separator::Semicolon), ("\t", Separator::Tab)] {
            let quoted = format!("\"{}\"\r\n1", names(&format!("\"{separator}\"")));
            for text in [names(separator), format!("\n \r\n{}\nrow", names(separator)), quoted] {
                let read = recognised(text.as_bytes()).expect("a table");
                assert_eq!(read, (found, false, 1, text.into_bytes()));
            }
        }
        let marked = format!("\u{feff}sep=;\r\n{}", names(";"));
        assert_eq!(recognised(marked.as_bytes()), Ok((Separator::Semicolon, true, 2, names(";").into_bytes())));
        assert_eq!(recognised(b"\"SEP=\t\"\na").map(|read| (read.0, read.2)), Ok((Separator::Tab, 2)));
        assert_eq!(recognised(b"").map(|read| read.0), Ok(Separator::Comma));
    }

    #[test]
    fn what_is_no_table_is_named() {
        let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        for (bytes, kind) in [
            (utf16("\u{feff}reference,url\n"), FaultKind::Utf16),
            (utf16("reference,url\n"), FaultKind::Utf16),
            ("reference".encode_utf16().flat_map(u16::to_be_bytes).collect(), FaultKind::Utf16),
            (b"PK\x03\x04more".to_vec(), FaultKind::Spreadsheet),
            (b"\xD0\xCF\x11\xE0more".to_vec(), FaultKind::Spreadsheet),
            (b"SQLite format 3\0".to_vec(), FaultKind::NoText),
            (b"\x1F\x8B\x08".to_vec(), FaultKind::NoText),
            (b"sep=|\nreference|url".to_vec(), FaultKind::SeparatorUnknown),
            (b"reference|received_at|url\n".to_vec(), FaultKind::Bars),
            (b"reference,received_at,url\rR-1,,\r".to_vec(), FaultKind::CarriageReturns),
        ] {
            assert_eq!(recognised(&bytes), Err(kind));
        }
    }
}

//! Letters that are not UTF-8: a file's first letter beyond ASCII decides its encoding.
//!
//! An address is never read by a guess: text in its columns that is not UTF-8 is a fault. So are letters of both kinds
//! in one file, and bytes that Windows-1252 does not have.

use super::column::Column;
use super::header::Header;
use super::reading::Encoding;
use super::record::Record;

/// Windows-1252 from 0x80 to 0x9F (<https://encoding.spec.whatwg.org/index-windows-1252.txt>); from 0xA0 on it is Latin-1.
/// NUL stands where it has no character.
const FROM_80: [char; 32] = [
    '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘', '’', '“', '”', '•',
    '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
];

/// The encoding found for a file's letters.
#[derive(Debug, Default)]
pub(super) struct Letters {
    found: Option<Encoding>,
}

impl Letters {
    /// How the file was read so far.
    pub(super) fn encoding(&self) -> Encoding {
        self.found.unwrap_or(Encoding::Utf8)
    }

    /// Notes that the file declares its encoding by a byte order mark.
    pub(super) fn are_utf8(&mut self) {
        self.found = Some(Encoding::Utf8);
    }

    /// Brings a record into UTF-8 where it can be. Letters that stay as they are count as a fault of their cell.
    pub(super) fn take(&mut self, header: &Header, record: Record) -> Record {
        if record.is_ascii() {
            return record;
        }
        let is_guessed = |place: usize| !header.column(place).is_some_and(Column::is_address);
        for (_, field) in record.fields().enumerate().filter(|(place, field)| is_guessed(*place) && !field.is_ascii()) {
            let as_utf8 = std::str::from_utf8(field).is_ok() || record.is_cut();
            self.found.get_or_insert(if as_utf8 { Encoding::Utf8 } else { Encoding::Windows1252 });
        }
        if self.encoding() == Encoding::Utf8 {
            return record;
        }
        record.rewritten(|place, field| {
            let decoded = if is_guessed(place) && std::str::from_utf8(field).is_err() { decode(field) } else { None };
            // Letters that are UTF-8 in a file that is not: nobody knows the intended encoding.
            let mixed = is_guessed(place) && decoded.is_none() && !field.is_ascii();
            if mixed { Some(vec![0xFF]) } else { decoded.map(String::into_bytes) }
        })
    }
}

/// A text of Windows-1252; `None` where a byte is none of its characters.
fn decode(bytes: &[u8]) -> Option<String> {
    let letter = |byte: &u8| match byte {
        0x80..=0x9F => Some(FROM_80[usize::from(byte - 0x80)]).filter(|letter| *letter != '\0'),
        _ => Some(char::from(*byte)),
    };
    bytes.iter().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_1252_is_decoded_and_what_it_does_not_have_is_none() {
        assert_eq!(decode(b"\x80 caf\xe9 \x9cuvre \x93a\x94 \xfc\xdf").as_deref(), Some("€ café œuvre “a” üß"));
        for byte in [0x81, 0x8D, 0x8F, 0x90, 0x9D] {
            assert_eq!(decode(&[b'a', byte]), None);
        }
    }
}

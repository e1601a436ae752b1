//! Percent escapes of the canonical form, on text that a WHATWG parser has already made ASCII.

use std::fmt::Write;

/// Appends a path: escapes of unreserved characters decoded once, all others in upper case.
///
/// An escape that begins one or two characters after a `%` that is no escape itself stays: decoded,
/// it would make that `%` a new escape, and the canonical form of the canonical form would differ.
pub(super) fn push_path(text: &mut String, path: &str) {
    for piece in pieces(path) {
        match piece {
            Piece::Escape(byte) if is_unreserved(byte) && !behind_bare_percent(text) => text.push(char::from(byte)),
            Piece::Escape(byte) => push_escape(text, byte),
            // The WHATWG parser escapes it since 2023; parsers of before and after must agree.
            Piece::Character('^') => push_escape(text, b'^'),
            Piece::Character(character) => text.push(character),
        }
    }
}

/// Appends a query: escapes in upper case and nothing else, for a server may tell `%41` from `A` there.
pub(super) fn push_query(text: &mut String, query: &str) {
    for piece in pieces(query) {
        match piece {
            Piece::Escape(byte) => push_escape(text, byte),
            Piece::Character(character) => text.push(character),
        }
    }
}

enum Piece {
    /// `%` and two hexadecimal digits.
    Escape(u8),
    /// Anything else, a `%` without its digits included.
    Character(char),
}

fn pieces(text: &str) -> impl Iterator<Item = Piece> {
    let mut rest = text.chars();
    std::iter::from_fn(move || match escape_at_start(rest.as_str()) {
        Some(byte) => rest.nth(2).map(|_| Piece::Escape(byte)),
        None => rest.next().map(Piece::Character),
    })
}

fn escape_at_start(text: &str) -> Option<u8> {
    let digits = text.strip_prefix('%')?.as_bytes().first_chunk::<2>()?;
    let [high, low] = digits.map(|digit| char::from(digit).to_digit(16));
    u8::try_from(high? * 16 + low?).ok()
}

fn push_escape(text: &mut String, byte: u8) {
    write!(text, "%{byte:02X}").expect("writing to a string cannot fail");
}

/// RFC 3986, section 2.3.
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// Whether a `%` stands last or last but one: the `%` of a whole escape stands third from the end.
fn behind_bare_percent(text: &str) -> bool {
    text.bytes().rev().take(2).any(|byte| byte == b'%')
}

//! The one reader of URLs written by people and programs, for every way in.
//!
//! Pure. It takes a text and returns its URLs, each with the changes made to it, or a sentence that says how to correct
//! the text. Text not understood is refused, never changed.
//!
//! - A URL with a plain scheme and host keeps every byte. One that is defanged is undone everywhere in it
//!   ([`hotline_protocol::url::refang`] lists the marks and their writers).
//! - Quotes and brackets around a URL are taken off. A forwarding link gives the address that stands in it.
//! - A host is an address, or labels of letters, digits, `-` and `_` (after IDNA), none empty, with a dot between. This
//!   is narrower than the protocol: URLs sent by other hotlines are shown and compared as before.
//! - A control character is refused wherever it stands: browsers leave some out and escape others, so that two programs
//!   would read two URLs.
//! - Several URLs are several; never is one made of two.

mod host;
mod not_read;
mod pieces;
mod reading_result;
mod wrapper;

#[cfg(test)]
mod tests;

use std::net::IpAddr;

use hotline_protocol::url::{ReportedUrl, refang};
pub use not_read::UrlNotRead;
pub use reading_result::{Done, UrlReadAs, UrlReading};
pub use wrapper::{Form, Hosts, WRAPPERS, Wrapper};
use zeroize::Zeroizing;

/// Longest text that is read, in bytes: a hundred URLs of full length, and a line around each.
pub const TEXT_LIMIT_BYTES: usize = 512 * 1024;
/// Most URLs in one text.
pub const MOST_URLS: usize = 1_000;
/// Most forwarding links around one URL.
pub const MOST_WRAPPERS: usize = 4;

/// Reads URLs.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    /// Forwarding links that are known.
    wrappers: &'static [Wrapper],
}

impl Default for Reader {
    fn default() -> Self {
        Self::knowing(WRAPPERS)
    }
}

impl Reader {
    /// Knows these forwarding links alone.
    #[must_use]
    pub const fn knowing(wrappers: &'static [Wrapper]) -> Self {
        Self { wrappers }
    }

    /// Reads a text that is one URL.
    pub fn one(&self, text: &str) -> Result<UrlReading, UrlNotRead> {
        let text = prepared(text)?;
        match pieces::pieces(&text.plain)?[..] {
            [piece] => self.piece(piece, text.was_veiled),
            ref several => Err(UrlNotRead::Several { count: several.len() }),
        }
    }

    /// Reads a text of URLs, in their order: at least one. A piece that cannot be read refuses the whole text.
    pub fn all(&self, text: &str) -> Result<Vec<UrlReading>, UrlNotRead> {
        let text = prepared(text)?;
        pieces::pieces(&text.plain)?.into_iter().map(|piece| self.piece(piece, text.was_veiled)).collect()
    }

    fn piece(&self, piece: pieces::Piece<'_>, was_veiled: bool) -> Result<UrlReading, UrlNotRead> {
        if piece.text.contains(is_invisible) {
            return Err(UrlNotRead::Invisible);
        }
        if let Some(letter) = piece.text.chars().find(|letter| letter.is_control()) {
            return Err(UrlNotRead::Control(letter));
        }
        let mut done = Vec::new();
        if piece.was_quoted {
            done.push(Done::Unquoted);
        }
        let plain = refang(piece.text)?;
        if plain.is_some() || was_veiled {
            done.push(Done::Refanged);
        }
        let mut url = strict(plain.as_ref().map_or(piece.text, |plain| plain.as_str()))?;
        for round in 0.. {
            let Some((wrapper, inner)) = wrapper::unwrapped(&url, self.wrappers) else { break };
            if round == MOST_WRAPPERS {
                return Err(UrlNotRead::WrappedTooOften);
            }
            done.push(Done::Unwrapped(wrapper.name));
            done.extend(inner.done);
            url = inner.url;
        }
        Ok(UrlReading { url, done })
    }
}

/// An address, also defanged (`192[.]0[.]2[.]1`, `2001[:]db8[:][:]1`).
#[must_use]
pub fn read_address(text: &str) -> Option<IpAddr> {
    text.trim().replace("[.]", ".").replace("(.)", ".").replace("[:]", ":").parse().ok()
}

/// Parses a URL and checks that such a host can exist.
fn strict(text: &str) -> Result<ReportedUrl, UrlNotRead> {
    host::check_seams(text)?;
    let url = ReportedUrl::parse(text)?;
    host::check_host(&url.canonical().host())?;
    Ok(url)
}

/// A text without the invisible characters at its ends.
struct Prepared {
    plain: Zeroizing<String>,
    /// A zero-width space stood behind every character, one of the forms that the package `defang` writes.
    was_veiled: bool,
}

fn prepared(text: &str) -> Result<Prepared, UrlNotRead> {
    if text.len() > TEXT_LIMIT_BYTES {
        return Err(UrlNotRead::TextTooLong);
    }
    let text = text.trim_matches(|letter: char| letter.is_whitespace() || is_invisible(letter));
    let was_veiled = text.contains('\u{200b}') && text.chars().skip(1).step_by(2).all(|letter| letter == '\u{200b}');
    let plain = if was_veiled { text.chars().step_by(2).collect() } else { text.to_owned() };
    Ok(Prepared { plain: Zeroizing::new(plain), was_veiled })
}

/// Characters that nobody sees and that join or shape nothing: a zero-width joiner is part of some scripts' words.
const fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

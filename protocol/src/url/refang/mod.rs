//! Undoes the marks that made a URL no link: everywhere in it, or not at all.
//!
//! A text is *defanged* where its scheme, the separator behind it, or its host says so: none of these can be part of a
//! URL that works. Then every mark in it is undone, in path and query too, as tools write them there. A text with a
//! plain scheme and a plain host keeps every byte, even if there are marks in its path.

use thiserror::Error;
use zeroize::Zeroizing;

use super::notation::{Dot, Mark, Word, mark_at, plain_word, scheme_at};

/// A defanged text with an uncertain plain form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the URL is defanged in two ways at once: write it plainly, or its dots and schemes all in one way")]
pub struct DefangedUnclearly;

/// Undoes a defanged URL; `None` where the text is not one. The caller finds out the nature of any other text.
///
/// `[.]`, `[:]`, `[/]`, `[@]`, `(at)` and the like are undone wherever they stand. Other dots (`(.)`, `{.}`, `\.`, `[dot]`)
/// are undone in the host, and behind it where the host has them too. `hxxp` behind the host is undone where the scheme is
/// written so. A mark behind the host that the beginning does not have is refused: the URL may have it so, or not.
pub fn refang(text: &str) -> Result<Option<Zeroizing<String>>, DefangedUnclearly> {
    let Some(scheme) = scheme_at(text) else { return Ok(None) };
    let (authority, rest) = split_authority(&text[scheme.length..]);
    let (host, dots, host_is_marked) = undo_host(authority, scheme.word);
    let is_defanged = scheme.word != Word::Http || !scheme.separator_is_plain || host_is_marked;
    if !(is_defanged || rest.starts_with("[/]")) {
        return Ok(None);
    }
    let mut plain = Zeroizing::new(String::with_capacity(text.len()));
    plain.push_str(&scheme.plain);
    plain.push_str(&host);
    undo_behind(&mut plain, rest, scheme.word, &dots)?;
    Ok(Some(plain))
}

/// Whether a text begins like a URL with a scheme, defanged or not.
#[must_use]
pub fn begins_like_url(text: &str) -> bool {
    scheme_at(text).is_some()
}

/// A backslash ends the authority, as a slash does, unless it is the mark of a dot.
fn split_authority(text: &str) -> (&str, &str) {
    let ends = |(place, found): &(usize, char)| match found {
        '/' | '?' | '#' => true,
        '\\' => !text[*place..].starts_with("\\."),
        '[' => text[*place..].starts_with("[/]"),
        _ => false,
    };
    let end = text.char_indices().find(ends).map_or(text.len(), |(place, _)| place);
    text.split_at(end)
}

/// The authority without its marks, the kinds of dots in it, and whether there was any mark.
fn undo_host(authority: &str, scheme: Word) -> (Zeroizing<String>, Vec<Dot>, bool) {
    let mut plain = Zeroizing::new(String::with_capacity(authority.len()));
    let (mut dots, mut is_marked) = (Vec::new(), false);
    let mut rest = authority;
    while let Some(first) = rest.chars().next() {
        let (length, written) = match mark_at(rest) {
            Some((Mark::For(text), length)) => (length, Some(text)),
            Some((Mark::Dot(dot), length)) => {
                dots.push(dot);
                (length, Some("."))
            }
            // Some tools turn the word wherever it stands.
            Some((Mark::BareWord, length)) if scheme == Word::Hxxp => {
                plain.push_str(&plain_word(&rest[..length]));
                rest = &rest[length..];
                continue;
            }
            _ => (first.len_utf8(), None),
        };
        is_marked |= written.is_some();
        plain.push_str(written.unwrap_or(&rest[..length]));
        rest = &rest[length..];
    }
    (plain, dots, is_marked)
}

fn undo_behind(plain: &mut String, mut rest: &str, scheme: Word, dots: &[Dot]) -> Result<(), DefangedUnclearly> {
    while let Some(first) = rest.chars().next() {
        let length = match mark_at(rest) {
            Some((Mark::For(text), length)) => {
                plain.push_str(text);
                length
            }
            Some((Mark::Dot(dot), length)) if dots.contains(&dot) => {
                plain.push('.');
                length
            }
            Some((Mark::Scheme(inner), length)) if inner.word == scheme || inner.word == Word::Http => {
                plain.push_str(&inner.plain);
                length
            }
            Some((Mark::Dot(_) | Mark::Scheme(_), _)) => return Err(DefangedUnclearly),
            Some((Mark::BareWord, length)) if scheme == Word::Hxxp => {
                plain.push_str(&plain_word(&rest[..length]));
                length
            }
            Some((Mark::BareWord, _)) | None => {
                plain.push(first);
                first.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    Ok(())
}

#[cfg(test)]
mod tests;

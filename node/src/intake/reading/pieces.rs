//! Separation of a text's URLs from each other and from the characters that people write around them.

use hotline_protocol::url::{UrlRefused, begins_like_url};

use super::{MOST_URLS, UrlNotRead};

/// Separators between the items of a list.
const BETWEEN: [char; 3] = [',', ';', '|'];
/// Characters that end a sentence, behind a closing quote or bracket.
const ENDS: [char; 7] = ['.', ',', ';', ':', '!', '?', '|'];
/// Most quotes and brackets around one URL.
const MOST_QUOTES: usize = 4;
/// Quotes and brackets that no URL ends with.
const STRAY: [char; 10] = ['"', '<', '>', '“', '”', '„', '«', '»', '‹', '›'];

/// One URL of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    pub text: &'a str,
    /// Quotes or brackets around it were taken off.
    pub was_quoted: bool,
}

/// Returns the URLs of a text, or the only piece in it, even if that is no URL. A comma, semicolon or bar ends a URL
/// where another one begins behind it; else it is the URL's own.
pub(super) fn pieces(text: &str) -> Result<Vec<Piece<'_>>, UrlNotRead> {
    let words = text.split(char::is_whitespace).filter(|word| !word.is_empty());
    let mut parts: Vec<&str> = words.flat_map(parts).collect();
    if let [only] = parts[..] {
        return Ok(vec![freed(only)?]);
    }
    let urls = parts.iter().filter(|part| is_like_url(part)).count();
    if urls == 0 {
        let nothing = if parts.is_empty() { UrlNotRead::Nothing } else { UrlRefused::NoScheme.into() };
        return Err(nothing);
    }
    parts.retain(|part| is_like_url(part) || !is_bullet(part));
    if parts.len() > urls {
        return Err(UrlNotRead::Apart);
    }
    if urls > MOST_URLS {
        return Err(UrlNotRead::TooMany);
    }
    // A separator that ends an item before the last ends the last one, too.
    let is_list = parts.len() > 1 && parts[..parts.len() - 1].iter().any(|part| part.ends_with(BETWEEN));
    let last = parts.len() - 1;
    let mut pieces = Vec::with_capacity(parts.len());
    for (place, part) in parts.into_iter().enumerate() {
        let ends_here = place < last || is_list;
        pieces.push(freed(if ends_here { part.trim_end_matches(BETWEEN) } else { part })?);
    }
    Ok(pieces)
}

/// Cuts a word behind each comma, semicolon or bar with a URL behind it.
fn parts(word: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, begins) = (0, is_like_url(word) || has_bare_scheme(opened(word)));
    for (place, found) in word.match_indices(BETWEEN) {
        let behind = place + found.len();
        if begins && is_like_url(&word[behind..]) {
            parts.push(&word[start..behind]);
            start = behind;
        }
    }
    parts.push(&word[start..]);
    parts
}

/// Whether a text begins like `http:host`: that is a URL too, though nobody writes a list of such.
fn has_bare_scheme(text: &str) -> bool {
    ["http:", "https:"]
        .into_iter()
        .any(|scheme| text.get(..scheme.len()).is_some_and(|begins| begins.eq_ignore_ascii_case(scheme)))
}

/// Whether a URL begins here, perhaps behind quotes or brackets.
fn is_like_url(part: &str) -> bool {
    begins_like_url(part) || begins_like_url(opened(part))
}

fn opened(part: &str) -> &str {
    let inner = part.trim_start_matches(|letter| !closings(letter).is_empty());
    let label = inner.get(..4).filter(|label| inner.len() < part.len() && label.eq_ignore_ascii_case("url:"));
    label.map_or(inner, |label| &inner[label.len()..])
}

/// Whether a part only introduces an item of a list: a dash, a dot, a number, or a separator between items.
fn is_bullet(part: &str) -> bool {
    let mark = part.trim_end_matches(['.', ')', ':']);
    let is_number = !mark.is_empty() && mark.len() <= 4 && mark.bytes().all(|byte| byte.is_ascii_digit());
    is_number
        || part.chars().all(|letter| matches!(letter, '-' | '–' | '—' | '*' | '+' | '•' | '·' | '>' | ',' | ';' | '|'))
}

/// Removes quotes and brackets around a URL, and the end of the sentence behind them.
fn freed(part: &str) -> Result<Piece<'_>, UrlNotRead> {
    let (mut text, mut depth) = (part, 0);
    while let Some(first) = text.chars().next().filter(|_| !begins_like_url(text) && is_like_url(text)) {
        let inner = text[first.len_utf8()..].trim_end_matches(ENDS);
        let closed = closings(first).iter().find_map(|closing| inner.strip_suffix(*closing));
        text = closed.filter(|_| depth < MOST_QUOTES).ok_or(UrlNotRead::QuoteStray)?;
        depth += 1;
        if text.get(..4).is_some_and(|label| label.eq_ignore_ascii_case("url:")) {
            text = &text[4..];
        }
    }
    if begins_like_url(text) && text.ends_with(STRAY) {
        Err(UrlNotRead::QuoteStray)
    } else {
        Ok(Piece { text, was_quoted: depth > 0 })
    }
}

/// Returns the closing marks of a quote or bracket; none where the letter opens none.
const fn closings(opening: char) -> &'static [char] {
    match opening {
        '<' => &['>'],
        '(' => &[')'],
        '[' => &[']'],
        '{' => &['}'],
        '"' => &['"'],
        '\'' => &['\''],
        '`' => &['`', '\''],
        '“' => &['”', '“'],
        '”' => &['”'],
        '„' => &['“', '”'],
        '‘' => &['’', '‘'],
        '’' => &['’'],
        '‚' => &['‘', '’'],
        '«' => &['»'],
        '»' => &['«', '»'],
        '‹' => &['›'],
        '›' => &['‹'],
        _ => &[],
    }
}

//! Hosts that can be: an address, or a name that a name server could know.

use hotline_protocol::url::Host;

use super::UrlNotRead;

/// Longest label and longest name (RFC 1035, section 2.3.4), the name without its final dot.
const LONGEST: (usize, usize) = (63, 253);

/// An address, or labels of letters, digits, `-` and `_`, none empty, with a dot between. The name is in ASCII, after IDNA.
pub(super) fn check_host(host: &Host<&str>) -> Result<(), UrlNotRead> {
    let Host::Domain(name) = host else { return Ok(()) };
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if !name.bytes().all(is_letter) {
        return Err(UrlNotRead::HostCharacter);
    }
    if name.split('.').any(str::is_empty) {
        return Err(UrlNotRead::HostDots);
    }
    if !name.contains('.') {
        return Err(UrlNotRead::HostWithoutDot);
    }
    let (label, whole) = LONGEST;
    if name.len() > whole || name.split('.').any(|part| part.len() > label) {
        return Err(UrlNotRead::HostTooLong);
    }
    Ok(())
}

/// A URL that begins in the middle of another: in its host (`a.testhttps://…`), or behind a letter or digit.
pub(super) fn check_seams(url: &str) -> Result<(), UrlNotRead> {
    let lower = url.to_ascii_lowercase();
    let Some(rest) = lower.strip_prefix("https:").or_else(|| lower.strip_prefix("http:")) else { return Ok(()) };
    // `http:host` and `http:/host` are read as `http://host`.
    let rest = rest.trim_start_matches(['/', '\\']);
    // In a path a backslash is a slash, and is shown as one.
    let (path, query) = rest.split_at(rest.find(['?', '#']).unwrap_or(rest.len()));
    let rest = path.replace('\\', "/") + query;
    let (authority, behind) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    if behind.starts_with("//") {
        match authority.strip_suffix("http:").or_else(|| authority.strip_suffix("https:")) {
            Some("") => return Err(UrlNotRead::SchemeTwice),
            Some(_) => return Err(UrlNotRead::Glued),
            None => {}
        }
    }
    let is_glued = |(place, _): (usize, &str)| {
        let (before, from) = behind.split_at(place);
        (from.starts_with("http://") || from.starts_with("https://"))
            && before.ends_with(|letter: char| letter.is_ascii_alphanumeric())
            && !ends_in_escape(before)
    };
    if behind.match_indices("http").any(is_glued) { Err(UrlNotRead::Glued) } else { Ok(()) }
}

/// Whether a text ends in `%` and two hexadecimal digits.
fn ends_in_escape(text: &str) -> bool {
    let mut last = text.bytes().rev();
    let mut is_digit = || last.next().is_some_and(|byte| byte.is_ascii_hexdigit());
    is_digit() && is_digit() && last.next() == Some(b'%')
}

//! Defanged URLs: readable by a person, a link to no program.

use url::{Host, Position, Url};

use super::notation::mark_at;

/// Writes a URL so that nothing makes a link of it: `hxxp://host[.]tld/path`, `hxxps` for https.
///
/// Every dot of the host is `[.]`, every colon of an IPv6 address `[:]`; userinfo is dropped, control characters too.
/// URLs within the path or query (archives and redirectors carry them) lose their `http` as well. A text that is not a
/// URL with a host has every dot written `[.]` and every `://` `[:]//`.
///
/// [`super::refang`] gives a web URL back to the byte. Where the URL itself has a text like a mark, the first character
/// stands between brackets (`/a[.]b` is shown as `/a[[].]b`).
#[must_use]
pub fn defang(text: &str) -> String {
    match Url::parse(text) {
        Ok(url) if url.host().is_some() => with_host_defanged(&url),
        _ => inert(text),
    }
}

fn with_host_defanged(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let host = match url.host() {
        Some(Host::Ipv6(_)) => format!("[{}]", host.trim_matches(['[', ']']).replace(':', "[:]")),
        _ => host.replace("hxxp", "[h]xxp").replace('.', "[.]"),
    };
    let port = &url[Position::AfterHost..Position::AfterPort];
    let scheme = swap_letters(&format!("{}://", url.scheme()));
    let mut text = format!("{scheme}{host}{port}");
    push_behind(&mut text, &url[Position::BeforePath..]);
    text
}

/// Appends path, query and fragment, in ASCII.
fn push_behind(text: &mut String, behind: &str) {
    let mut rest = behind;
    while let Some(first) = rest.chars().next() {
        let scheme = web_scheme_at(rest);
        if let Some(scheme) = scheme.filter(|scheme| !scheme.starts_with("hTTp")) {
            text.push_str(&swap_letters(scheme));
            rest = &rest[scheme.len()..];
            continue;
        }
        if let Some(scheme) = scheme {
            // Written with `XX` it would be read back as `http`.
            text.push_str(&scheme.replace("://", "[:]//"));
            rest = &rest[scheme.len()..];
            continue;
        }
        if mark_at(rest).is_some() {
            text.extend(['[', first, ']']);
        } else {
            text.push(first);
        }
        rest = &rest[first.len_utf8()..];
    }
}

/// `http://` or `https://` in any case, at the beginning of a text.
fn web_scheme_at(text: &str) -> Option<&str> {
    let begins = |start: &str| text.get(..start.len()).filter(|found| found.eq_ignore_ascii_case(start));
    begins("http://").or_else(|| begins("https://"))
}

fn inert(text: &str) -> String {
    let printable: String = text.chars().filter(|character| !character.is_control()).collect();
    swap_letters(&printable).replace("://", "[:]//").replace('.', "[.]")
}

/// Turns `t` to `x` in every `http` that is a web scheme; the case stays.
fn swap_letters(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut swapped = text.to_owned();
    for (start, _) in lower.match_indices("http") {
        let rest = &lower[start + 4..];
        if rest.starts_with("://") || rest.starts_with("s://") {
            let letters = start + 1..start + 3;
            swapped.replace_range(letters.clone(), &text[letters].replace('t', "x").replace('T', "X"));
        }
    }
    swapped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::url::refang;

    #[test]
    fn a_url_is_written_so_that_it_is_no_link() {
        for (given, shown) in [
            ("http://example.test/a.b", "hxxp://example[.]test/a.b"),
            ("https://www.example.test:8443/a?b=c.d#e", "hxxps://www[.]example[.]test:8443/a?b=c.d#e"),
            ("HTTPS://Example.TEST", "hxxps://example[.]test/"),
            ("http://name:word@example.test/", "hxxp://example[.]test/"),
            ("http://192.0.2.1/a", "hxxp://192[.]0[.]2[.]1/a"),
            ("http://[2001:db8::1]:81/a", "hxxp://[2001[:]db8[:][:]1]:81/a"),
            ("http://b\u{fc}cher.example/", "hxxp://xn--bcher-kva[.]example/"),
            ("http://a.test/HTTPS://b.test/", "hxxp://a[.]test/HXXPS://b.test/"),
            ("http://exa\nmple.test/\u{7}", "hxxp://example[.]test/"),
            ("ftp://name:word@example.test/a", "ftp://example[.]test/a"),
        ] {
            assert_eq!(defang(given), shown);
        }
    }

    #[test]
    fn what_is_no_url_becomes_no_link_either() {
        for (given, shown) in [
            ("example.test/a.b", "example[.]test/a[.]b"),
            ("http://exa mple.test/", "hxxp[:]//exa mple[.]test/"),
            ("see http://a.test\n", "see hxxp[:]//a[.]test"),
            ("", ""),
        ] {
            assert_eq!(defang(given), shown);
        }
    }

    #[test]
    fn what_would_be_a_mark_is_held_by_brackets() {
        for (given, shown) in [
            ("http://a.test/b[.]c.d", "hxxp://a[.]test/b[[].]c.d"),
            ("http://a.test/hxxp/http", "hxxp://a[.]test/[h]xxp/http"),
            ("http://a.test/x(dot)y?f[0]=1", "hxxp://a[.]test/x[(]dot)y?f[0]=1"),
        ] {
            assert_eq!(defang(given), shown);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_defanged_without_a_panic_and_holds_no_link(text in any::<String>()) {
            let shown = defang(&text);
            prop_assert!(!shown.to_ascii_lowercase().contains("http://"));
            let _ = refang(&text);
            let _ = refang(&shown);
        }
    }
}

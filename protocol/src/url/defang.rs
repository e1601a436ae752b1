//! Defanged URLs: readable by a person, a link to no program.

use url::{Host, Position, Url};

/// Writes a URL so that nothing makes a link of it: `hxxp://host[.]tld/path`, `hxxps` for https.
///
/// Every dot of the host is `[.]`, every colon of an IPv6 address `[:]`; userinfo is dropped, control
/// characters too. URLs within the path or query (archives and redirectors carry them) lose their
/// `http` as well. What is not a URL with a host has every dot written `[.]` and every `://` `[:]//`.
#[must_use]
pub fn defang(text: &str) -> String {
    match Url::parse(text) {
        Ok(url) if url.host().is_some() => swap_letters(&with_host_defanged(&url), "http"),
        _ => inert(text),
    }
}

/// Undoes [`defang`], so that a defanged URL can be given back: the canonical form is the same as before.
///
/// Also takes `[:]//` and `[://]` after the scheme, as others write it. In the path only `hxxp://` and
/// `hxxps://` are changed. The result is not checked.
#[must_use]
pub fn refang(text: &str) -> String {
    let whole = swap_letters(&text.replacen("[://]", "://", 1).replacen("[:]//", "://", 1), "hxxp");
    let Some((scheme, rest)) = whole.split_once("://") else { return whole };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len()));
    let authority = authority.replace("[.]", ".").replace("[:]", ":");
    format!("{scheme}://{authority}{path}")
}

fn with_host_defanged(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let host = match url.host() {
        Some(Host::Ipv6(_)) => format!("[{}]", host.trim_matches(['[', ']']).replace(':', "[:]")),
        _ => host.replace('.', "[.]"),
    };
    let port = &url[Position::AfterHost..Position::AfterPort];
    format!("{}://{host}{port}{}", url.scheme(), &url[Position::BeforePath..])
}

fn inert(text: &str) -> String {
    let printable: String = text.chars().filter(|character| !character.is_control()).collect();
    swap_letters(&printable, "http").replace("://", "[:]//").replace('.', "[.]")
}

/// Swaps `t` and `x` in every `http` (or every `hxxp`) that is a web scheme; the case stays.
fn swap_letters(text: &str, scheme: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut swapped = text.to_owned();
    for (start, _) in lower.match_indices(scheme) {
        let rest = &lower[start + scheme.len()..];
        if rest.starts_with("://") || rest.starts_with("s://") {
            let letters = start + 1..start + 3;
            swapped.replace_range(letters.clone(), &text[letters].chars().map(swap).collect::<String>());
        }
    }
    swapped
}

fn swap(letter: char) -> char {
    match letter {
        't' => 'x',
        'T' => 'X',
        'x' => 't',
        'X' => 'T',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::url::CanonicalUrl;

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
    fn a_defanged_url_is_read_back() {
        for (pasted, url) in [
            ("hxxp://example[.]test/a[.]b", "http://example.test/a[.]b"),
            ("hXXps://example[.]test", "hTTps://example.test"),
            ("hxxps[:]//example[.]test/", "https://example.test/"),
            ("hxxps[://]example[.]test/", "https://example.test/"),
            ("hxxp://[2001[:]db8[:][:]1]:81/", "http://[2001:db8::1]:81/"),
            ("http://example.test/a", "http://example.test/a"),
            ("example[.]test", "example[.]test"),
        ] {
            assert_eq!(refang(pasted), url);
        }
    }

    proptest! {
        #[test]
        fn what_was_defanged_comes_back_as_the_same_url(
            host in r"([a-z][a-z0-9]{0,7}\.){1,3}(test|example)|\[2001:db8::[0-9a-f]{1,4}\]|192\.0\.2\.[1-9]",
            path in r"(/[a-zA-Z.%\[\]:@]{0,8}|/https?://a\.test){0,3}(\?[ -~]{0,12})?",
        ) {
            let given = format!("https://{host}{path}");
            let canonical = CanonicalUrl::parse(&given).expect("a URL");
            prop_assert_eq!(CanonicalUrl::parse(&refang(&defang(&given))), Ok(canonical));
        }

        #[test]
        fn any_text_is_defanged_and_read_back_without_a_panic(text in any::<String>()) {
            let shown = defang(&text);
            prop_assert!(!shown.to_ascii_lowercase().contains("http://"));
            let _ = refang(&text);
            let _ = refang(&shown);
        }
    }
}

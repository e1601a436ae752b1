//! Tools' notations of a URL, and texts that nobody can read.

use proptest::prelude::*;

use super::*;
use crate::url::{CanonicalUrl, defang};

fn plain(text: &str) -> Option<String> {
    refang(text).expect("clear").map(|plain| plain.to_string())
}

#[test]
fn every_mark_of_a_defanged_url_is_undone_also_behind_the_host() {
    for (written, url) in [
        ("hxxps[://]www[.]example[.]com/a[.]b", "https://www.example.com/a.b"),
        ("hxxp://a[.]test/hxxp/x?u=hxxps[://]b[.]test/c", "http://a.test/http/x?u=https://b.test/c"),
        ("hXXp://a[.]test/?u=hXXps://b[.]test", "http://a.test/?u=https://b.test"),
        ("HXXP://a[.]test/HXXP", "HTTP://a.test/HTTP"),
        ("hxxps[:]//a[.]test", "https://a.test"),
        ("hxxps:[//]a[.]test/?u=hxxp:[//]b[.]test", "https://a.test/?u=http://b.test"),
        ("hxxp(://)a[.]test/", "http://a.test/"),
        ("http[:]//a.test/hxxp", "http://a.test/hxxp"),
        ("hxxps[://]hxxp[.]test/a", "https://http.test/a"),
        ("http[:]//hxxp.test/a", "http://hxxp.test/a"),
        ("https://a(.)example(.)com/b(.)c", "https://a.example.com/b.c"),
        ("https://a{.}test/b", "https://a.test/b"),
        ("https://www.example\\.com/a\\.b", "https://www.example.com/a.b"),
        ("https://a(dot)example[DOT]com/b[dot]c", "https://a.example.com/b.c"),
        ("htxp://a.test/", "http://a.test/"),
        ("h**ps://a.test/", "https://a.test/"),
        ("h[tt]p://a.test/", "http://a.test/"),
        ("meows://a[.]test/meow", "https://a.test/meow"),
        ("hxxp://192[.]0[.]2[.]1[:]8080[/]a", "http://192.0.2.1:8080/a"),
        ("hxxp://[2001[:]db8[:][:]1]:81/a", "http://[2001:db8::1]:81/a"),
        ("hxxp[://][2001:db8::1]/a", "http://[2001:db8::1]/a"),
        ("hxxp://name(at)a[.]test/b[@]c", "http://name@a.test/b@c"),
        ("hxxp://a.test/?f[0]=1&g[x]=2", "http://a.test/?f[0]=1&g[x]=2"),
    ] {
        assert_eq!(plain(written).as_deref(), Some(url), "{written}");
    }
}

#[test]
fn a_url_whose_scheme_and_host_are_plain_keeps_every_byte() {
    for url in [
        "https://a.test/b[.]c(dot)d?hxxp://e[.]f=\\.&g={.}",
        "http://[2001:db8::1]/a[.]b",
        "http://a.test:80/[://]hxxps",
        "http://user@a.test/(at)",
        "https://a.test\\b",
        "a[.]test/b",
        "ftp://a[.]test/",
        "hxxp:/a[.]test",
        "",
    ] {
        assert_eq!(plain(url), None, "{url}");
    }
}

#[test]
fn a_mark_behind_the_host_that_its_beginning_does_not_have_is_refused() {
    for written in [
        "hxxp://a[.]test/b(.)c",
        "hxxp://a[.]test/b[dot]c",
        "hxxp://a(.)test/b\\.c",
        "http://a[.]test/?u=hxxp://b",
        "hxxp://a[.]test/?u=meow://b",
    ] {
        assert_eq!(refang(written), Err(DefangedUnclearly), "{written}");
    }
}

/// As `CyberChef`'s "Defang URL" writes, with all of its ticks set.
fn as_cyberchef(url: &str) -> String {
    url.replace('.', "[.]").replace("http", "hxxp").replace("://", "[://]")
}

/// As the package `defang` writes, with the host's last dot alone or all of them, and perhaps the colon.
fn as_defang(host: &str, path: &str, all_dots: bool, colon: bool) -> String {
    let host = match host.rsplit_once('.') {
        Some((front, last)) if !all_dots => format!("{front}[.]{last}"),
        _ => host.replace('.', "[.]"),
    };
    format!("hXXps{}{host}{path}", if colon { "[:]//" } else { "://" })
}

/// As the package `ioc_fanger` writes: dots and `@` between other characters, and every scheme.
fn as_ioc_fanger(url: &str) -> String {
    let is_word = |letter: Option<&u8>| letter.is_some_and(|letter| letter.is_ascii_alphanumeric() || *letter == b'_');
    let bytes = url.as_bytes();
    let mut written = String::new();
    for (place, letter) in url.char_indices() {
        let before = place.checked_sub(1).and_then(|place| bytes.get(place));
        let after = bytes.get(place + 1);
        match letter {
            '.' if is_word(before) && is_word(after) => written.push_str("[.]"),
            '@' if before.is_some() && after.is_some() => written.push_str("(at)"),
            other => written.push(other),
        }
    }
    written.replace("https:", "hXXps:").replace("http:", "hXXp:")
}

/// A path of everything that is a mark, or nearly one.
fn path_of_marks() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "[.]",
        "(.)",
        "{.}",
        "\\.",
        "[dot]",
        "(DOT)",
        "(at)",
        "[@]",
        "[:]",
        "[/]",
        "[://]",
        "hxxp",
        "hXXp",
        "HXXPS",
        "http",
        "https://",
        "HTTP://",
        "hTTp://",
        "http[:]//",
        "http:[//]",
        "hxxp[://]",
        "meow",
        "meow://",
        "htxp://",
        "h**p://",
        "h[tt]p://",
        "[h]xxp",
        "[m]eow",
        "[h]",
        "[[]",
        "[(]",
        "[",
        "]",
        "(",
        ")",
        "{",
        "}",
        ".",
        ":",
        "/",
        "s",
        "a",
        "%2E",
        "@",
        "dot",
        "?",
        "#",
        "&x[0]=1",
        "//",
        "*",
        "\\",
    ]);
    prop::collection::vec(pieces, 0..9).prop_map(|pieces| pieces.concat())
}

const HOST: &str =
    r"(hxxp|http)?([a-z][a-z0-9_-]{0,7}\.){1,3}(test|example)|\[2001:db8::[0-9a-f]{1,4}\]|192\.0\.2\.[1-9]";

proptest! {
    #[test]
    fn what_our_own_pages_show_of_any_url_is_read_back_to_the_byte(
        scheme in "https?", host in HOST, port in "(:8[0-9]{3})?", path in path_of_marks(),
    ) {
        let given = format!("{scheme}://{host}{port}/{path}");
        let url = url::Url::parse(&given).expect("a URL").to_string();
        let shown = defang(&given);
        let read = plain(&shown);
        prop_assert_eq!(read.as_deref(), Some(url.as_str()), "{}", shown);
        prop_assert_eq!(plain(&url), None, "what is plain stays");
    }

    #[test]
    fn what_the_usual_tools_write_of_a_url_is_read_back_to_the_byte(
        host in r"(http\.)?([a-z][a-z0-9-]{0,6}[a-z0-9]\.){1,3}(test|example)",
        path in r"(/(@?[a-z0-9]{1,5}(\.[a-z]{1,3})?|http|http-[a-z]{1,3}|%[0-9]A)){0,3}(\?([a-z]=[a-z0-9.,;:@|+-]{0,5}&?|u=https?://[a-z]{1,3}\.test/[a-z.]{0,4}){0,3})?",
    ) {
        let url = format!("https://{host}{path}");
        let mut written = vec![as_cyberchef(&url), as_ioc_fanger(&url)];
        for (all_dots, colon) in [(false, false), (false, true), (true, false), (true, true)] {
            written.push(as_defang(&host, &path, all_dots, colon));
        }
        for written in written {
            let read = plain(&written);
            prop_assert_eq!(read.as_deref(), Some(url.as_str()), "{}", written);
        }
    }

    #[test]
    fn whatever_is_shown_has_its_canonical_form_when_it_is_read(host in HOST, path in r"(/[ -~]{0,9}){0,3}(\?[ -~]{0,12})?") {
        let given = format!("https://{host}{path}");
        let canonical = CanonicalUrl::parse(&given).expect("a URL");
        let read = refang(&defang(&given)).expect("clear").expect("defanged");
        prop_assert_eq!(CanonicalUrl::parse(&read), Ok(canonical));
    }

    #[test]
    fn what_was_undone_is_not_undone_again(text in prop_oneof![any::<String>(), path_of_marks()], start in "(hxxp|http)s?(://|\\[:\\]//)a\\[\\.\\]test/") {
        for text in [text.clone(), format!("{start}{text}")] {
            if let Ok(Some(once)) = refang(&text) {
                prop_assert!(!matches!(refang(&once), Ok(Some(again)) if CanonicalUrl::parse(&once).is_ok() && again != once));
            }
        }
    }
}

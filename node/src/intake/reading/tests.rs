//! Tests of the texts read and of those refused, and that reading a result again changes nothing.

use hotline_protocol::url::{UrlRefused, defang};
use proptest::prelude::*;

use super::*;

fn one(text: &str) -> Result<String, UrlNotRead> {
    Reader::default().one(text).map(|reading| reading.url.as_given().to_owned())
}

fn all(text: &str) -> Result<Vec<String>, UrlNotRead> {
    let given = |reading: UrlReading| reading.url.as_given().to_owned();
    Reader::default().all(text).map(|read| read.into_iter().map(given).collect())
}

#[test]
fn a_url_that_is_plain_keeps_every_byte() {
    for url in [
        "https://chalk.example.com/a[.]b(dot)c?hxxp://d[.]e=\\.&f={.}#(.)",
        "http://alder.test:8080/x,y;z|w?u=a,b&v=http%3A%2F%2Fb.test",
        "https://alder.test/archive/https://birch.test/a.",
        "https://alder.test/?u=https://birch.test/",
        "https://alder.test/?next=%2Flogin%3Fu%3Dhttps://birch.test",
        "HTTPS://Name:Word@Alder.Test./A%41#part",
        "http://[2001:db8::1]:81/a",
        "http://0xC0.0x0.0x02.0x1/",
        "https://b\u{fc}cher.example/\u{e9}",
        "https://a_b-c.d--e.-f.example/",
        "http:alder.test/a",
        "https://alder.test/(a)'b'",
        "https://alder.test/hallo!",
    ] {
        assert_eq!(one(url).as_deref(), Ok(url));
        assert!(Reader::default().one(url).expect(url).done.is_empty(), "{url}");
    }
}

#[test]
fn quotes_and_brackets_around_a_url_are_taken_off_and_told() {
    for (text, url) in [
        ("<https://alder.test/a>", "https://alder.test/a"),
        ("<URL:https://alder.test/a>.", "https://alder.test/a"),
        ("\"https://alder.test/a\",", "https://alder.test/a"),
        ("\u{ab}https://alder.test/a\u{bb}", "https://alder.test/a"),
        ("\u{201e}https://alder.test/a\u{201c}", "https://alder.test/a"),
        ("(https://alder.test/a_(b))", "https://alder.test/a_(b)"),
        ("'<https://alder.test/>'", "https://alder.test/"),
        ("\"hxxps[://]alder[.]test/a[.]b\"", "https://alder.test/a.b"),
    ] {
        let reading = Reader::default().one(text).expect(text);
        assert_eq!(reading.url.as_given(), url, "{text}");
        assert_eq!(reading.done.first(), Some(&Done::Unquoted), "{text}");
        assert!(reading.shown().read_as.is_some_and(|shown| shown == defang(url)), "{text}");
    }
}

#[test]
fn what_is_not_understood_is_refused_with_its_reason() {
    use UrlNotRead as N;
    for (text, refused) in [
        ("", N::Nothing),
        (" \u{feff}\r\n", N::Nothing),
        ("chalk,example,com", UrlRefused::NoScheme.into()),
        ("chalk.example.com/a", UrlRefused::NoScheme.into()),
        ("see chalk.example.com please", UrlRefused::NoScheme.into()),
        ("https://chalk,example,com/a", N::HostCharacter),
        ("hxxps://chalk[,]example[.]com/a", UrlRefused::HostMalformed.into()),
        ("http://https://chalk.example.com/d", N::SchemeTwice),
        ("https://http://chalk.example.com/d", N::SchemeTwice),
        ("hxxp://hxxps://chalk[.]example[.]com/d", N::SchemeTwice),
        ("https://chalk.example.com\"", N::QuoteStray),
        ("https://chalk.example.com'", N::HostCharacter),
        ("https://chalk.example.com/a>", N::QuoteStray),
        ("\"https://chalk.example.com/a", N::QuoteStray),
        ("(https://chalk.example.com/a", N::QuoteStray),
        ("https://chalk..example.com/", N::HostDots),
        ("https://.example.com/", N::HostDots),
        ("https://chalk.example.com../", N::HostDots),
        ("https://localhost/", N::HostWithoutDot),
        ("https://chalk/", N::HostWithoutDot),
        ("https://chalk dot example dot com/", N::Apart),
        ("https://chalk [.] example [.] com/", N::Apart),
        ("https://chalk.example.com/a b", N::Apart),
        ("https://chalk.example.com/a\nb", N::Apart),
        ("https://chalk.example.com/a\u{a0}see below", N::Apart),
        ("https://chalk(.example.com/", N::HostCharacter),
        ("https://chalk[.example.com/", UrlRefused::HostMalformed.into()),
        ("https://chalk!.example.com/", N::HostCharacter),
        ("https://chalk\u{200b}.example.com/", N::Invisible),
        ("https://chalk.example.com/a\u{202e}b", N::Invisible),
        ("https://chalk.example.com/a\u{e0041}b", N::Invisible),
        ("https://chalk.example.com/a\u{1b}[31mb", N::Control('\u{1b}')),
        ("https://chalk.example.com/a\u{7f}b", N::Control('\u{7f}')),
        ("https://cha\u{9b}lk.example.com/", N::Control('\u{9b}')),
        ("hxxps://chalk[.]example[.]com/\0", N::Control('\0')),
        ("\0https://chalk.example.com/", N::Control('\0')),
        ("https://chalk.example.com/a\tb", N::Apart),
        ("https://chalk.example.com/a\r\nb", N::Apart),
        ("hxxp://chalk[.]example.com/a(.)b", DefangedUnclearlyForTest.into()),
        ("https://chalk.example.comhttps://alder.test", N::Glued),
        ("https://chalk.example.com/ahttps://alder.test", N::Glued),
        ("https:chalk.example.com/ahttps://alder.test", N::Glued),
        ("http:/chalk.example.com?ahttps://alder.test", N::Glued),
        ("HTTP:\\\\chalk.example.com/ahttp://alder.test", N::Glued),
        ("http:https://chalk.example.com/d", N::SchemeTwice),
        ("https://chalk.example.com/ahttp:\\/alder.test", N::Glued),
        ("http:chalk.example.com/a;http://alder.test", N::Apart),
        ("HTTPS:/chalk.example.com,https://alder.test", N::Apart),
        ("ftp://chalk.example.com/", UrlRefused::SchemeFtp.into()),
        ("hxxps:/chalk[.]example[.]com", UrlRefused::SchemeOther.into()),
    ] {
        assert_eq!(one(text), Err(refused), "{text}");
        assert!(!refused.to_string().contains("chalk"), "{refused}");
    }
    let label = "a".repeat(64);
    assert_eq!(one(&format!("https://{label}.example/")), Err(N::HostTooLong));
    assert_eq!(one(&format!("https://{}example/", "abcdefg.".repeat(31))), Err(N::HostTooLong));
    assert_eq!(one(&"a".repeat(TEXT_LIMIT_BYTES + 1)), Err(N::TextTooLong));
    assert_eq!(one(&format!("https://alder.test/{}", "a".repeat(5_000))), Err(UrlRefused::TooLong.into()));
}

struct DefangedUnclearlyForTest;

impl From<DefangedUnclearlyForTest> for UrlNotRead {
    fn from(_: DefangedUnclearlyForTest) -> Self {
        hotline_protocol::url::DefangedUnclearly.into()
    }
}

#[test]
fn several_urls_are_several_however_they_stand_apart() {
    let (first, second) = ("https://chalk.example.com/page/1", "https://alder.test/page/2");
    for between in ["\n", "\r\n", " ", "\t", ",", ", ", ";", " ; ", "|", " | ", "\u{2028}", "\u{a0}", ",\n"] {
        let text = format!("{first}{between}{second}");
        assert_eq!(one(&text), Err(UrlNotRead::Several { count: 2 }), "{text:?}");
        assert_eq!(all(&text).as_deref(), Ok(&[first.to_owned(), second.to_owned()][..]), "{text:?}");
    }
    let expected = Ok(vec![first.to_owned(), second.to_owned()]);
    for text in [
        format!("- {first}\n- {second}\n"),
        format!("1. {first}\n2. {second}"),
        format!("<{first}>, <{second}>."),
        format!("\"{first}\",\"{second}\""),
        format!("{first},\n{second},\n"),
        "hxxps[://]chalk[.]example[.]com/page/1,hxxps[://]alder[.]test/page/2".to_owned(),
    ] {
        assert_eq!(all(&text), expected, "{text:?}");
    }
    assert_eq!(
        all("https://chalk.example.com\nhttps://alder.test"),
        Ok(vec!["https://chalk.example.com".to_owned(), "https://alder.test".to_owned()])
    );
    assert_eq!(all(&format!("{first}\nand so on\n{second}")), Err(UrlNotRead::Apart));
    assert_eq!(all(&format!("{first} ftp://alder.test/")), Err(UrlNotRead::Apart));
    let many = format!("{first}\n").repeat(MOST_URLS + 1);
    assert_eq!(all(&many), Err(UrlNotRead::TooMany));
}

#[test]
fn a_url_with_a_zero_width_space_behind_every_character_is_read() {
    let url = "https://chalk.example.com/a.b";
    let veiled = url.chars().map(String::from).collect::<Vec<_>>().join("\u{200b}");
    assert_eq!(one(&veiled).as_deref(), Ok(url));
}

#[test]
fn what_was_done_and_what_is_to_be_noted_is_told_without_a_link() {
    let reading = Reader::default().one("<hxxp://aaaa[.]onion/a>").expect("a URL");
    let sentences: Vec<String> = reading.shown().sentences().collect();
    assert!(sentences[0].starts_with("read as hxxp://aaaa[.]onion/a (without the quotes"), "{sentences:?}");
    assert!(sentences[1].contains("mistyped"), "{sentences:?}");
    let json = serde_json::to_value(reading.shown()).expect("JSON");
    assert_eq!(json["read_how"], serde_json::json!(["unquoted", "refanged"]));
    assert_eq!(json["address_note"], "onion_mistyped");
    assert_eq!(format!("{:?}", reading.shown()), "UrlReadAs(..)");
}

#[test]
fn long_texts_of_brackets_commas_and_schemes_are_read_in_a_moment() {
    for unit in ["(", ",(", ",http://", "<\"", "hxxp", "[[.]", "https://a.test,", " - ", "\u{200b}a", "*", "|;"] {
        let text = unit.repeat(TEXT_LIMIT_BYTES / unit.len());
        let _ = Reader::default().all(&text);
        let _ = Reader::default().all(&format!("hxxp://a[.]test/{}", &text[..TEXT_LIMIT_BYTES / 2]));
    }
}

proptest! {
    #[test]
    fn what_is_read_is_read_as_itself_again_and_its_defanged_form_too(
        text in prop_oneof![
            any::<String>(),
            r#"[<"('] ?(hxxp|http|hXXp)s?(://|\[://\]|\[:\]//)([a-z_-]{1,5}(\.|\[\.\]|\(\.\)|\(dot\)|,|\.\.)){1,3}(test|example)(/[ -~é]{0,12})?[>"'),. ]{0,2}"#,
            r"https?://[a-z]{1,4}\.test/[ -~]{0,9}[,; |]{1,2}hxxps?://[a-z]\[\.\]test/[a-z.,]{0,5}",
        ],
    ) {
        let reader = Reader::knowing(&[]);
        for reading in reader.all(&text).unwrap_or_default() {
            let given = reading.url.as_given().to_owned();
            let again = reader.one(&given);
            prop_assert_eq!(again.as_ref().map(|again| again.url.as_given()), Ok(given.as_str()));
            prop_assert!(again.is_ok_and(|again| again.done.is_empty()));
            let shown = reader.one(&reading.url.defanged());
            prop_assert_eq!(shown.map(|shown| shown.url.canonical().as_str().to_owned()), Ok(reading.url.canonical().as_str().to_owned()));
        }
    }
}

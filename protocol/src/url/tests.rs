//! The golden vectors of the canonical form, and the properties of every URL.

use proptest::prelude::*;
use serde::Deserialize;

use super::*;

/// One rule of the canonical form. Exactly one of `canonical` and `refused` is given.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CanonicalVector {
    rule: String,
    given: String,
    canonical: Option<String>,
    refused: Option<String>,
}

fn canonical_vectors() -> Vec<CanonicalVector> {
    serde_json::from_str(include_str!("../../../fixtures/protocol/canonical-url.json")).expect("the vectors")
}

fn canonical(text: &str) -> CanonicalUrl {
    CanonicalUrl::parse(text).expect("a URL")
}

/// A variant's name in snake case: `NoHost` is `no_host`.
fn name(refused: UrlRefused) -> String {
    let mut name = String::new();
    for letter in format!("{refused:?}").chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

#[test]
fn every_url_of_the_vectors_has_its_canonical_form() {
    for vector in canonical_vectors() {
        let expected = match (vector.canonical, vector.refused) {
            (Some(canonical), None) => Ok(canonical),
            (None, Some(refused)) => Err(refused),
            _ => panic!("{}: either a canonical form or a refusal", vector.rule),
        };
        let found = CanonicalUrl::parse(&vector.given).map(|url| url.as_str().to_owned()).map_err(name);
        assert_eq!(found, expected, "{}", vector.rule);
    }
}

#[test]
fn the_canonical_forms_of_the_vectors_are_their_own() {
    for form in canonical_vectors().into_iter().filter_map(|vector| vector.canonical) {
        assert_eq!(canonical(&form).as_str(), form);
    }
}

#[test]
fn every_rule_of_the_vectors_is_named_once() {
    let mut rules: Vec<_> = canonical_vectors().into_iter().map(|vector| vector.rule).collect();
    rules.sort();
    assert!(rules.windows(2).all(|pair| pair[0] != pair[1]));
}

#[test]
fn a_url_may_be_as_long_as_the_limit_and_no_longer() {
    let fitting = format!("http://example.test/{}", "a".repeat(MAX_URL_BYTES - 20));
    assert_eq!(canonical(&format!("{fitting}  ")).as_str().len(), MAX_URL_BYTES);
    assert_eq!(CanonicalUrl::parse(&format!("{fitting}a")), Err(UrlRefused::TooLong));
    let longer_when_escaped = format!("http://example.test/{}", "é".repeat(MAX_URL_BYTES / 4));
    assert_eq!(CanonicalUrl::parse(&longer_when_escaped), Err(UrlRefused::TooLong));
}

#[test]
fn the_host_is_told_by_its_kind() {
    let onion = format!("http://{}.onion/", "example".repeat(8));
    for (given, top_level_domain, is_onion) in [
        ("http://www.EXAMPLE.test:81/a", Some("test"), false),
        ("http://localhost/", Some("localhost"), false),
        ("http://example.test../", Some("test"), false),
        ("http://../", None, false),
        ("http://192.0.2.1/", None, false),
        ("http://[2001:db8::1]/", None, false),
        ("http://onion.example.test/onion", Some("test"), false),
        (onion.as_str(), Some("onion"), true),
    ] {
        let url = canonical(given);
        assert_eq!(url.top_level_domain(), top_level_domain, "{given}");
        assert_eq!(url.is_onion(), is_onion, "{given}");
    }
    assert_eq!(canonical("http://name@www.EXAMPLE.test.:81/a").host(), Host::Domain("www.example.test"));
    assert_eq!(canonical("http://192.0.2.1/").host(), Host::<&str>::Ipv4([192, 0, 2, 1].into()));
    let address = [0x2001, 0xdb8, 0, 0, 0, 0, 0, 1];
    assert_eq!(canonical("https://[2001:db8::1]/").host(), Host::<&str>::Ipv6(address.into()));
}

/// URLs full of the cases that the rules are about.
fn url() -> impl Strategy<Value = String> {
    r"[hH]ttps?:[/\\]{0,3}(a:b@)?([a-zA-Z0-9%ü.-]{1,9}\.)?(test|example|[0-9x.]{1,9})\.{0,2}(:[0-9]{0,3})?(/[a-zA-Z0-9%é.^ +-]{0,9}|/(%%?[0-9a-fA-F]{0,3}){0,4}|/\.%2[eE]){0,4}(\?[ -~é%]{0,12})?(#[ -~]{0,6})?"
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in any::<String>()) {
        let _ = CanonicalUrl::parse(&text);
        let _ = CanonicalUrl::parse(&format!("http://{text}"));
        let _ = CanonicalUrl::parse(&format!("http://example.test/{text}"));
    }

    #[test]
    fn the_canonical_form_is_its_own(text in prop_oneof![url(), any::<String>().prop_map(|rest| format!("http://{rest}"))]) {
        if let Ok(once) = CanonicalUrl::parse(&text) {
            prop_assert!(once.as_str().is_ascii());
            prop_assert_eq!(CanonicalUrl::parse(once.as_str()).map(|twice| twice.as_str().to_owned()), Ok(once.as_str().to_owned()));
        }
    }
}

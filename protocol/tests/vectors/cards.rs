//! Node cards: the token, its content, its key.

use hotline_protocol::card::{CardRefused, VerifiedCard};
use serde_json::{Value, json};

use crate::checkpoints::{header, token_fault};
use crate::file::{code_of, read, text};
use crate::pen::token;

fn why(refusal: &CardRefused) -> String {
    match refusal {
        CardRefused::Signature(fault) => token_fault(*fault),
        CardRefused::Json(fault) => format!("json_{}", code_of(fault)),
        CardRefused::Content(fault) => code_of(fault),
        other => code_of(other),
    }
}

const PRESENT: &str = r#"{"key":"iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w","from":{"ep":1,"seq":21}}"#;
const PAST: &str = r#"{"key":"gTl3DqhzbAs7wdxyuf6lzX8yWC9rNvDz2e3W7q4pLzU","from":{"ep":1,"seq":1},"to":{"ep":1,"seq":20,"hash":"0000000000000000000000000000000000000000000000000000000000000000"}}"#;

fn past() -> String {
    let key = data_encoding::BASE64URL_NOPAD.encode(crate::pen::key(2).public().as_bytes());
    PAST.replace("gTl3DqhzbAs7wdxyuf6lzX8yWC9rNvDz2e3W7q4pLzU", &key)
}

fn payload() -> String {
    format!(
        r#"{{"net":"practice","id":"fr-example","countries":["FR","GP"],"name":"Example Hotline","endpoints":["https://hotline.example:7443"],"tls":["MDAwMDAw"],"keys":[{},{PRESENT}],"n":1}}"#,
        past()
    )
}

fn list(member: &str, of: &str, count: usize) -> (String, String) {
    let good = format!("\"{member}\":[{of}]");
    (good, format!("\"{member}\":[{}]", vec![of; count].join(",")))
}

/// Rule, a part of the good payload, its replacement, and the refusal; none where it is taken.
fn changes() -> Vec<(&'static str, String, String, Option<&'static str>)> {
    let change = |rule, good: &str, bad: &str, why| (rule, good.to_owned(), bad.to_owned(), why);
    let many = |rule, (good, bad): (String, String), why| (rule, good, bad, Some(why));
    let name = "\"name\":\"Example Hotline\"";
    let named = |name: &str| format!("\"name\":\"{name}\"");
    vec![
        change("a card", "", "", None),
        change("a further member", "{\"net\"", "{\"later\":{\"a\":1},\"net\"", None),
        change("a country that is not known", "\"GP\"", "\"XQ\"", None),
        change(
            "a seat that is not known",
            "\"fr-example\",\"countries\":[\"FR\"",
            "\"xq-example\",\"countries\":[\"XQ\"",
            None,
        ),
        change("a name of 100 characters", name, &named(&"\u{e9}".repeat(100)), None),
        change(
            "an address in its other writings",
            "https://hotline.example:7443",
            "https://Hotline.Example:443/",
            None,
        ),
        change("ranges that do not touch", "\"seq\":21}", "\"seq\":31}", None),
        change("white space between tokens", ",\"name\"", " , \"name\"", None),
        change("net is no network", "practice", "Practice", Some("fields")),
        change("id is no node id", "\"fr-example\"", "\"fr_example\"", Some("fields")),
        change("a country that is not two capitals", "\"GP\"", "\"gp\"", Some("fields")),
        change("no country", "[\"FR\",\"GP\"]", "[]", Some("countries")),
        change("a country twice", "\"GP\"", "\"FR\"", Some("countries")),
        change("the seat does not stand first", "\"FR\",\"GP\"", "\"GP\",\"FR\"", Some("seat")),
        change("no name", name, &named(""), Some("name")),
        change("a name of 101 characters", name, &named(&"\u{e9}".repeat(101)), Some("name")),
        change("a name with white space at its end", name, &named("Example "), Some("name")),
        change("a name with a control", name, &named("Example\\u001b[1m"), Some("name")),
        change("a name that turns the direction", name, &named("Example\u{202e}"), Some("name")),
        change("a name with a line separator", name, &named("Example\u{2028}Hotline"), Some("name")),
        change("no address", "[\"https://hotline.example:7443\"]", "[]", Some("endpoints")),
        many("nine addresses", list("endpoints", "\"https://hotline.example:7443\"", 9), "endpoints"),
        change(
            "an address beyond the grammar",
            "https://hotline.example:7443",
            "HTTPS://hotline.example",
            Some("fields"),
        ),
        change("an address that is none", "https://hotline.example:7443", "http://hotline.example", Some("fields")),
        change("no certificate", "[\"MDAwMDAw\"]", "[]", Some("certificates")),
        change("an empty certificate", "\"MDAwMDAw\"", "\"\"", Some("certificates")),
        many("nine certificates", list("tls", "\"MDAwMDAw\"", 9), "certificates"),
        change("a certificate with padding", "\"MDAwMDAw\"", "\"MDAwMA==\"", Some("fields")),
        change("a key twice", &past(), PRESENT, Some("keys")),
        change("a key as a list", &past(), "[1,2]", Some("fields")),
        change("a position as a list", "\"from\":{\"ep\":1,\"seq\":21}", "\"from\":[1,21]", Some("fields")),
        change("ranges that overlap", "\"seq\":21}", "\"seq\":20}", Some("key_ranges")),
        change(
            "a range from number 0",
            "\"from\":{\"ep\":1,\"seq\":1}",
            "\"from\":{\"ep\":1,\"seq\":0}",
            Some("key_ranges"),
        ),
        change(
            "a range that ends before it begins",
            "\"from\":{\"ep\":1,\"seq\":1}",
            "\"from\":{\"ep\":1,\"seq\":25}",
            Some("key_ranges"),
        ),
        change(
            "a key of small order",
            "iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w",
            "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            Some("fields"),
        ),
        change("n lacks", ",\"n\":1", "", Some("fields")),
        change("n above 2^53 - 1", "\"n\":1", "\"n\":9007199254740992", Some("json_number")),
        change("a member twice", "\"n\":1", "\"n\":1,\"n\":2", Some("json_duplicate_key")),
    ]
}

fn good() -> String {
    token(&header("hxp-card+jws", "EdDSA", 1), &payload(), 1)
}

fn outcome(token: &str) -> Result<Value, CardRefused> {
    let card = VerifiedCard::verify(token)?;
    let served: Vec<String> =
        card.countries().iter().filter_map(|code| code.known()).map(|country| country.to_string()).collect();
    let endpoints: Vec<&str> = card.endpoints().iter().map(hotline_protocol::card::Endpoint::as_str).collect();
    Ok(json!({"id": card.id(), "served": served, "endpoints": endpoints, "n": card.counter(),
        "kid": card.signer().kid().to_string(), "fingerprint": card.fingerprint().to_string()}))
}

pub(crate) fn vectors() -> Vec<Value> {
    let refused =
        |rule: &str, token: &str, why: &str| json!({"rule": rule, "token": token, "refused": why, "mended": good()});
    let mut vectors = Vec::new();
    for (rule, from, to, why) in changes() {
        let changed = payload().replacen(&from, &to, 1);
        assert!(changed != payload() || from.is_empty(), "{rule}");
        let token = token(&header("hxp-card+jws", "EdDSA", 1), &changed, 1);
        vectors.push(match why {
            Some(why) => refused(rule, &token, why),
            None => json!({"rule": rule, "token": token, "card": outcome(&token).unwrap_or_else(|why| panic!("{rule}: {why}"))}),
        });
    }
    for (rule, token) in [
        ("white space around the line does not count", format!(" \n{}\r\n", good())),
        ("alg Ed25519", token(&header("hxp-card+jws", "Ed25519", 1), &payload(), 1)),
    ] {
        vectors.push(json!({"rule": rule, "token": token, "card": outcome(&token).expect("it is taken")}));
    }
    for (rule, token, why) in [
        ("another typ", token(&header("hxp-cp+jws", "EdDSA", 1), &payload(), 1), "token_type"),
        ("another alg", token(&header("hxp-card+jws", "HS256", 1), &payload(), 1), "token_algorithm"),
        ("signed by a past key", token(&header("hxp-card+jws", "EdDSA", 2), &payload(), 2), "past_key"),
        (
            "signed by a key that it does not name",
            token(&header("hxp-card+jws", "EdDSA", 3), &payload(), 3),
            "foreign_key",
        ),
        (
            "signed by another key than kid names",
            token(&header("hxp-card+jws", "EdDSA", 1), &payload(), 2),
            "token_signature",
        ),
        ("no token", "card".to_owned(), "token_form"),
    ] {
        vectors.push(refused(rule, &token, why));
    }
    vectors
}

#[test]
fn every_card_is_taken_or_refused_for_its_reason_and_taken_where_that_is_mended() {
    for vector in read("cards.json") {
        let found = outcome(text(&vector, "token"));
        match vector["refused"].as_str() {
            Some(reason) => {
                assert_eq!(why(&found.expect_err("it is refused")), reason, "{}", vector["rule"]);
                assert!(outcome(text(&vector, "mended")).is_ok(), "{}", vector["rule"]);
            }
            None => assert_eq!(found.expect("it is taken"), vector["card"], "{vector}"),
        }
    }
}

//! Names, countries and addresses.

use hotline_protocol::bytes::Hash;
use hotline_protocol::card::Endpoint;
use hotline_protocol::country::{Country, CountryCode};
use hotline_protocol::id::{Network, NodeId, parse_rid};
use serde_json::{Value, json};

use crate::file::{read, text};

const KINDS: [(&str, &[&str]); 5] = [
    (
        "node_id",
        &[
            "fr-example",
            "us--",
            "xq-example",
            "zz-1",
            "fr-0123456789012345678901234567890123456789",
            "",
            "fr",
            "fr-",
            "-fr",
            "f-a",
            "fra-a",
            "FR-a",
            "fr-A",
            "fr_a",
            "fr-a.b",
            "fr-a b",
            "fr-\u{e9}",
            " fr-a",
            "fr-a\n",
            "fr-01234567890123456789012345678901234567890",
        ],
    ),
    (
        "network",
        &[
            "production",
            "p",
            "a-1",
            "",
            "Practice",
            "a_b",
            "a/b",
            "a b",
            "\u{e9}",
            "0123456789012345678901234567890123456789",
            "01234567890123456789012345678901234567890",
        ],
    ),
    ("country_code", &["FR", "XK", "ZZ", "", "F", "FRA", "fr", "F1", "??"]),
    (
        "uuid_v7",
        &[
            "019b76da-a800-7000-8000-000000000001",
            "019b76da-a800-7000-0000-000000000001",
            "019b76da-a800-7000-f000-000000000001",
            "019b76da-a800-4000-8000-000000000001",
            "019B76DA-A800-7000-8000-000000000001",
            "019b76daa80070008000000000000001",
            "{019b76da-a800-7000-8000-000000000001}",
            "019b76da-a800-7000-8000-00000000000",
            "",
            "019b76daa-800-7000-8000-000000000001",
        ],
    ),
    (
        "hash",
        &[
            "0000000000000000000000000000000000000000000000000000000000000000",
            "d132a2b830195b8252f9870cf0c0560526b56997d5726ef31e5735647507a34d",
            "D132a2b830195b8252f9870cf0c0560526b56997d5726ef31e5735647507a34d",
            "d132a2b830195b8252f9870cf0c0560526b56997d5726ef31e5735647507a34",
            "d132a2b830195b8252f9870cf0c0560526b56997d5726ef31e5735647507a34g",
            "",
        ],
    ),
];

fn is_of_kind(kind: &str, name: &str) -> bool {
    match kind {
        "node_id" => name.parse::<NodeId>().is_ok(),
        "network" => name.parse::<Network>().is_ok(),
        "country_code" => name.parse::<CountryCode>().is_ok(),
        "uuid_v7" => parse_rid(name).is_ok(),
        "hash" => name.parse::<Hash>().is_ok(),
        other => panic!("no kind is called {other}"),
    }
}

pub(crate) fn names() -> Vec<Value> {
    let of_kind = |(kind, names): &(&str, &[&str])| {
        let kind = (*kind).to_owned();
        let vector = |name: &&str| json!({"kind": kind, "given": name, "taken": is_of_kind(&kind, name)});
        names.iter().map(vector).collect::<Vec<_>>()
    };
    KINDS.iter().flat_map(of_kind).collect()
}

pub(crate) fn countries() -> Vec<Value> {
    Country::all().map(|country| country.as_str().into()).collect()
}

const ENDPOINTS: [&str; 49] = [
    "https://hotline.example",
    "https://hotline.example/",
    "https://hotline.example:443",
    "https://hotline.example:443/",
    "https://Hotline.Example:7443",
    "https://a_b.hotline.example.",
    "https://xn--bcher-kva.example",
    "https://localhost:7443",
    "https://192.0.2.1",
    "https://192.0.2.1:65535/",
    "https://[2001:DB8::1]",
    "https://[::ffff:192.0.2.1]:1",
    "https://1a.example",
    "https://1.example",
    "",
    "hotline.example",
    "http://hotline.example",
    "HTTPS://hotline.example",
    "https:hotline.example",
    "https:/hotline.example",
    "https:///hotline.example",
    "https://",
    "https://.",
    "https://:7443",
    "https://hotline.example:",
    "https://hotline.example:007443",
    "https://hotline.example:0",
    "https://hotline.example:65536",
    "https://hotline.example:+1",
    "https://hotline.example//",
    "https://hotline.example/a",
    "https://hotline.example?",
    "https://hotline.example#",
    "https://@hotline.example",
    "https://a:b@hotline.example",
    "https://hotline..example",
    "https://hotline!.example",
    "https://%68.example",
    "https://192.0.2.256",
    "https://192.0.2.1.",
    "https://192.0.2.01",
    "https://192.0.2",
    "https://0x7f.1",
    "https://a.0x",
    "https://xn--.example",
    "https://[::1",
    "https://[fe80::1%25lo]",
    "https://b\u{fc}cher.example",
    " https://hotline.example",
];

pub(crate) fn endpoints() -> Vec<Value> {
    let vector = |given: &&str| match given.parse::<Endpoint>() {
        Ok(endpoint) => json!({"given": given, "normal": endpoint.as_str()}),
        Err(_) => json!({"given": given, "refused": "fields"}),
    };
    ENDPOINTS.iter().map(vector).collect()
}

#[test]
fn names_and_addresses_are_taken_or_refused_as_the_files_say() {
    for vector in read("names.json") {
        assert_eq!(is_of_kind(text(&vector, "kind"), text(&vector, "given")), vector["taken"] == true, "{vector}");
    }
    for vector in read("endpoints.json") {
        let normal = text(&vector, "given").parse::<Endpoint>().ok().map(|endpoint| endpoint.to_string());
        assert_eq!(normal.as_deref(), vector["normal"].as_str(), "{vector}");
    }
    assert!(
        read("countries.json").iter().all(|code| code.as_str().is_some_and(|code| code.parse::<Country>().is_ok()))
    );
    assert_eq!(read("countries.json").len(), 250);
}

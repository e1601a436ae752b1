//! Every example of the specification, byte for byte.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use data_encoding::BASE64URL_NOPAD;
use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::{BodyLine, Header};
use hotline_protocol::hello::{AcceptMode, Acknowledgement, Hello, Limits, SharedDigestKey};
use hotline_protocol::log::{Cursor, RUN_BYTES_LIMIT, RUN_ENTRIES_LIMIT, UnverifiedRun};
use hotline_protocol::problem::{Document, Problem};
use hotline_protocol::signature::PublicKey;
use hotline_protocol::state::{Seen, fold};
use hotline_protocol::url::CanonicalUrl;
use hotline_protocol::vocabulary::State;

use crate::examples::{self, hex, key, network, node};
use crate::readme;

/// RFC 8410: the bytes before the 32 bytes of an Ed25519 key in a `SubjectPublicKeyInfo`.
const ED25519_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0];

fn computed() -> BTreeMap<&'static str, String> {
    let card = examples::card();
    BTreeMap::from([
        ("signing-key", signing_key()),
        ("url-digest", url_digest()),
        ("body", examples::body().as_str().to_owned()),
        ("body-hash", body_hash()),
        ("create", examples::offered()),
        ("create-hash", entry_hash(&examples::offered())),
        ("accept", examples::accept()),
        ("accept-hash", entry_hash(&examples::accept())),
        ("opening", examples::opening()),
        ("said-again", examples::said_again()),
        ("said-again-hash", entry_hash(&examples::said_again())),
        ("checkpoint-payload", serde_json::to_string(&examples::checkpoint()).expect("JSON")),
        ("checkpoint", examples::signed_checkpoint().as_str().to_owned()),
        ("run", examples::run().strip_suffix('\n').expect("a line feed").to_owned()),
        ("certificate", examples::CERTIFICATE.to_owned()),
        ("certificate-pin", hex(Hash::of(&[&public_key_info()]).as_bytes())),
        ("card-payload", serde_json::to_string(card.content()).expect("JSON")),
        ("card", card.token().to_owned()),
        ("fingerprint-steps", fingerprint_steps()),
        ("fingerprint", card.fingerprint().to_string()),
        ("hello", serde_json::to_string(&hello()).expect("JSON")),
        ("acknowledgement", acknowledgement()),
        ("problem", problem()),
    ])
}

fn signing_key() -> String {
    let key = key(1).public();
    let (public, text) = (hex(key.as_bytes()), BASE64URL_NOPAD.encode(key.as_bytes()));
    format!("seed       {}\npublic key {public}\nbase64url  {text}\nkid        {}", hex(&[1; 32]), key.kid())
}

fn url_digest() -> String {
    let (key, digest) = (examples::digest_key(), examples::digest());
    let canonical = CanonicalUrl::parse(examples::GIVEN).expect("a URL");
    format!(
        "key       {}\ngiven     {}\ncanonical {}\nk         {}\nh         {}",
        hex(key.secret_bytes()),
        examples::GIVEN,
        canonical.as_str(),
        digest.k,
        digest.h
    )
}

fn body_hash() -> String {
    let body = examples::body();
    let commitment = body.commitment();
    format!("bytes {}\nbs    {}\nbh    {}", body.as_str().len(), commitment.size, commitment.hash)
}

fn entry_hash(line: &str) -> String {
    Header::hash_line(line.as_bytes()).to_string()
}

fn public_key_info() -> Vec<u8> {
    [&ED25519_PREFIX[..], key(3).public().as_bytes()].concat()
}

/// The fingerprint once more, by another way than the crate's: products in the field from a table of powers of two.
fn fingerprint_steps() -> String {
    let public = key(1).public();
    let hash = Hash::of(&[b"hxp/card/1\0practice\0fr-example\0", public.as_bytes()]);
    let bits: String = hash.as_bytes()[..15].iter().fold(String::new(), |mut bits, byte| {
        write!(bits, "{byte:08b}").expect("text");
        bits
    });
    let mut text = format!("hash    {hash}");
    for (index, group) in bits.as_bytes().chunks(20).enumerate() {
        let symbols: Vec<u8> = group.chunks(5).map(five_bits).collect();
        let check = symbols
            .iter()
            .zip([2, 4, 8, 16])
            .fold(index + 1, |sum, (symbol, weight)| sum ^ product(usize::from(*symbol), weight));
        write!(text, "\ngroup {}", index + 1).expect("text");
        for symbol in symbols {
            write!(text, " {symbol:2}").expect("text");
        }
        write!(text, "  check {check:2}").expect("text");
    }
    text
}

fn five_bits(bits: &[u8]) -> u8 {
    bits.iter().fold(0, |value, bit| value * 2 + (bit - b'0'))
}

/// Carry-less product, reduced by x^5 + x^2 + 1.
fn product(one: usize, other: usize) -> usize {
    let long = (0..5).filter(|bit| other >> bit & 1 == 1).fold(0, |sum, bit| sum ^ (one << bit));
    (5..10).rev().fold(long, |rest, bit| if rest >> bit & 1 == 1 { rest ^ (0b10_0101 << (bit - 5)) } else { rest })
}

fn hello() -> Hello {
    Hello {
        net: network(),
        id: node("fr-example"),
        software: "hotline-node/0.1.0".to_owned(),
        versions: vec![1],
        features: vec!["gzip".to_owned(), "zstd".to_owned()],
        limits: Limits { run_entries: RUN_ENTRIES_LIMIT as u64, run_bytes: RUN_BYTES_LIMIT as u64 },
        clock: examples::NOW + 5,
        boot: examples::checkpoint().boot,
        check: false,
        accept: AcceptMode::Automatic,
        heads: [(node("fr-example"), examples::signed_checkpoint())].into(),
        forks: std::collections::BTreeMap::new(),
        cursor: Cursor::START,
        wants: Vec::new(),
        digest_keys: vec![SharedDigestKey { key: BASE64URL_NOPAD.encode(examples::digest_key().secret_bytes()) }],
    }
}

fn acknowledgement() -> String {
    serde_json::to_string(&Acknowledgement { cursor: examples::head(), wants: Vec::new() }).expect("JSON")
}

fn problem() -> String {
    serde_json::to_string(&Document::new(Problem::UnknownLog)).expect("JSON")
}

#[test]
fn every_example_of_the_specification_is_what_the_code_computes() {
    let computed = computed();
    let written = readme::examples();
    assert_eq!(written.keys().collect::<Vec<_>>(), computed.keys().collect::<Vec<_>>());
    for (name, text) in &computed {
        assert_eq!(written[name], text, "{name}");
    }
}

#[test]
fn the_run_of_the_specification_holds() {
    let text = format!("{}\n", readme::examples()["run"]);
    let run = UnverifiedRun::parse(Arc::from(text)).expect("lines");
    let run = run.verify(&network(), &node("fr-example"), &examples::keys_of_origin()).expect("a run that holds");
    assert_eq!((run.before(), run.head()), (Cursor::START, examples::head()));
    assert_eq!(run.entries()[0].body.as_ref().map(BodyLine::as_str), Some(examples::body().as_str()));
    assert!(run.entries()[1].body.is_none());
}

#[test]
fn the_accept_of_the_specification_makes_its_author_the_holder() {
    assert_held_by_nl_example("create");
}

#[test]
fn the_accept_of_the_specification_still_does_after_its_offer_was_said_again() {
    assert_held_by_nl_example("said-again");
}

fn assert_held_by_nl_example(create: &str) {
    let [create, accept] = [create, "accept"].map(|name| readme::examples()[name]);
    let headers = [create, accept].map(|line| Header::parse(line.as_bytes()).expect("a header"));
    let hashes = [create, accept].map(|line| Header::hash_line(line.as_bytes()));
    let seen: Vec<Seen<'_>> = hashes.iter().zip(&headers).map(|(hash, header)| Seen::sealed(*hash, header)).collect();
    let fold = fold(&seen).expect("the create is here");
    assert_eq!((fold.holder, fold.tenure, fold.state), (node("nl-example"), 2, State::Accepted));
}

#[test]
fn the_certificate_of_the_specification_is_signed_by_its_own_key() {
    let der = BASE64URL_NOPAD.decode(examples::CERTIFICATE.as_bytes()).expect("base64url");
    let info = public_key_info();
    assert!(der.windows(info.len()).any(|window| window == info));
    // 4 bytes begin the certificate, 3 the part that is signed: SEQUENCE, one byte that says so, its length.
    let signed = &der[4..4 + 3 + usize::from(der[6])];
    let key: PublicKey = key(3).public();
    assert_eq!(key.verify(signed, &der[der.len() - 64..]), Ok(()));
}

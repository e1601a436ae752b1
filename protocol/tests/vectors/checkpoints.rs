//! Checkpoints: the token, its key, its payload.

use hotline_protocol::bytes::Hash;
use hotline_protocol::log::{CheckpointRefused, SignedCheckpoint};
use hotline_protocol::signature::SignatureRefused;
use serde_json::{Value, json};

use crate::file::{code_of, read, text};
use crate::headers::ZERO;
use crate::pen::{BOOT, LOG, bound, history, key, network, node, token};

/// How a refusal is called: that of a token by its own name.
pub(crate) fn why(refusal: &CheckpointRefused) -> String {
    match refusal {
        CheckpointRefused::Signature(fault) => token_fault(*fault),
        other => code_of(other),
    }
}

pub(crate) fn token_fault(fault: SignatureRefused) -> String {
    format!("token_{}", code_of(&fault))
}

pub(crate) fn header(typ: &str, alg: &str, seed: u8) -> String {
    format!(r#"{{"typ":"{typ}","alg":"{alg}","kid":"{}"}}"#, key(seed).public().kid())
}

fn payload() -> String {
    format!(r#"{{"net":"practice","log":"{LOG}","ep":1,"seq":5,"h":"{ZERO}","ts":1767225600,"boot":"{BOOT}"}}"#)
}

/// Rule, protected header, payload, key that signs, keys of the log, refusal.
type Case = (&'static str, String, String, u8, Value, Option<&'static str>);

fn cases() -> Vec<Case> {
    let own = || json!([bound(1, (1, 1), None, false)]);
    let good = || header("hxp-cp+jws", "EdDSA", 1);
    let case = |rule, header: String, payload: String, why| (rule, header, payload, 1, own(), why);
    let by = |rule, keys: Value, why| (rule, good(), payload(), 1, keys, why);
    let said = |rule, from: &str, to: &str, why| case(rule, good(), payload().replacen(from, to, 1), why);
    let named = |rule, from: &str, to: &str, why| case(rule, good().replacen(from, to, 1), payload(), why);
    vec![
        case("alg EdDSA", good(), payload(), None),
        named("alg Ed25519", "EdDSA", "Ed25519", None),
        named("white space between tokens", ",", " , ", None),
        said("boot is any text", BOOT, "", None),
        said("ts up to 2^53 - 1", "1767225600", "9007199254740991", None),
        by(
            "the last place of a key",
            json!([bound(1, (1, 1), Some((1, 5)), false), bound(2, (1, 6), None, false)]),
            None,
        ),
        named("alg none", "EdDSA", "none", Some("token_algorithm")),
        named("alg HS256", "EdDSA", "HS256", Some("token_algorithm")),
        named("alg ES256", "EdDSA", "ES256", Some("token_algorithm")),
        named("alg Ed448", "EdDSA", "Ed448", Some("token_algorithm")),
        named("alg in small letters", "EdDSA", "eddsa", Some("token_algorithm")),
        named("another typ", "hxp-cp+jws", "hxp-card+jws", Some("token_type")),
        named("a crit", "}", r#","crit":["b64"]}"#, Some("token_header")),
        named("a key in the token", "}", r#","jwk":{}}"#, Some("token_header")),
        named("typ twice", "{", r#"{"typ":"hxp-cp+jws","#, Some("token_header")),
        named("no typ", r#""typ":"hxp-cp+jws","#, "", Some("token_header")),
        named("white space before the header", "{", " {", Some("token_header")),
        named("a line feed in the header", ",", ",\n", Some("token_header")),
        named("kid in capitals", "kid\":\"34750f", "kid\":\"34750F", Some("token_header")),
        said("another network", "practice", "production", Some("other_network")),
        said("another log", LOG, "fr-other", Some("other_log")),
        said("epoch 0", "\"ep\":1", "\"ep\":0", Some("key_not_valid")),
        said("number 0", "\"seq\":5", "\"seq\":0", Some("key_not_valid")),
        said("a further member", "{", r#"{"a":1,"#, Some("payload")),
        said("a member lacks", r#","ts":1767225600"#, "", Some("payload")),
        said("a member twice", "{", r#"{"ep":1,"#, Some("payload")),
        said("ts above 2^53 - 1", "1767225600", "9007199254740992", Some("payload")),
        said("ts below 0", "1767225600", "-1", Some("payload")),
        said("a line feed in the payload", ",", ",\n", Some("payload")),
        said("white space after the payload", &format!("{BOOT}\"}}"), &format!("{BOOT}\"}} "), Some("payload")),
        said("h is no hash", ZERO, &ZERO[1..], Some("payload")),
        said("boot is no text", &format!("\"{BOOT}\""), "1", Some("payload")),
        case("over 2,048 bytes", good(), payload().replacen(BOOT, &"a".repeat(1_500), 1), Some("token_too_long")),
        by("a key of nobody", json!([bound(2, (1, 1), None, false)]), Some("key_not_valid")),
        by("a revoked key", json!([bound(1, (1, 1), None, true)]), Some("key_not_valid")),
        by("before the key's range", json!([bound(1, (1, 6), None, false)]), Some("key_not_valid")),
        by("after the key's range", json!([bound(1, (1, 1), Some((1, 4)), false)]), Some("key_not_valid")),
        ("signed by another key than kid names", good(), payload(), 2, own(), Some("token_signature")),
    ]
}

fn vector(rule: &str, token: &str, keys: &Value, refused: Option<&str>) -> Value {
    let mut vector = json!({"rule": rule, "net": "practice", "log": LOG, "keys": keys, "token": token});
    match refused {
        Some(why) => {
            vector["refused"] = why.into();
            vector["mended"] = self::token(&header("hxp-cp+jws", "EdDSA", 1), &payload(), 1).into();
            vector["mended_keys"] = json!([bound(1, (1, 1), None, false)]);
        }
        None => vector["cursor"] = cursor(token, keys).unwrap_or_else(|why| panic!("{rule}: {why}")),
    }
    vector
}

fn cursor(token: &str, keys: &Value) -> Result<Value, CheckpointRefused> {
    let verified = SignedCheckpoint::new(token).verify(&network(), &node(LOG), &history(keys))?;
    Ok(serde_json::to_value(verified.checkpoint().cursor()).expect("JSON"))
}

pub(crate) fn vectors() -> Vec<Value> {
    let mut vectors: Vec<Value> = cases()
        .into_iter()
        .map(|(rule, header, payload, seed, keys, why)| vector(rule, &token(&header, &payload, seed), &keys, why))
        .collect();
    let keys = json!([bound(1, (1, 1), None, false)]);
    let good = token(&header("hxp-cp+jws", "EdDSA", 1), &payload(), 1);
    let (message, signature) = good.rsplit_once('.').expect("three parts");
    for (rule, token, why) in [
        ("two parts", message.to_owned(), "token_form"),
        ("four parts", format!("{good}.{signature}"), "token_form"),
        ("padding", format!("{good}=="), "token_form"),
        ("white space around it", format!(" {good}"), "token_form"),
        ("a spare bit", with_spare_bit(&good), "token_form"),
        ("the standard alphabet", format!("{message}.{}", signature.replace(['-', '_'], "+")), "token_form"),
        ("a short signature", format!("{message}.{}", &signature[..84]), "token_signature"),
        ("an empty text", String::new(), "token_form"),
    ] {
        vectors.push(vector(rule, &token, &keys, Some(why)));
    }
    let weak = token(
        &header("hxp-cp+jws", "EdDSA", 1).replace(&key(1).public().kid().to_string(), &weak_kid()),
        &payload(),
        1,
    );
    let weak_keys = json!([{"key": "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "from": {"ep": 1, "seq": 1}, "to": null, "revoked": false}]);
    vectors.push(vector("a key of small order", &weak, &weak_keys, Some("token_weak_key")));
    vectors
}

fn weak_kid() -> String {
    let mut one = [0; 32];
    one[0] = 1;
    Hash::of(&[&one]).to_string()
}

/// The same bytes in base64url that is not canonical.
fn with_spare_bit(token: &str) -> String {
    let (rest, last) = token.split_at(token.len() - 1);
    format!("{rest}{}", char::from(last.as_bytes()[0] + 1))
}

#[test]
fn every_checkpoint_is_taken_or_refused_for_its_reason_and_taken_where_that_is_mended() {
    for vector in read("checkpoints.json") {
        let found = cursor(text(&vector, "token"), &vector["keys"]);
        match vector["refused"].as_str() {
            Some(reason) => {
                assert_eq!(why(&found.expect_err("it is refused")), reason, "{vector}");
                assert!(cursor(text(&vector, "mended"), &vector["mended_keys"]).is_ok(), "{vector}");
            }
            None => assert_eq!(found.expect("it is taken"), vector["cursor"], "{vector}"),
        }
    }
}

use data_encoding::BASE64URL_NOPAD;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::bytes::Hash;
use crate::json::JsonFault;
use crate::log::{BoundKey, Cursor, KeyHistory, Position};
use crate::signature::{SignatureRefused, SigningKey};

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32]).expect("any 32 bytes are a seed")
}

fn open(seed: u8, epoch: u64, seq: u64) -> CardKey {
    CardKey { key: key(seed).public(), from: Position { epoch, seq }, to: None }
}

fn past(seed: u8, from: u64, to: u64) -> CardKey {
    let to = Cursor { epoch: 1, seq: to, hash: Hash::of(&[b"an entry"]) };
    CardKey { to: Some(to), ..open(seed, 1, from) }
}

/// A valid card of the present key 7, after a past key 6.
fn card() -> NodeCard {
    NodeCard {
        network: "practice".parse().expect("a network"),
        id: "fr-example".parse().expect("a node id"),
        countries: ["FR", "GP"].map(|code| code.parse().expect("a country")).into(),
        name: "Hotline Exemple".into(),
        endpoints: vec!["https://hotline.example:7443".parse().expect("an address")],
        certificates: vec![vec![0x30; 500]],
        keys: vec![past(6, 1, 20), open(7, 1, 21)],
        counter: 3,
    }
}

fn changed(change: impl FnOnce(&mut NodeCard)) -> Result<VerifiedCard, CardRefused> {
    let mut card = card();
    change(&mut card);
    card.sign(&key(7))
}

fn fault(change: impl FnOnce(&mut NodeCard)) -> Option<CardFault> {
    match changed(change) {
        Ok(_) => None,
        Err(CardRefused::Content(fault)) => Some(fault),
        Err(other) => panic!("{other}"),
    }
}

/// The valid card's payload, changed as JSON and signed again.
fn changed_json(change: impl FnOnce(&mut Value)) -> Result<VerifiedCard, CardRefused> {
    let mut payload = serde_json::to_value(card()).expect("JSON");
    change(&mut payload);
    VerifiedCard::verify(&key(7).sign_jws(CARD_TYPE, payload.to_string().as_bytes()))
}

#[test]
fn a_signed_card_says_what_was_written() {
    let signed = card().sign(&key(7)).expect("a valid card");
    let read = VerifiedCard::verify(signed.token()).expect("what was signed");
    assert_eq!(read, signed);
    assert_eq!(*read.content(), card());
    assert_eq!(
        (read.id().as_str(), read.network().as_str(), read.name()),
        ("fr-example", "practice", "Hotline Exemple")
    );
    assert_eq!((read.counter(), read.signer()), (3, key(7).public()));
    assert_eq!(read.endpoints()[0].as_str(), "https://hotline.example:7443");
    assert_eq!(read.certificates(), [vec![0x30; 500]]);
    assert_eq!(read.keys()[0].to, Some(Position { epoch: 1, seq: 20 }));
    assert_eq!(read.keys()[1], BoundKey { revoked: false, ..open(7, 1, 21).bound() });
    assert!(!signed.token().contains(char::is_whitespace));
}

#[test]
fn a_card_is_read_with_white_space_around_it() {
    let signed = card().sign(&key(7)).expect("a valid card");
    assert_eq!(VerifiedCard::verify(&format!("\n {}\r\n", signed.token())), Ok(signed));
}

#[test]
fn fields_that_this_version_does_not_know_are_passed_over() {
    assert!(changed_json(|card| card["later"] = json!({"a": [1]})).is_ok());
}

#[test]
fn a_fingerprint_outlives_certificates_addresses_and_names() {
    let before = card().sign(&key(7)).expect("a valid card").fingerprint();
    let after = changed(|card| {
        card.name = "Renamed".into();
        card.certificates = vec![vec![1; 10]];
        card.endpoints = vec!["https://192.0.2.1".parse().expect("an address")];
        card.counter = 4;
    });
    assert_eq!(after.expect("a valid card").fingerprint(), before);
    let other_key = NodeCard { keys: vec![open(8, 1, 1)], ..card() }.sign(&key(8)).expect("a valid card");
    assert_ne!(other_key.fingerprint(), before);
}

#[test]
fn a_card_signed_by_a_key_that_it_does_not_name_is_refused() {
    assert_eq!(card().sign(&key(9)), Err(CardRefused::ForeignKey));
}

#[test]
fn a_card_signed_by_a_past_key_is_refused() {
    assert_eq!(card().sign(&key(6)), Err(CardRefused::PastKey));
}

#[test]
fn a_token_of_another_type_is_refused() {
    let payload = serde_json::to_vec(&card()).expect("JSON");
    let token = key(7).sign_jws("hxp-cp+jws", &payload);
    assert_eq!(VerifiedCard::verify(&token), Err(CardRefused::Signature(SignatureRefused::Type)));
}

#[test]
fn a_card_that_borrows_the_signature_of_another_is_refused() {
    let own = card().sign(&key(7)).expect("a valid card");
    let other = changed(|card| card.counter = 4).expect("a valid card");
    let (message, _) = own.token().rsplit_once('.').expect("three parts");
    let (_, signature) = other.token().rsplit_once('.').expect("three parts");
    let mixed = format!("{message}.{signature}");
    assert_eq!(VerifiedCard::verify(&mixed), Err(CardRefused::Signature(SignatureRefused::Signature)));
}

#[test]
fn a_card_that_is_too_long_is_refused() {
    let long = changed(|card| card.certificates = vec![vec![1; 16 * 1024]; 4]);
    assert_eq!(long, Err(CardRefused::Signature(SignatureRefused::TooLong)));
}

#[test]
fn a_text_that_is_no_token_is_refused() {
    for text in ["", ".", "a.b", "a.b.c", "{}"] {
        assert!(matches!(VerifiedCard::verify(text), Err(CardRefused::Signature(_))), "{text}");
    }
}

#[test]
fn a_payload_that_is_not_strict_json_is_refused() {
    let twice = serde_json::to_string(&card()).expect("JSON").replacen('{', r#"{"n":9,"#, 1);
    let token = key(7).sign_jws(CARD_TYPE, twice.as_bytes());
    assert_eq!(VerifiedCard::verify(&token), Err(CardRefused::Json(JsonFault::DuplicateKey)));
}

#[test]
fn a_field_that_is_missing_or_malformed_is_refused() {
    for field in ["net", "id", "countries", "name", "endpoints", "tls", "keys", "n"] {
        let without = |card: &mut Value| drop(card.as_object_mut().expect("an object").remove(field));
        assert_eq!(changed_json(without), Err(CardRefused::Fields), "{field}");
        assert_eq!(changed_json(|card| card[field] = json!({})), Err(CardRefused::Fields), "{field}");
    }
    let der = BASE64URL_NOPAD.encode(&[1; 4]);
    for (field, value) in [
        ("countries", json!(["FR", "Z1"])),
        ("endpoints", json!(["http://hotline.example"])),
        ("tls", json!([format!("{der}==")])),
        ("tls", json!([der.replace("AQEBAQ", "AQEBAR")])),
        ("keys", json!([{"key": "AQ", "from": {"ep": 1, "seq": 1}}])),
    ] {
        assert_eq!(changed_json(|card| card[field] = value.clone()), Err(CardRefused::Fields), "{value}");
    }
}

#[test]
fn a_country_that_this_reader_does_not_know_is_kept_on_a_card() {
    let known = changed(|card| card.countries.push("XQ".parse().expect("two capitals"))).expect("a valid card");
    let codes: Vec<_> = known.countries().iter().map(|code| (code.as_str(), code.known().is_some())).collect();
    assert_eq!(codes, [("FR", true), ("GP", true), ("XQ", false)]);
    let seated = changed_json(|card| (card["id"], card["countries"]) = (json!("xq-far"), json!(["XQ"])));
    assert_eq!(seated.expect("a valid card").id().seat().known(), None);
    for code in ["xq", "X", "XQX", "X1", "??"] {
        assert_eq!(changed_json(|card| card["countries"] = json!(["FR", code])), Err(CardRefused::Fields), "{code}");
    }
}

#[test]
fn lists_and_texts_beyond_their_bounds_are_refused() {
    let fr = "FR".parse().expect("a country's code");
    assert_eq!(fault(|card| card.countries.clear()), Some(CardFault::Countries));
    assert_eq!(fault(|card| card.countries.push(fr)), Some(CardFault::Countries));
    assert_eq!(fault(|card| card.countries = vec![fr; 261]), Some(CardFault::Countries));
    assert_eq!(fault(|card| card.countries.swap(0, 1)), Some(CardFault::Seat));
    assert_eq!(fault(|card| card.endpoints.clear()), Some(CardFault::Endpoints));
    assert_eq!(fault(|card| card.endpoints = vec![card.endpoints[0].clone(); 9]), Some(CardFault::Endpoints));
    assert_eq!(fault(|card| card.certificates.clear()), Some(CardFault::Certificates));
    assert_eq!(fault(|card| card.certificates = vec![vec![1]; 9]), Some(CardFault::Certificates));
    assert_eq!(fault(|card| card.certificates[0].clear()), Some(CardFault::Certificates));
    assert_eq!(fault(|card| card.certificates[0] = vec![1; 16 * 1024 + 1]), Some(CardFault::Certificates));
    assert_eq!(fault(|card| card.certificates[0] = vec![1; 16 * 1024]), None);
    let too_large = changed(|card| card.counter = 1 << 53);
    assert_eq!(too_large, Err(CardRefused::Json(JsonFault::Number)));
}

#[test]
fn a_name_that_could_deceive_is_refused() {
    for name in ["", " a", "a ", "a\nb", "\u{1b}[2J", "a\u{202e}b", "a\u{2066}b", "a\u{2028}b", &"é".repeat(101)] {
        assert_eq!(fault(|card| card.name = name.into()), Some(CardFault::Name), "{name:?}");
    }
    assert_eq!(fault(|card| card.name = "é".repeat(100)), None);
}

#[test]
fn keys_that_share_a_part_of_the_log_are_refused() {
    assert_eq!(fault(|card| card.keys.push(past(7, 30, 40))), Some(CardFault::Keys));
    assert_eq!(fault(|card| card.keys = (0..65).map(|n| past(n, 1, 1)).collect()), Some(CardFault::Keys));
    for keys in [
        vec![open(8, 1, 30), open(7, 1, 21)],
        vec![past(6, 1, 21), open(7, 1, 21)],
        vec![past(6, 9, 8), open(7, 1, 21)],
        vec![past(6, 1, 5), past(8, 5, 9), open(7, 1, 21)],
        vec![past(6, 40, 50), open(7, 1, 21)],
        vec![open(7, 0, 1)],
        vec![open(7, 1, 0)],
    ] {
        assert_eq!(fault(|card| card.keys.clone_from(&keys)), Some(CardFault::KeyRanges), "{keys:?}");
    }
    assert_eq!(fault(|card| card.keys = vec![open(7, 2, 1), past(6, 1, 90)]), None);
    assert_eq!(changed(|card| card.keys.clear()), Err(CardRefused::Content(CardFault::Keys)));
}

#[test]
fn an_address_is_https_host_and_port_and_nothing_more() {
    for (text, read) in [
        ("https://hotline.example", "https://hotline.example"),
        ("https://hotline.example/", "https://hotline.example"),
        ("https://HOTLINE.example:443", "https://hotline.example"),
        ("https://[2001:db8::1]:7443", "https://[2001:db8::1]:7443"),
    ] {
        assert_eq!(text.parse::<Endpoint>().map(|endpoint| endpoint.to_string()), Ok(read.to_owned()));
    }
    let long = format!("https://{}.example", "a".repeat(260));
    for text in [
        "",
        "hotline.example",
        "http://hotline.example",
        "https://",
        "https://hotline.example/a",
        "https://hotline.example?a",
        "https://hotline.example?",
        "https://hotline.example#",
        "https://u@hotline.example",
        "https://:p@hotline.example",
        "https:\\\\hotline.example",
        " https://hotline.example",
        "https://hot\tline.example",
        "https://hotline.example:0",
        "https://hotline.example:65536",
        &long,
    ] {
        assert_eq!(text.parse::<Endpoint>(), Err(EndpointMalformed), "{text}");
    }
}

fn update(
    change: impl FnOnce(&mut NodeCard),
    signer: u8,
    trusted: &[BoundKey],
) -> Result<CardUpdate, CardUpdateRefused> {
    let known = card().sign(&key(7)).expect("a valid card");
    let mut card = card();
    change(&mut card);
    let shown = card.sign(&key(signer)).expect("a valid card");
    shown.verify_update(&known, &KeyHistory::new(trusted.to_vec()))
}

#[test]
fn a_card_of_a_known_node_is_the_same_or_newer() {
    let trusted = [open(7, 1, 21).bound()];
    assert_eq!(update(|_| (), 7, &trusted), Ok(CardUpdate::Same));
    assert_eq!(update(|card| card.counter = 4, 7, &trusted), Ok(CardUpdate::Newer));
}

#[test]
fn a_card_that_is_not_newer_is_refused() {
    let trusted = [open(7, 1, 21).bound()];
    assert_eq!(update(|card| card.counter = 2, 7, &trusted), Err(CardUpdateRefused::LowerCounter));
    assert_eq!(update(|card| card.name = "Renamed".into(), 7, &trusted), Err(CardUpdateRefused::SameCounter));
}

#[test]
fn a_card_of_another_node_or_network_is_no_update() {
    let trusted = [open(7, 1, 21).bound()];
    let other_id = |card: &mut NodeCard| card.id = "fr-other".parse().expect("a node id");
    assert_eq!(update(other_id, 7, &trusted), Err(CardUpdateRefused::OtherNode));
    let other_network = |card: &mut NodeCard| card.network = "production".parse().expect("a network");
    assert_eq!(update(other_network, 7, &trusted), Err(CardUpdateRefused::OtherNode));
}

#[test]
fn a_card_under_a_key_that_is_unknown_retired_or_revoked_is_refused() {
    let claim = |card: &mut NodeCard| {
        card.counter = 4;
        card.keys = vec![open(8, 1, 1)];
    };
    let retired = BoundKey { to: Some(Position { epoch: 1, seq: 9 }), ..open(8, 1, 1).bound() };
    let revoked = BoundKey { revoked: true, ..open(8, 1, 1).bound() };
    assert_eq!(update(claim, 8, &[open(8, 1, 1).bound()]), Ok(CardUpdate::Newer));
    for trusted in [vec![], vec![open(7, 1, 21).bound()], vec![retired], vec![revoked]] {
        assert_eq!(update(claim, 8, &trusted), Err(CardUpdateRefused::UnknownKey), "{trusted:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_card_with_any_bit_changed_is_refused(at in any::<prop::sample::Index>(), bit in 0_u8..7) {
        let signed = card().sign(&key(7)).expect("a valid card");
        let mut bytes = signed.token().as_bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let changed = String::from_utf8(bytes).expect("ASCII");
        prop_assert!(VerifiedCard::verify(&changed).is_err());
    }

    #[test]
    fn any_text_is_refused(text in any::<String>()) {
        prop_assert!(VerifiedCard::verify(&text).is_err());
    }
}

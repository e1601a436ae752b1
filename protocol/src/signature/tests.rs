use aws_lc_rs::hmac;

use super::*;

fn key() -> SigningKey {
    SigningKey::from_seed(&[7; 32]).expect("any 32 bytes are a seed")
}

/// The same bytes in base64url that is not canonical: the lowest of the last symbol's spare bits is set.
fn with_spare_bit(text: &str) -> String {
    let (rest, last) = text.split_at(text.len() - 1);
    let next = char::from(last.as_bytes()[0] + 1);
    format!("{rest}{next}")
}

fn with_sign(mut key: [u8; 32], sign: u8) -> [u8; 32] {
    key[31] |= sign;
    key
}

fn token_with(header: &str) -> String {
    let message = format!("{}.{}", BASE64URL_NOPAD.encode(header.as_bytes()), BASE64URL_NOPAD.encode(b"{}"));
    let signature = BASE64URL_NOPAD.encode(&key().sign(message.as_bytes()));
    format!("{message}.{signature}")
}

#[test]
fn a_signed_token_gives_its_payload_back() {
    let token = key().sign_jws("t", b"{\"a\":1}");
    assert_eq!(key().public().verify_jws("t", &token), Ok(b"{\"a\":1}".to_vec()));
    assert_eq!(read_kid(&token, 1_000), Ok(key().public().kid()));
}

#[test]
fn a_token_of_another_type_key_or_algorithm_is_refused() {
    let kid = key().public().kid();
    let public = key().public();
    let header = |typ: &str, alg: &str, more: &str| format!(r#"{{"typ":"{typ}","alg":"{alg}","kid":"{kid}"{more}}}"#);
    assert!(public.verify_jws("t", &token_with(&header("t", "EdDSA", ""))).is_ok());
    for (header, refused) in [
        (header("u", "EdDSA", ""), SignatureRefused::Type),
        (header("t", "none", ""), SignatureRefused::Algorithm),
        (header("t", "HS256", ""), SignatureRefused::Algorithm),
        (header("t", "ES256", ""), SignatureRefused::Algorithm),
        (header("t", "EdDSA", r#","crit":["b64"]"#), SignatureRefused::Header),
        (header("t", "EdDSA", r#","jwk":{}"#), SignatureRefused::Header),
        (header("t", "EdDSA", r#","x5c":[]"#), SignatureRefused::Header),
        (header("t", "EdDSA", r#","typ":"t""#), SignatureRefused::Header),
        (format!(r#"{{"typ":"t","alg":"EdDSA","kid":"{}"}}"#, Hash::ZERO), SignatureRefused::Key),
    ] {
        assert_eq!(public.verify_jws("t", &token_with(&header)), Err(refused), "{header}");
    }
    let other = SigningKey::from_seed(&[8; 32]).expect("a seed").public();
    assert_eq!(other.verify_jws("t", &key().sign_jws("t", b"{}")), Err(SignatureRefused::Key));
}

#[test]
fn a_token_with_any_byte_changed_is_refused() {
    let token = key().sign_jws("t", b"{\"a\":1}");
    for at in 0..token.len() {
        for flip in [1u8, 2, 4, 0x20] {
            let mut bytes = token.clone().into_bytes();
            bytes[at] ^= flip;
            let Ok(changed) = String::from_utf8(bytes) else { continue };
            assert!(key().public().verify_jws("t", &changed).is_err(), "byte {at}");
        }
    }
}

#[test]
fn a_signature_in_its_other_form_is_refused() {
    // RFC 8032, 5.1.7: S must be below the group's order L; S + L signs the same and must not count.
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut signature = key().sign(b"m");
    assert_eq!(key().public().verify(b"m", &signature), Ok(()));
    let mut carry = 0;
    for (byte, order) in signature[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    assert_eq!(key().public().verify(b"m", &signature), Err(SignatureRefused::Signature));
}

#[test]
fn a_key_of_small_order_is_refused_although_its_signatures_verify() {
    // S = 0 and R = the neutral point hold for every message with a challenge that is a multiple of the key's order.
    let mut forged = [0; 64];
    forged[0] = 1;
    let holds = |key: [u8; 32], message: &[u8]| UnparsedPublicKey::new(&ED25519, key).verify(message, &forged).is_ok();
    for key in SMALL_ORDER {
        for sign in [0, 0x80] {
            let key = with_sign(key, sign);
            let public = PublicKey::from_bytes(key);
            assert!((0..=255u8).all(|m| public.verify(&[m], &forged) == Err(SignatureRefused::WeakKey)));
            assert_eq!(BASE64URL_NOPAD.encode(&key).parse::<PublicKey>(), Err(KeyMalformed));
        }
        // Without the check the signature holds: so the table names the right points.
        assert!((0..=255u8).any(|m| holds(key, &[m])), "{key:02x?}");
    }
    for unreduced in [at_both_ends(0xed, 0xff, 0x7f), at_both_ends(0xee, 0xff, 0x7f)] {
        assert!(!(0..=255u8).any(|m| holds(unreduced, &[m])));
    }
    assert!(!key().public().is_of_small_order());
}

#[test]
fn a_mac_under_the_public_key_is_no_signature() {
    let public = key().public();
    let header = format!(r#"{{"typ":"t","alg":"HS256","kid":"{}"}}"#, public.kid());
    let message = format!("{}.{}", BASE64URL_NOPAD.encode(header.as_bytes()), BASE64URL_NOPAD.encode(b"{}"));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, public.as_bytes()), message.as_bytes());
    let token = format!("{message}.{}", BASE64URL_NOPAD.encode(tag.as_ref()));
    assert_eq!(public.verify_jws("t", &token), Err(SignatureRefused::Algorithm));
}

#[test]
fn a_token_in_another_form_is_refused() {
    let public = key().public();
    let token = key().sign_jws("t", b"{\"a\":1}");
    let (message, signature) = token.rsplit_once('.').expect("three parts");
    let (header, payload) = message.split_once('.').expect("three parts");
    for changed in [
        String::new(),
        message.into(),
        format!("{token}."),
        format!("{token}.."),
        format!("{token}.{signature}"),
        format!("{header}..{payload}.{signature}"),
        format!("{header}.{payload}=.{signature}"),
        format!("{token}="),
        format!("{token} "),
        format!("{token}\n"),
        format!("{header}.{}+.{signature}", &payload[1..]),
        format!("{header}.{}.{signature}", with_spare_bit(payload)),
        with_spare_bit(&token),
    ] {
        assert_eq!(public.verify_jws("t", &changed), Err(SignatureRefused::Form), "{changed}");
    }
    for empty in ["..", &format!(".{token}")] {
        assert_eq!(public.verify_jws("t", empty), Err(SignatureRefused::Header));
    }
    let other = format!("{header}.{}.{signature}", BASE64URL_NOPAD.encode(b"{\"a\":2}"));
    assert_eq!(public.verify_jws("t", &other), Err(SignatureRefused::Signature));
}

#[test]
fn a_key_id_is_read_within_the_limit_only() {
    let token = key().sign_jws("t", b"{}");
    assert_eq!(read_kid(&token, token.len()), Ok(key().public().kid()));
    assert_eq!(read_kid(&token, token.len() - 1), Err(SignatureRefused::TooLong));
}

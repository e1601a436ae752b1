//! Ed25519: the equation, and the rules for keys and signatures.

use data_encoding::HEXLOWER;
use hotline_protocol::signature::PublicKey;
use serde_json::{Value, json};

use crate::file::{read, text};
use crate::pen::key;

/// The group's order L, little endian.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// The same signature with S + L for S.
fn with_larger_s(mut signature: [u8; 64]) -> [u8; 64] {
    let mut carry = 0;
    for (byte, order) in signature[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    signature
}

const fn y(first: u8, middle: u8, last: u8) -> [u8; 32] {
    let mut bytes = [middle; 32];
    bytes[0] = first;
    bytes[31] = last;
    bytes
}

fn small_order() -> Vec<(&'static str, [u8; 32])> {
    let of_hex = |hex: &str| HEXLOWER.decode(hex.as_bytes()).expect("hex").try_into().expect("32 bytes");
    vec![
        ("a key of small order: 0", y(0, 0, 0)),
        ("a key of small order: 1", y(1, 0, 0)),
        ("a key of small order: p - 1", y(0xec, 0xff, 0x7f)),
        ("a key of small order: 8", of_hex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")),
        (
            "a key of small order: 8, the other",
            of_hex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
        ),
        ("a key of small order that is not reduced: p", y(0xed, 0xff, 0x7f)),
        ("a key of small order that is not reduced: p + 1", y(0xee, 0xff, 0x7f)),
    ]
}

pub(crate) fn vectors() -> Vec<Value> {
    let message = b"message".as_slice();
    let honest = key(1).sign(message);
    let public = *key(1).public().as_bytes();
    let mut cases: Vec<(&str, [u8; 32], Vec<u8>, bool)> = vec![
        ("a signature", public, honest.to_vec(), true),
        ("S + L for S", public, with_larger_s(honest).to_vec(), false),
        ("another key", *key(2).public().as_bytes(), honest.to_vec(), false),
        ("63 bytes", public, honest[..63].to_vec(), false),
        ("65 bytes", public, [honest.as_slice(), &[0]].concat(), false),
        ("a bit of R", public, [&[honest[0] ^ 1], &honest[1..]].concat(), false),
        ("a bit of S", public, [&honest[..32], &[honest[32] ^ 1], &honest[33..]].concat(), false),
        ("R = 1 and S = 0", public, [y(1, 0, 0), [0; 32]].concat(), false),
    ];
    for (rule, small) in small_order() {
        for sign in [0, 0x80] {
            let mut small = small;
            small[31] |= sign;
            // R = 1, S = 0 holds under such a key for one message of eight or for all.
            cases.push((rule, small, [y(1, 0, 0), [0; 32]].concat(), false));
            // R not reduced.
            cases.push((rule, small, [y(0xee, 0xff, 0x7f), [0; 32]].concat(), false));
        }
    }
    let small = |hex: &str| {
        let key: [u8; 32] = HEXLOWER.decode(hex.as_bytes()).expect("hex").try_into().expect("32 bytes");
        key
    };
    let mut vectors = Vec::new();
    // Messages that fit the equation with R = 1, S = 0 under a key of small order.
    for (hex, message) in [
        ("0000000000000000000000000000000000000000000000000000000000000000", "message 0"),
        ("0000000000000000000000000000000000000000000000000000000000000080", "message 0"),
        ("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "message 12"),
        ("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85", "message 11"),
        ("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", "message 1"),
        ("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa", "message 4"),
        ("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "message 2"),
    ] {
        let rule = "a key of small order for which the equation holds";
        let signature = [y(1, 0, 0), [0; 32]].concat();
        vectors.push(vector((rule, small(hex), message.as_bytes(), signature, false)));
    }
    let with_cofactor = "40a4cf5c611d737a2f1c6fcca84d9cabfed80987f186a5a6c57e629bff1af27f\
        739562b47c9773cdf9066e573fe58eec61ed61d3d84874a2ce7cfe2bcaeab808";
    let signature = HEXLOWER.decode(with_cofactor.as_bytes()).expect("hex");
    vectors.push(vector(("the equation holds with the cofactor alone", public, message, signature, false)));
    let all = cases.into_iter().map(|(rule, key, signature, holds)| vector((rule, key, message, signature, holds)));
    all.chain(vectors).collect()
}

/// Rule, key, message, signature, whether it holds.
fn vector((rule, key, message, signature, holds): (&str, [u8; 32], &[u8], Vec<u8>, bool)) -> Value {
    json!({"rule": rule, "key": HEXLOWER.encode(&key), "message": HEXLOWER.encode(message),
        "signature": HEXLOWER.encode(&signature), "holds": holds})
}

#[test]
fn every_signature_holds_or_does_not_as_the_file_says() {
    for vector in read("signatures.json") {
        let bytes = |member| HEXLOWER.decode(text(&vector, member).as_bytes()).expect("hex");
        let key = PublicKey::from_bytes(bytes("key").try_into().expect("32 bytes"));
        let holds = key.verify(&bytes("message"), &bytes("signature")).is_ok();
        assert_eq!(holds, vector["holds"] == true, "{vector}");
    }
}

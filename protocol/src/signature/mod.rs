//! Ed25519 signatures as compact JWS (RFC 7515, RFC 8037), and over raw messages.
//!
//! The token never chooses: the verifier brings the key, the algorithm and the type, and a protected header that holds
//! anything but `typ`, `alg` and `kid` is refused. Base64url is read in its canonical form alone.

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use data_encoding::BASE64URL_NOPAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, crypto};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use crate::bytes::Hash;
use crate::json::{self, Limits};

/// The algorithm's name, as it is written (RFC 8037).
const ALGORITHM: &str = "EdDSA";
/// Its names, as they are read: RFC 9864 calls it by its curve, and libraries write the one or the other. `EdDSA` may
/// mean Ed448 elsewhere; that has other keys.
const ALGORITHM_NAMES: [&str; 2] = [ALGORITHM, "Ed25519"];

/// A token's header is a flat object. Its bytes are bounded by the token's.
const HEADER_LIMITS: Limits = Limits { max_bytes: 1_024, max_depth: 1 };

/// The y coordinates of the points of order 4, 1, 2 and 8 of edwards25519 (little endian, sign bit cleared). Under such
/// a key one signature holds for many messages or for all, so its owner could deny every word; RFC 8032 and aws-lc
/// verify under it. Coordinates that are not reduced aws-lc refuses by itself.
const SMALL_ORDER: [[u8; 32]; 5] = [
    at_both_ends(0x00, 0x00, 0x00),
    at_both_ends(0x01, 0x00, 0x00),
    at_both_ends(0xec, 0xff, 0x7f),
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf,
        0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20,
        0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
];

const fn at_both_ends(first: u8, middle: u8, last: u8) -> [u8; 32] {
    let mut bytes = [middle; 32];
    bytes[0] = first;
    bytes[31] = last;
    bytes
}

/// Why a token or signature does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SignatureRefused {
    /// Longer than the caller allows.
    #[error("the token is too long")]
    TooLong,
    /// Not three parts of canonical base64url.
    #[error("the token is not three parts of canonical base64url")]
    Form,
    /// The protected header holds other fields than `typ`, `alg` and `kid`, or none of them.
    #[error("the token's header is not exactly typ, alg and kid")]
    Header,
    /// Another algorithm than `EdDSA`, also called `Ed25519`.
    #[error("the token's algorithm is not EdDSA")]
    Algorithm,
    /// Another `typ`.
    #[error("the token is of another type")]
    Type,
    /// Another `kid`.
    #[error("the token names another key")]
    Key,
    /// The key is of small order: under it a signature proves nothing.
    #[error("the key is of small order")]
    WeakKey,
    /// The signature does not hold.
    #[error("the signature does not hold")]
    Signature,
}

/// The bytes are no Ed25519 key, or one of small order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not an Ed25519 key")]
pub struct KeyMalformed;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProtectedHeader {
    typ: String,
    alg: String,
    kid: Hash,
}

/// A private signing key. Has no `Debug` and cannot be written out.
pub struct SigningKey {
    pair: Ed25519KeyPair,
    jws: EncodingKey,
    public: PublicKey,
}

impl SigningKey {
    /// Reads a key in PKCS#8 (DER).
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, KeyMalformed> {
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).map_err(|_| KeyMalformed)?;
        let public = PublicKey(pair.public_key().as_ref().try_into().map_err(|_| KeyMalformed)?);
        Ok(Self { pair, jws: EncodingKey::from_ed_der(der), public })
    }

    /// The key of a 32-byte seed (RFC 8032), for worked examples and tests.
    pub fn from_seed(seed: &[u8; 32]) -> Result<Self, KeyMalformed> {
        // RFC 8410, section 7: the fixed prefix of an Ed25519 private key in PKCS#8.
        const PREFIX: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
        let mut der = zeroize::Zeroizing::new([0; 48]);
        der[..16].copy_from_slice(&PREFIX);
        der[16..].copy_from_slice(seed);
        Self::from_pkcs8(der.as_slice())
    }

    /// Its public half.
    #[must_use]
    pub const fn public(&self) -> PublicKey {
        self.public
    }

    /// Signs `payload` as a compact JWS of type `typ`.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "a key that was read signs every message")]
    pub fn sign_jws(&self, typ: &str, payload: &[u8]) -> String {
        let header = ProtectedHeader { typ: typ.into(), alg: ALGORITHM.into(), kid: self.public.kid() };
        let header = serde_json::to_vec(&header).expect("a header has only strings");
        let mut token = BASE64URL_NOPAD.encode(&header);
        token.push('.');
        BASE64URL_NOPAD.encode_append(payload, &mut token);
        let signature = crypto::sign(token.as_bytes(), &self.jws, Algorithm::EdDSA)
            .expect("an Ed25519 key that was read signs every message");
        token.push('.');
        token.push_str(&signature);
        token
    }

    /// Signs a raw message.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "an Ed25519 signature has 64 bytes")]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.pair.sign(message).as_ref().try_into().expect("an Ed25519 signature has 64 bytes")
    }
}

/// A public signing key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// Wraps the raw 32 bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The raw 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key's id: SHA-256 of the raw bytes.
    #[must_use]
    pub fn kid(&self) -> Hash {
        Hash::of(&[&self.0])
    }

    /// Whether signatures under this key prove nothing (see [`SignatureRefused::WeakKey`]).
    #[must_use]
    pub fn is_of_small_order(&self) -> bool {
        let mut y = self.0;
        y[31] &= 0x7f;
        SMALL_ORDER.contains(&y)
    }

    /// The payload of a JWS of type `typ` that this key signed.
    pub fn verify_jws(&self, typ: &str, token: &str) -> Result<Vec<u8>, SignatureRefused> {
        let (message, signature) = token.rsplit_once('.').ok_or(SignatureRefused::Form)?;
        let (header, payload) = message.split_once('.').ok_or(SignatureRefused::Form)?;
        let header = read_header(header)?;
        if !ALGORITHM_NAMES.contains(&&*header.alg) {
            return Err(SignatureRefused::Algorithm);
        }
        if header.typ != typ {
            return Err(SignatureRefused::Type);
        }
        if header.kid != self.kid() {
            return Err(SignatureRefused::Key);
        }
        if self.is_of_small_order() {
            return Err(SignatureRefused::WeakKey);
        }
        let payload = BASE64URL_NOPAD.decode(payload.as_bytes()).map_err(|_| SignatureRefused::Form)?;
        BASE64URL_NOPAD.decode(signature.as_bytes()).map_err(|_| SignatureRefused::Form)?;
        let key = DecodingKey::from_ed_der(&self.0);
        match crypto::verify(signature, message.as_bytes(), &key, Algorithm::EdDSA) {
            Ok(true) => Ok(payload),
            _ => Err(SignatureRefused::Signature),
        }
    }

    /// Verifies a signature over a raw message.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureRefused> {
        if self.is_of_small_order() {
            return Err(SignatureRefused::WeakKey);
        }
        UnparsedPublicKey::new(&ED25519, self.0).verify(message, signature).map_err(|_| SignatureRefused::Signature)
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64URL_NOPAD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        super::from_text::deserialize_from_str(deserializer)
    }
}

impl std::str::FromStr for PublicKey {
    type Err = KeyMalformed;

    fn from_str(text: &str) -> Result<Self, KeyMalformed> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| KeyMalformed)?;
        let key = Self(bytes.try_into().map_err(|_| KeyMalformed)?);
        if key.is_of_small_order() { Err(KeyMalformed) } else { Ok(key) }
    }
}

/// The key id that a token names, to look the key up in one's own store. Nothing is verified by it.
pub fn read_kid(token: &str, limit_bytes: usize) -> Result<Hash, SignatureRefused> {
    if token.len() > limit_bytes {
        return Err(SignatureRefused::TooLong);
    }
    let (header, _) = token.split_once('.').ok_or(SignatureRefused::Form)?;
    Ok(read_header(header)?.kid)
}

fn read_header(part: &str) -> Result<ProtectedHeader, SignatureRefused> {
    let bytes = BASE64URL_NOPAD.decode(part.as_bytes()).map_err(|_| SignatureRefused::Form)?;
    // Strict, as all that is signed: two readers must not see two headers in the same bytes.
    json::check(&bytes, HEADER_LIMITS).map_err(|_| SignatureRefused::Header)?;
    serde_json::from_slice(&bytes).map_err(|_| SignatureRefused::Header)
}

#[cfg(test)]
mod tests;

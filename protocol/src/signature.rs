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

/// The only algorithm.
const ALGORITHM: &str = "EdDSA";

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
    /// Another algorithm than `EdDSA`.
    #[error("the token's algorithm is not EdDSA")]
    Algorithm,
    /// Another `typ`.
    #[error("the token is of another type")]
    Type,
    /// Another `kid`.
    #[error("the token names another key")]
    Key,
    /// The signature does not hold.
    #[error("the signature does not hold")]
    Signature,
}

/// The bytes are no Ed25519 key.
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
    #[expect(clippy::missing_panics_doc, reason = "a header has only strings, and a key that was read signs")]
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

    /// The payload of a JWS of type `typ` that this key signed.
    pub fn verify_jws(&self, typ: &str, token: &str) -> Result<Vec<u8>, SignatureRefused> {
        let (message, signature) = token.rsplit_once('.').ok_or(SignatureRefused::Form)?;
        let (header, payload) = message.split_once('.').ok_or(SignatureRefused::Form)?;
        let header = read_header(header)?;
        if header.alg != ALGORITHM {
            return Err(SignatureRefused::Algorithm);
        }
        if header.typ != typ {
            return Err(SignatureRefused::Type);
        }
        if header.kid != self.kid() {
            return Err(SignatureRefused::Key);
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
        crate::id::deserialize_from_str(deserializer)
    }
}

impl std::str::FromStr for PublicKey {
    type Err = KeyMalformed;

    fn from_str(text: &str) -> Result<Self, KeyMalformed> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| KeyMalformed)?;
        Ok(Self(bytes.try_into().map_err(|_| KeyMalformed)?))
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
    serde_json::from_slice(&bytes).map_err(|_| SignatureRefused::Header)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SigningKey {
        SigningKey::from_seed(&[7; 32]).expect("any 32 bytes are a seed")
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
        let header =
            |typ: &str, alg: &str, more: &str| format!(r#"{{"typ":"{typ}","alg":"{alg}","kid":"{kid}"{more}}}"#);
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
            0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0,
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
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
}

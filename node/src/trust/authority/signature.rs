//! Whether an authority's key has signed something: a certificate, or a revocation list.
//!
//! Judged by the very algorithms that judge chains in TLS, so that no list is refused here while its certificates are
//! taken there. They are ECDSA on P-256, P-384 and P-521, RSA (PKCS#1 and PSS) of 2,048 to 8,192 bits, Ed25519, and
//! later additions of the provider.

use rustls_pki_types::SignatureVerificationAlgorithm;
use x509_parser::asn1_rs::{Any, Class, FromDer as _, Tag};
use x509_parser::public_key::PublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

use crate::trust::handshake::provider;

/// Shorter keys of RSA can be broken, longer ones take too long.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2_048..=8_192;

/// Why a signature does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unsigned {
    /// No signature by this key over this.
    Wrong,
    /// The key, or the signature's algorithm, is of a kind that nobody here can judge.
    UnknownKind,
}

/// Whether the key `spki` (DER) has signed `signed` (DER): a certificate or a revocation list. Both are a sequence of
/// the signed part, the algorithm's identifier, and the signature.
pub(super) fn check_signature(signed: &[u8], spki: &[u8]) -> Result<(), Unsigned> {
    let parts = Parts::read(signed).ok_or(Unsigned::Wrong)?;
    let key = Key::read(spki).ok_or(Unsigned::Wrong)?;
    let algorithms = provider().signature_verification_algorithms.all;
    let by_kind = |algorithm: &&&dyn SignatureVerificationAlgorithm| {
        algorithm.signature_alg_id().as_ref() == parts.algorithm
            && algorithm.public_key_alg_id().as_ref() == key.algorithm
    };
    let mut known = algorithms.iter().filter(by_kind).peekable();
    known.peek().ok_or(Unsigned::UnknownKind)?;
    let holds = known.any(|algorithm| algorithm.verify_signature(key.bits, parts.message, parts.signature).is_ok());
    if holds { Ok(()) } else { Err(Unsigned::Wrong) }
}

/// Whether some algorithm judges signatures of the key `spki` (DER).
pub(super) fn is_known_key(spki: &[u8]) -> bool {
    let algorithms = provider().signature_verification_algorithms.all;
    let Some(key) = Key::read(spki) else { return false };
    if let Ok((_, read)) = SubjectPublicKeyInfo::from_der(spki)
        && let Ok(PublicKey::RSA(rsa)) = read.parsed()
        && !RSA_BITS.contains(&rsa.key_size())
    {
        return false;
    }
    algorithms.iter().any(|algorithm| algorithm.public_key_alg_id().as_ref() == key.algorithm)
}

struct Parts<'a> {
    message: &'a [u8],
    /// The identifier's content, without its tag and length.
    algorithm: &'a [u8],
    signature: &'a [u8],
}

impl<'a> Parts<'a> {
    fn read(signed: &'a [u8]) -> Option<Self> {
        let (content, []) = sequence(signed)? else { return None };
        let (_, rest) = sequence(content)?;
        let message = &content[..content.len() - rest.len()];
        let (algorithm, rest) = sequence(rest)?;
        let (signature, []) = bits(rest)? else { return None };
        Some(Self { message, algorithm, signature })
    }
}

struct Key<'a> {
    algorithm: &'a [u8],
    bits: &'a [u8],
}

impl<'a> Key<'a> {
    fn read(spki: &'a [u8]) -> Option<Self> {
        let (content, []) = sequence(spki)? else { return None };
        let (algorithm, rest) = sequence(content)?;
        let (bits, []) = bits(rest)? else { return None };
        Some(Self { algorithm, bits })
    }
}

/// Returns the content of the sequence that comes first, and the bytes behind it.
fn sequence(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    element(bytes, Tag::Sequence)
}

/// Returns the bits: they are whole bytes.
fn bits(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (content, rest) = element(bytes, Tag::BitString)?;
    let (0, bits) = content.split_first()? else { return None };
    Some((bits, rest))
}

fn element(bytes: &[u8], tag: Tag) -> Option<(&[u8], &[u8])> {
    let (rest, any) = Any::from_der(bytes).ok()?;
    (any.class() == Class::Universal && any.tag() == tag).then_some((any.data, rest))
}

//! The keyed digest of a URL: tells holders of the key that they know the same URL, and others nothing.
//!
//! It hides the URL from those without the key only. A member can confirm a URL that it already
//! knows; a match is a hint to a person, never a reason to drop a report.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::hmac;
use data_encoding::HEXLOWER;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;
use zeroize::Zeroizing;

use super::canonical::{CANONICALISER_VERSION, CanonicalUrl};
use crate::bytes::Hash;
use crate::id::Network;
use crate::json::only_as_object;

/// The digest of one URL under one key, as it stands in a header's `dg`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct UrlDigest {
    /// The key.
    pub k: DigestKeyId,
    /// The canonicaliser's version; of one that this reader does not know, the digest matches nothing.
    pub c: u64,
    /// The digest itself.
    pub h: Hash,
}

only_as_object!(UrlDigest);

/// The text is not 16 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a digest key's id is 16 lower-case hexadecimal digits")]
pub struct DigestKeyIdMalformed;

/// The name of a digest key: the first 8 bytes of its SHA-256, written as 16 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DigestKeyId([u8; 8]);

impl DigestKeyId {
    fn of(key: &[u8; 32]) -> Self {
        let hash = Hash::of(&[key]);
        Self(*hash.as_bytes().first_chunk().expect("a hash has more than 8 bytes"))
    }
}

impl fmt::Display for DigestKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEXLOWER.encode_mut_str(&self.0, &mut [0; 16]))
    }
}

impl fmt::Debug for DigestKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for DigestKeyId {
    type Err = DigestKeyIdMalformed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = [0; 8];
        if text.len() != 16 {
            return Err(DigestKeyIdMalformed);
        }
        HEXLOWER.decode_mut(text.as_bytes(), &mut bytes).map_err(|_| DigestKeyIdMalformed)?;
        Ok(Self(bytes))
    }
}

impl Serialize for DigestKeyId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(HEXLOWER.encode_mut_str(&self.0, &mut [0; 16]))
    }
}

impl<'de> Deserialize<'de> for DigestKeyId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::from_text::deserialize_from_str(deserializer)
    }
}

/// A log's digest key, ready for use. Redacted in `Debug`, wiped on drop.
pub struct DigestKey {
    secret: Zeroizing<[u8; 32]>,
    /// The key's two hash states, computed once: a look-up takes one digest for every key known.
    prepared: hmac::Key,
    id: DigestKeyId,
}

impl DigestKey {
    /// Takes 32 random bytes.
    #[must_use]
    pub fn from_bytes(secret: [u8; 32]) -> Self {
        let prepared = hmac::Key::new(hmac::HMAC_SHA256, &secret);
        let id = DigestKeyId::of(&secret);
        Self { secret: Zeroizing::new(secret), prepared, id }
    }

    /// The secret itself: for hello to an active peer, and for sealing; nowhere else.
    #[must_use]
    pub fn secret_bytes(&self) -> &[u8; 32] {
        &self.secret
    }

    /// The key's name.
    #[must_use]
    pub const fn id(&self) -> DigestKeyId {
        self.id
    }

    /// `HMAC-SHA-256(K, "hxp/url/" ‖ net ‖ "/" ‖ c ‖ "\0" ‖ canonical URL)`, `c` in decimal.
    #[must_use]
    pub fn digest(&self, net: &Network, url: &CanonicalUrl) -> UrlDigest {
        let c = CANONICALISER_VERSION;
        let mut context = hmac::Context::with_key(&self.prepared);
        // A network's name has neither '/' nor NUL, so two inputs never run into the same bytes.
        for part in ["hxp/url/", net.as_str(), "/", &c.to_string(), "\0", url.as_str()] {
            context.update(part.as_bytes());
        }
        let mut bytes = [0; 32];
        bytes.copy_from_slice(context.sign().as_ref());
        UrlDigest { k: self.id, c, h: Hash::from_bytes(bytes) }
    }
}

impl fmt::Debug for DigestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DigestKey({}, ..)", self.id)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct DigestVector {
        key: String,
        net: Network,
        url: String,
        digest: UrlDigest,
    }

    fn digest_vectors() -> Vec<DigestVector> {
        serde_json::from_str(include_str!("../../../fixtures/protocol/url-digest.json")).expect("the vectors")
    }

    fn canonical(text: &str) -> CanonicalUrl {
        CanonicalUrl::parse(text).expect("a URL")
    }

    #[test]
    fn every_digest_of_the_vectors_is_found() {
        for vector in digest_vectors() {
            let key = HEXLOWER.decode(vector.key.as_bytes()).expect("hex");
            let key = DigestKey::from_bytes(key.try_into().expect("32 bytes"));
            assert_eq!(key.id(), vector.digest.k);
            assert_eq!(key.digest(&vector.net, &canonical(&vector.url)), vector.digest);
        }
    }

    #[test]
    fn a_digest_is_written_with_three_keys() {
        let digest = DigestKey::from_bytes([7; 32]).digest(&Network::default(), &canonical("http://example.test/"));
        let written = serde_json::to_string(&digest).expect("JSON");
        assert_eq!(written, format!(r#"{{"k":"{}","c":1,"h":"{}"}}"#, digest.k, digest.h));
        assert_eq!(serde_json::from_str::<UrlDigest>(&written).expect("the same"), digest);
    }

    #[test]
    fn a_key_id_is_sixteen_lower_case_hex_digits() {
        let id: DigestKeyId = "00112233aabbccdd".parse().expect("an id");
        assert_eq!(id.to_string(), "00112233aabbccdd");
        for wrong in
            ["", "00112233aabbccd", "00112233aabbccdde", "00112233AABBCCDD", "00112233aabbccd ", "é0112233aabbccd"]
        {
            assert_eq!(wrong.parse::<DigestKeyId>(), Err(DigestKeyIdMalformed), "{wrong}");
        }
    }

    #[test]
    fn debug_shows_nothing_of_a_key() {
        let key = DigestKey::from_bytes([7; 32]);
        assert_eq!(format!("{key:?}"), format!("DigestKey({}, ..)", key.id()));
    }

    proptest! {
        #[test]
        fn userinfo_and_fragment_never_change_the_digest(
            user in "[a-z0-9%:é]{0,8}",
            fragment in "[ -~é]{0,8}",
            path in "[a-z0-9/%.]{0,8}",
        ) {
            let key = DigestKey::from_bytes([7; 32]);
            let net = Network::default();
            let plain = canonical(&format!("https://example.test/{path}"));
            let dressed = canonical(&format!("https://{user}@example.test/{path}#{fragment}"));
            prop_assert_eq!(key.digest(&net, &plain), key.digest(&net, &dressed));
        }

        #[test]
        fn another_key_or_network_gives_another_digest(
            keys in any::<([u8; 32], [u8; 32])>(),
            nets in ("[a-z0-9-]{1,40}", "[a-z0-9-]{1,40}"),
        ) {
            prop_assume!(keys.0 != keys.1 && nets.0 != nets.1);
            let (key, other_key) = (DigestKey::from_bytes(keys.0), DigestKey::from_bytes(keys.1));
            let (net, other_net): (Network, Network) = (nets.0.parse().expect("a name"), nets.1.parse().expect("a name"));
            let url = canonical("https://example.test/");
            prop_assert_ne!(key.id(), other_key.id());
            prop_assert_ne!(key.digest(&net, &url).h, other_key.digest(&net, &url).h);
            prop_assert_ne!(key.digest(&net, &url).h, key.digest(&other_net, &url).h);
        }
    }
}

//! Names of onion services: whether one can exist (Tor's rend-spec-v3, section "Encoding onion addresses").

use aws_lc_rs::digest::{SHA3_256, digest};
use data_encoding::BASE32_NOPAD;
use hotline_protocol::url::{CanonicalUrl, Host};

/// Letters of a name of version 3: a key of 32 bytes, two of a checksum, one of the version.
const LETTERS: usize = 56;
/// Letters of a name of version 2.
const LETTERS_RETIRED: usize = 16;
/// Value of the last byte of a name of version 3.
const VERSION: u8 = 3;

/// The kind of a name under `onion`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OnionName {
    /// Its checksum holds.
    Good,
    /// No service can have it.
    Mistyped,
    /// Of version 2.
    Retired,
}

/// The kind of an onion service's name; `None` where the host is none.
pub(super) fn onion_name(url: &CanonicalUrl) -> Option<OnionName> {
    let Host::Domain(name) = url.host() else { return None };
    let mut labels = name.rsplit('.');
    (labels.next() == Some("onion")).then(|| labels.next().map_or(OnionName::Mistyped, kind_of))
}

/// Subdomains stand before the label that counts.
fn kind_of(label: &str) -> OnionName {
    if is_key(label) {
        OnionName::Good
    } else if label.len() == LETTERS_RETIRED && is_base32(label) {
        OnionName::Retired
    } else {
        OnionName::Mistyped
    }
}

/// Whether a label is a key of version 3 with its checksum.
pub(super) fn is_key(label: &str) -> bool {
    if label.len() != LETTERS {
        return false;
    }
    let Ok(bytes) = BASE32_NOPAD.decode(label.to_ascii_uppercase().as_bytes()) else { return false };
    let Some((key, [first, second, VERSION])) = bytes.split_last_chunk::<3>() else { return false };
    let hash = digest(&SHA3_256, &[b".onion checksum", key, &[VERSION]].concat());
    hash.as_ref().starts_with(&[*first, *second])
}

/// Whether a label is written with the letters and digits of base 32.
pub(super) fn is_base32(label: &str) -> bool {
    label.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'2'..=b'7'))
}

/// The label of a service with this key, for tests.
#[cfg(test)]
pub(super) fn label_of(key: &[u8; 32]) -> String {
    let hash = digest(&SHA3_256, &[&b".onion checksum"[..], key, &[VERSION]].concat());
    BASE32_NOPAD.encode(&[key, &hash.as_ref()[..2], &[VERSION]].concat()).to_ascii_lowercase()
}

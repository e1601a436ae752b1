//! One-time links.

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64URL_NOPAD;
use zeroize::Zeroizing;

use crate::config::value::OwnUrl;
use crate::randomness::Randomness;

/// How long a link may be used, in microseconds: long enough for a weekend.
const LIFETIME: i64 = 72 * 3_600 * 1_000_000;
/// 192 bits: nobody guesses one.
const TOKEN_BYTES: usize = 24;

/// The token in a one-time link. The database holds its hash alone: the reader of a backup cannot use it.
pub struct InvitationToken(Zeroizing<String>);

impl InvitationToken {
    /// A new one.
    pub(crate) fn new(randomness: Randomness) -> Self {
        Self(Zeroizing::new(BASE64URL_NOPAD.encode(&randomness.bytes::<TOKEN_BYTES>())))
    }

    /// The one-time link.
    #[must_use]
    pub fn link(&self, office: &OwnUrl) -> String {
        format!("{office}/invitation/{}", *self.0)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Returns the hash of a token, as the database holds it.
pub(crate) fn hash_of(token: &str) -> Vec<u8> {
    digest(&SHA256, token.as_bytes()).as_ref().to_vec()
}

/// When an invitation of this time is over; microseconds since 1970.
pub(crate) const fn ends_at(invited_at: i64) -> i64 {
    invited_at.saturating_add(LIFETIME)
}

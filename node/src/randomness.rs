//! The only reader of chance: bytes from the cryptographic generator, and the ids made of them.

use aws_lc_rs::rand;
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Gives random bytes of cryptographic quality.
#[derive(Clone, Copy, Debug, Default)]
pub struct Randomness;

impl Randomness {
    /// An array of random bytes.
    ///
    /// # Panics
    /// When the operating system has no randomness to give: nothing safe can be done then.
    #[must_use]
    pub fn bytes<const N: usize>(self) -> [u8; N] {
        let mut bytes = [0; N];
        rand::fill(&mut bytes).expect("the operating system gives randomness");
        bytes
    }

    /// A number in `0..below`; 0 where `below` is 0. For jitter, not for keys (it is very slightly biased).
    #[must_use]
    pub fn below(self, below: u64) -> u64 {
        if below == 0 { 0 } else { u64::from_le_bytes(self.bytes()) % below }
    }

    /// A UUIDv7: the millisecond of `at`, then 74 random bits.
    #[must_use]
    pub fn uuid_v7(self, at: DateTime<Utc>) -> Uuid {
        let millis = u64::try_from(at.timestamp_millis()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes::<10>()).into_uuid()
    }
}

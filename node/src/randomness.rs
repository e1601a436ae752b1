//! The only reader of chance: bytes from the cryptographic generator, and the ids made of them.

use std::cell::RefCell;

use aws_lc_rs::rand;
use chrono::{DateTime, Utc};
use uuid::Uuid;
use zeroize::Zeroize as _;

/// Bytes that the generator gives at once: each call of it costs as much as hashing a kilobyte, and a report takes some
/// forty bytes in four pieces.
const AHEAD_BYTES: usize = 512;

thread_local! {
    static AHEAD: RefCell<Ahead> = const { RefCell::new(Ahead { bytes: [0; AHEAD_BYTES], left: 0 }) };
}

/// Random bytes of one thread that nobody has yet. Bytes given away are wiped here.
struct Ahead {
    bytes: [u8; AHEAD_BYTES],
    left: usize,
}

impl Ahead {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let mut taken = [0; N];
        if N > AHEAD_BYTES {
            fill(&mut taken);
            return taken;
        }
        if N > self.left {
            fill(&mut self.bytes);
            self.left = AHEAD_BYTES;
        }
        let given = &mut self.bytes[self.left - N..self.left];
        taken.copy_from_slice(given);
        given.zeroize();
        self.left -= N;
        taken
    }
}

fn fill(bytes: &mut [u8]) {
    rand::fill(bytes).expect("the operating system gives randomness");
}

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
        fill(&mut bytes);
        bytes
    }

    /// Returns random bytes that must be unique: for ids, salts and nonces. They come from a store of this thread.
    ///
    /// # Panics
    /// As [`Randomness::bytes`].
    #[must_use]
    pub fn unique_bytes<const N: usize>(self) -> [u8; N] {
        AHEAD.with_borrow_mut(Ahead::take)
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
        uuid::Builder::from_unix_timestamp_millis(millis, &self.unique_bytes::<10>()).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_bytes_are_given_twice_whatever_their_number() {
        let mut seen = HashSet::new();
        for _ in 0..1_000 {
            assert!(seen.insert(Randomness.unique_bytes::<16>().to_vec()));
            assert!(seen.insert(Randomness.unique_bytes::<31>().to_vec()));
            assert!(seen.insert(Randomness.unique_bytes::<AHEAD_BYTES>().to_vec()));
            assert!(seen.insert(Randomness.unique_bytes::<{ AHEAD_BYTES + 1 }>().to_vec()));
        }
        let parts: HashSet<&[u8]> = seen.iter().flat_map(|bytes| bytes.chunks_exact(8)).collect();
        assert_eq!(parts.len(), seen.iter().map(|bytes| bytes.len() / 8).sum::<usize>());
    }
}

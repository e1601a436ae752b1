//! Chance that can be repeated: a generator from a printed seed.

use std::ops::Range;

use hotline_node::randomness::Randomness;

/// Sets the seed of every generator, to repeat a run that failed.
pub const SEED: &str = "HOTLINE_SEED";

/// `SplitMix64` (Steele, Lea, Flood 2014): small, and good enough to choose moments.
#[derive(Debug)]
pub struct Chance(u64);

impl Chance {
    /// A new seed, or the one in the environment variable [`SEED`]; printed with `what` it is for.
    ///
    /// # Panics
    /// Where the environment variable is no number.
    #[must_use]
    pub fn printed(what: &str) -> Self {
        let seed = match std::env::var(SEED) {
            Ok(seed) => seed.parse().expect("the seed in the environment is a number"),
            Err(_) => u64::from_le_bytes(Randomness.bytes()),
        };
        println!("{what}: {SEED}={seed}");
        Self(seed)
    }

    /// The sequence of a seed.
    #[must_use]
    pub const fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number of a range that is not empty.
    pub fn within(&mut self, range: Range<u64>) -> u64 {
        range.start + self.number() % (range.end - range.start)
    }
}

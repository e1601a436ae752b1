//! Fingerprints of certificates as people give them: whole, or the first digits of one.

use std::str::FromStr;

use hotline_protocol::bytes::Hash;
use thiserror::Error;

/// Digits that a beginning needs: two certificates of a peer do not share so many by accident.
const FEWEST_DIGITS: usize = 8;
/// Digits of a whole fingerprint.
const DIGITS: usize = 64;

/// Not the hexadecimal digits of a fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PinMalformed {
    /// Of a beginning.
    #[error("the first 8 to 64 hexadecimal digits of a TLS fingerprint are needed")]
    Beginning,
    /// Of a whole one.
    #[error("a TLS fingerprint is 64 hexadecimal digits, as 'identity show' has it; all of them are needed")]
    Whole,
}

/// The beginning of a fingerprint: 8 to 64 digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinPrefix(String);

impl PinPrefix {
    /// Whether `pin` begins so.
    #[must_use]
    pub fn begins(&self, pin: &Hash) -> bool {
        pin.to_string().starts_with(&self.0)
    }

    /// Its digits.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for PinPrefix {
    type Err = PinMalformed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = plain(text);
        let is_one =
            (FEWEST_DIGITS..=DIGITS).contains(&digits.len()) && digits.bytes().all(|it| it.is_ascii_hexdigit());
        if is_one { Ok(Self(digits)) } else { Err(PinMalformed::Beginning) }
    }
}

/// A whole fingerprint. Capital digits and colons between them, as other programs write them, do no harm.
pub fn read_pin(text: &str) -> Result<Hash, PinMalformed> {
    plain(text).parse().map_err(|_| PinMalformed::Whole)
}

fn plain(text: &str) -> String {
    text.trim().replace(':', "").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_found_by_its_first_digits() {
        let pin = Hash::from_bytes([0xab; 32]);
        let whole = pin.to_string();
        for (text, begins) in
            [("abababab", true), (" AB:ab:AB:ab:AB ", true), (whole.as_str(), true), ("abababac", false)]
        {
            assert_eq!(text.parse::<PinPrefix>().expect("digits").begins(&pin), begins, "{text}");
        }
        for text in ["", "abababa", "abababag", "abababaé", &format!("{whole}a")] {
            assert_eq!(text.parse::<PinPrefix>(), Err(PinMalformed::Beginning), "{text}");
        }
    }

    #[test]
    fn a_certificate_is_pinned_by_all_digits_of_its_fingerprint() {
        let pin = Hash::from_bytes([0xab; 32]);
        let text = pin.to_string();
        assert_eq!(read_pin(&text.to_uppercase()), Ok(pin));
        assert_eq!(read_pin(&text[..63]), Err(PinMalformed::Whole));
        assert_eq!(read_pin("é"), Err(PinMalformed::Whole));
    }
}

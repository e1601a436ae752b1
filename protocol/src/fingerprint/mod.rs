//! The fingerprint of a node's card: the text that two people read to each other over the telephone.
//!
//! It covers network, id and signing key, so that it outlives certificates and addresses. 120 bits stand in six groups
//! of five symbols (Crockford's base32, without I, L, O and U). The fifth symbol of each group checks the four before
//! it and the group's place. So a slip is found, with its place, before two cards are compared.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::bytes::Hash;
use crate::id::{Network, NodeId};
use crate::signature::PublicKey;

/// Crockford's base32: <https://www.crockford.com/base32.html>.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const GROUPS: usize = 6;
/// Symbols of a group, its check symbol included.
const SYMBOLS: usize = 5;
/// Longer texts are no slip of the hand; bounds the text that an error repeats.
const TEXT_LIMIT: usize = 128;

/// Why a text is not a fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FingerprintMalformed {
    /// Too few or too many symbols.
    #[error("a fingerprint has {GROUPS} groups of {SYMBOLS} symbols")]
    Length,
    /// A group that does not fit its check symbol, or its place.
    #[error("the {} group ({typed}) is mistyped", ordinal(*group))]
    Group {
        /// Its place, from 1.
        group: usize,
        /// The group as it was read.
        typed: Box<str>,
    },
}

/// Two fingerprints are not the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the fingerprints differ, first in the {} group", ordinal(*group))]
pub struct FingerprintMismatch {
    /// The first group that differs, from 1.
    pub group: usize,
}

/// A fingerprint: the first 120 bits of `SHA-256("hxp/card/1\0" ‖ net ‖ "\0" ‖ id ‖ "\0" ‖ 32 key bytes)`.
///
/// Written as `XXXXX-XXXXX-XXXXX-XXXXX-XXXXX-XXXXX`. Read in any case, with spaces or without hyphens, with O for 0
/// and I or L for 1.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([Group; GROUPS]);

/// Four symbols, each 0 to 31.
type Group = [u8; SYMBOLS - 1];

impl Fingerprint {
    /// The fingerprint of the node `id` in `net` that signs with `key`.
    #[must_use]
    pub fn of(net: &Network, id: &NodeId, key: &PublicKey) -> Self {
        let hash =
            Hash::of(&[b"hxp/card/1\0", net.as_str().as_bytes(), b"\0", id.as_str().as_bytes(), b"\0", key.as_bytes()]);
        let mut groups = [[0; SYMBOLS - 1]; GROUPS];
        for (at, symbol) in groups.as_flattened_mut().iter_mut().enumerate() {
            *symbol = five_bits(hash.as_bytes(), at * 5);
        }
        Self(groups)
    }

    /// Tells whether `other` is the same, and if not, where to listen again.
    pub fn compare(&self, other: &Self) -> Result<(), FingerprintMismatch> {
        match self.0.iter().zip(&other.0).position(|(one, two)| one != two) {
            None => Ok(()),
            Some(index) => Err(FingerprintMismatch { group: index + 1 }),
        }
    }
}

/// The five bits of `bytes` that begin with bit `start`, the highest first.
fn five_bits(bytes: &[u8; 32], start: usize) -> u8 {
    let pair = u16::from_be_bytes([bytes[start / 8], bytes[start / 8 + 1]]);
    ((pair >> (11 - start % 8)) & 31).to_le_bytes()[0]
}

/// The check symbol `c` of a group `d1 d2 d3 d4` at place `p` (from 1): `c = p + 2·d1 + 4·d2 + 8·d3 + 16·d4` in the
/// field of 32 elements, where every symbol has a weight of its own. Hence any one wrong symbol, any two exchanged
/// symbols, and a right group in a wrong place are noticed always, not only mostly.
fn check_symbol(group: Group, place: usize) -> u8 {
    let place = u8::try_from(place).expect("a fingerprint has six groups");
    let weighed = group.iter().rev().fold(0, |sum, symbol| doubled(sum ^ symbol));
    weighed ^ place
}

/// Twice a symbol in the field of 32 elements made by x^5 + x^2 + 1.
const fn doubled(symbol: u8) -> u8 {
    let doubled = symbol << 1;
    if doubled & 0b10_0000 == 0 { doubled } else { doubled ^ 0b10_0101 }
}

fn ordinal(place: usize) -> &'static str {
    ["1st", "2nd", "3rd", "4th", "5th", "6th"].get(place.wrapping_sub(1)).copied().unwrap_or("unknown")
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, group) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("-")?;
            }
            for symbol in group.iter().copied().chain([check_symbol(*group, index + 1)]) {
                write!(f, "{}", char::from(ALPHABET[usize::from(symbol)]))?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Fingerprint {
    type Err = FingerprintMalformed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut groups = [[0; SYMBOLS - 1]; GROUPS];
        for (index, typed) in split(text)?.into_iter().enumerate() {
            groups[index] = read_group(&typed, index + 1)
                .ok_or_else(|| FingerprintMalformed::Group { group: index + 1, typed: typed.into() })?;
        }
        Ok(Self(groups))
    }
}

/// The six groups as typed, in capitals. With the right number of symbols the separators say nothing; with a wrong one,
/// they tell the group that lost or gained one.
fn split(text: &str) -> Result<Vec<String>, FingerprintMalformed> {
    if text.len() > TEXT_LIMIT {
        return Err(FingerprintMalformed::Length);
    }
    let text = text.to_uppercase();
    let separates = |symbol: char| symbol == '-' || symbol.is_whitespace();
    let parts: Vec<&str> = text.split(separates).filter(|part| !part.is_empty()).collect();
    let symbols: Vec<char> = parts.concat().chars().collect();
    if symbols.len() == GROUPS * SYMBOLS {
        return Ok(symbols.chunks(SYMBOLS).map(|group| group.iter().collect()).collect());
    }
    if parts.len() == GROUPS {
        Ok(parts.into_iter().map(str::to_owned).collect())
    } else {
        Err(FingerprintMalformed::Length)
    }
}

fn read_group(typed: &str, place: usize) -> Option<Group> {
    let symbols: Vec<u8> = typed.chars().map(read_symbol).collect::<Option<_>>()?;
    let (group, check) = symbols.split_first_chunk::<{ SYMBOLS - 1 }>()?;
    (check == [check_symbol(*group, place)]).then_some(*group)
}

fn read_symbol(typed: char) -> Option<u8> {
    let meant = match typed {
        'O' => b'0',
        'I' | 'L' => b'1',
        other => u8::try_from(other).ok()?,
    };
    let value = ALPHABET.iter().position(|symbol| *symbol == meant)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests;

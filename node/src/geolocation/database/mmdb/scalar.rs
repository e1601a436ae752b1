//! Single values of records, in any type that a maker stored.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};

/// A text, a number or a flag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::geolocation) enum Scalar {
    Text(String),
    Number(u64),
    Flag(bool),
}

impl Scalar {
    pub(in crate::geolocation) fn text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number of an autonomous system: a number, or a text like `64496` or `AS64496`. 0 is none (RFC 7607).
    pub(in crate::geolocation) fn asn(self) -> Option<u32> {
        let number = match self {
            Self::Number(number) => u32::try_from(number).ok(),
            Self::Text(text) => asn_of(&text),
            Self::Flag(_) => None,
        };
        number.filter(|number| *number > 0)
    }

    pub(in crate::geolocation) fn is_set(&self) -> bool {
        match self {
            Self::Flag(flag) => *flag,
            Self::Number(number) => *number == 1,
            Self::Text(text) => text.eq_ignore_ascii_case("true") || text == "1",
        }
    }
}

/// The number of an autonomous system as people write it.
pub(in crate::geolocation) fn asn_of(text: &str) -> Option<u32> {
    let text = text.trim();
    let has_prefix = text.get(..2).is_some_and(|prefix| prefix.eq_ignore_ascii_case("as"));
    let digits = if has_prefix { text[2..].trim_start() } else { text };
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

/// A number of any of the format's integer types. Some makers store a small number in a small type, and the reader
/// would refuse that for a plain `u32`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Number(pub(super) u64);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Scalar::deserialize(deserializer)? {
            Scalar::Number(number) => Ok(Self(number)),
            Scalar::Text(_) | Scalar::Flag(_) => Err(D::Error::custom("a number is expected")),
        }
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl Visitor<'_> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a number from 0 or a flag")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(text.to_owned()))
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Scalar, E> {
        Ok(Scalar::Flag(flag))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Scalar, E> {
        Ok(Scalar::Number(number))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Scalar, E> {
        u64::try_from(number).map(Scalar::Number).map_err(E::custom)
    }

    fn visit_u128<E: Error>(self, number: u128) -> Result<Scalar, E> {
        u64::try_from(number).map(Scalar::Number).map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_autonomous_systems_are_read_as_people_write_them() {
        for (text, number) in [
            ("64496", Some(64_496)),
            ("AS64496", Some(64_496)),
            ("as 64496", Some(64_496)),
            (" AS4200000000 ", Some(4_200_000_000)),
            ("AS4294967296", None),
            ("AS", None),
            ("-1", None),
            ("+1", None),
            ("6.4", None),
            ("", None),
            ("Ä", None),
        ] {
            assert_eq!(asn_of(text), number, "{text:?}");
        }
        assert_eq!(Scalar::Number(0).asn(), None);
    }
}

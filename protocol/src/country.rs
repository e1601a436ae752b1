//! Countries: ISO 3166-1 alpha-2, all of them, from the `iso3166` crate.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// The text is not an ISO 3166-1 alpha-2 code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a country: two capital letters of ISO 3166-1 are expected (such as FR)")]
pub struct CountryUnknown;

/// A country by its ISO 3166-1 alpha-2 code. Codes that are no country (`EU`, `AP`, `ZZ`, `??`) cannot be held.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

impl Country {
    /// The two capital letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a country's code is two ASCII letters")
    }
}

impl FromStr for Country {
    type Err = CountryUnknown;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match (iso3166::Country::from_alpha2(text), text.as_bytes()) {
            (Some(country), &[first, second]) if country.alpha2 == text => Ok(Self([first, second])),
            _ => Err(CountryUnknown),
        }
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Country {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Country {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::id::deserialize_from_str(deserializer)
    }
}

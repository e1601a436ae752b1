//! Countries: the 249 officially assigned codes of ISO 3166-1 alpha-2, from the `iso3166` crate and one that it lacks,
//! and `XK`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// The text is not an ISO 3166-1 alpha-2 code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a country: two capital letters of ISO 3166-1, or XK, are expected (such as FR)")]
pub struct CountryUnknown;

/// Not in the crate: Antarctica, although ISO 3166-1 has it, and Kosovo. Kosovo's code is one of those that the
/// standard leaves to its users: location databases, the European Union and the registries of addresses write `XK`.
const FURTHER: [(&str, &str); 2] = [("AQ", "Antarctica"), ("XK", "Kosovo")];

/// A country by its code: ISO 3166-1 alpha-2, and `XK`. Codes that are no country (`EU`, `AP`, `ZZ`, `??`) cannot be held.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

impl Country {
    /// Every country, by code from `AD` to `ZW`.
    pub fn all() -> impl Iterator<Item = Self> {
        let codes = iso3166::LIST.iter().map(|country| country.alpha2).chain(FURTHER.map(|(code, _)| code));
        let mut all: Vec<Self> = codes.filter_map(|code| code.parse().ok()).collect();
        all.sort_unstable();
        all.into_iter()
    }

    /// The two capital letters.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "the code was ASCII when it was parsed")]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a country's code is two ASCII letters")
    }

    /// The short English name, such as `France` or `UK`: for people, not for programs.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "the code had a name when it was parsed")]
    pub fn name(self) -> &'static str {
        name_of(self.as_str()).expect("a country's code was known when it was parsed")
    }
}

/// The text is not two capital letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a country's code is two capital letters (such as FR)")]
pub struct CountryCodeMalformed;

/// Two capital letters that stand for a country, be it one that this reader does not know (yet).
///
/// Codes from other nodes are read as this type: a new country must not stop a log. Prohibitions go by the letters, so
/// that readers with different lists fold a report alike.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CountryCode([u8; 2]);

impl CountryCode {
    /// The two capital letters.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "the code was ASCII when it was parsed")]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a country's code is two ASCII letters")
    }

    /// The country, where this reader knows it.
    #[must_use]
    pub fn known(self) -> Option<Country> {
        self.as_str().parse().ok()
    }
}

impl From<Country> for CountryCode {
    fn from(country: Country) -> Self {
        Self(country.0)
    }
}

impl PartialEq<Country> for CountryCode {
    fn eq(&self, country: &Country) -> bool {
        self.0 == country.0
    }
}

impl FromStr for CountryCode {
    type Err = CountryCodeMalformed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.as_bytes() {
            &[first, second] if first.is_ascii_uppercase() && second.is_ascii_uppercase() => Ok(Self([first, second])),
            _ => Err(CountryCodeMalformed),
        }
    }
}

fn name_of(code: &str) -> Option<&'static str> {
    if let Some((_, name)) = FURTHER.iter().find(|(further, _)| *further == code) {
        return Some(name);
    }
    iso3166::Country::from_alpha2(code).map(|country| country.name)
}

impl FromStr for Country {
    type Err = CountryUnknown;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match (name_of(text), text.as_bytes()) {
            (Some(_), &[first, second]) => Ok(Self([first, second])),
            _ => Err(CountryUnknown),
        }
    }
}

macro_rules! text_form {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                super::from_text::deserialize_from_str(deserializer)
            }
        }
    )*};
}
text_form!(Country, CountryCode);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn all_are_the_249_of_the_standard_and_kosovo_in_order() {
        let all: Vec<_> = Country::all().collect();
        assert_eq!(all.len(), 250);
        assert!(all.is_sorted_by(|one, next| one < next));
        assert_eq!((all[0].as_str(), all[249].as_str()), ("AD", "ZW"));
    }

    #[test]
    fn every_country_is_read_back_and_has_a_name_of_its_own() {
        let mut names: Vec<_> = Country::all().map(Country::name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 250);
        for country in Country::all() {
            assert_eq!(country.as_str().parse(), Ok(country));
            let json = serde_json::to_string(&country).expect("JSON");
            assert_eq!(json, format!("\"{country}\""));
            assert_eq!(serde_json::from_str::<Country>(&json).expect("the same"), country);
        }
    }

    #[test]
    fn countries_are_named_in_english() {
        for (code, name) in
            [("FR", "France"), ("DE", "Germany"), ("AQ", "Antarctica"), ("TW", "Taiwan"), ("XK", "Kosovo")]
        {
            assert_eq!(code.parse().map(Country::name), Ok(name));
        }
    }

    #[test]
    fn what_is_no_country_is_refused() {
        for text in ["", "F", "FRA", "fr", "Fr", " FR", "FR ", "EU", "AP", "UK", "XX", "A1", "ZZ", "??", "é", "250"] {
            assert_eq!(text.parse::<Country>(), Err(CountryUnknown), "{text}");
        }
    }

    #[test]
    fn two_capital_letters_are_a_code_and_a_country_where_it_is_known() {
        for code in ["FR", "XK", "EU", "ZZ", "XQ"] {
            let read: CountryCode = code.parse().expect("two capital letters");
            assert_eq!((read.as_str(), read.known()), (code, code.parse().ok()));
            assert_eq!(serde_json::to_string(&read).expect("JSON"), format!("\"{code}\""));
        }
        for text in ["", "F", "FRA", "fr", "Fr", " FR", "??", "A1", "é"] {
            assert_eq!(text.parse::<CountryCode>(), Err(CountryCodeMalformed), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_country_of_all_or_refused(text in "[A-Za-z]{2}|.{0,3}") {
            let known = Country::all().find(|country| country.as_str() == text);
            prop_assert_eq!(text.parse::<Country>().ok(), known);
        }
    }
}

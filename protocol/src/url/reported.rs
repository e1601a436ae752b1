//! A URL as it was reported, kept to the letter: a person must be able to look it up again.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use super::canonical::{CanonicalUrl, trimmed};
use super::defang::defang;
use super::refused::UrlRefused;

/// A URL as given, with a canonical form. Redacted in `Debug`, wiped on drop; in JSON the text as given.
#[derive(Clone, PartialEq, Eq)]
pub struct ReportedUrl {
    given: Zeroizing<String>,
    canonical: CanonicalUrl,
}

impl ReportedUrl {
    /// Takes the same texts as [`CanonicalUrl::parse`].
    pub fn parse(text: &str) -> Result<Self, UrlRefused> {
        let canonical = CanonicalUrl::parse(text)?;
        Ok(Self { given: Zeroizing::new(trimmed(text).to_owned()), canonical })
    }

    /// The URL as given, without the white space around it. May hold userinfo, and line feeds within.
    #[must_use]
    pub fn as_given(&self) -> &str {
        &self.given
    }

    /// The canonical form.
    #[must_use]
    pub const fn canonical(&self) -> &CanonicalUrl {
        &self.canonical
    }

    /// The form to show: see [`defang`].
    #[must_use]
    pub fn defanged(&self) -> String {
        defang(&self.given)
    }
}

impl FromStr for ReportedUrl {
    type Err = UrlRefused;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Debug for ReportedUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReportedUrl(..)")
    }
}

impl Serialize for ReportedUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.given)
    }
}

impl<'de> Deserialize<'de> for ReportedUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::from_text::deserialize_from_str(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIVEN: &str = "HTTP://User:Word@Example.test./A%41#part";

    #[test]
    fn the_text_is_kept_as_given_without_white_space_around_it() {
        let url = ReportedUrl::parse(&format!(" \n{GIVEN}\t ")).expect("a URL");
        assert_eq!(url.as_given(), GIVEN);
        assert_eq!(url.canonical().as_str(), "http://example.test/AA");
        assert_eq!(url.defanged(), "hxxp://example[.]test[.]/A%41#part");
    }

    #[test]
    fn json_holds_the_text_as_given_and_refuses_what_is_no_url() {
        let url = ReportedUrl::parse(GIVEN).expect("a URL");
        let json = serde_json::to_string(&url).expect("a string");
        assert_eq!(json, format!("\"{GIVEN}\""));
        assert_eq!(serde_json::from_str::<ReportedUrl>(&json).expect("the same"), url);
        let refused = serde_json::from_str::<ReportedUrl>("\"ftp://example.test/file\"").expect_err("no web address");
        assert!(!refused.to_string().contains("example"), "{refused}");
    }

    #[test]
    fn debug_shows_nothing_of_the_url() {
        let url = ReportedUrl::parse(GIVEN).expect("a URL");
        assert_eq!(format!("{url:?} {:?}", url.canonical()), "ReportedUrl(..) CanonicalUrl(..)");
    }
}

//! The origin of a website: its identity to a browser.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::Url;

/// The text is no origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "expected https://host or https://host:port exactly as a browser sends it: lower case, no path, no * and no slash at its end"
)]
pub struct OriginMalformed;

/// `https://host[:port]`, exactly as a browser sends it (RFC 6454, section 6.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl FromStr for Origin {
    type Err = OriginMalformed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text).map_err(|_| OriginMalformed)?;
        let is_web = matches!(url.scheme(), "http" | "https") && !text.contains('*');
        let is_exact = url.origin().ascii_serialization() == text;
        if is_web && is_exact { Ok(Self(text.to_owned())) } else { Err(OriginMalformed) }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Origin {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Origin {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_a_browser_sends_and_nothing_else() {
        for good in [
            "https://hotline.example",
            "https://hotline.example:8443",
            "http://127.0.0.1:8080",
            "https://xn--bcher-kva.example",
        ] {
            assert_eq!(good.parse::<Origin>().map(|origin| origin.to_string()).as_deref(), Ok(good));
        }
        for bad in [
            "*",
            "null",
            "",
            "hotline.example",
            "https://hotline.example/",
            "https://hotline.example:443",
            "https://Hotline.example",
            "https://*.hotline.example",
            "https://user@hotline.example",
            "https://hotline.example/form",
            "https://hotline.example?",
            "https://bücher.example",
            "ftp://hotline.example",
        ] {
            assert_eq!(bad.parse::<Origin>(), Err(OriginMalformed), "{bad}");
        }
    }
}

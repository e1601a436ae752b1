//! Where a program listens that is to be told of alerts.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::Url;

use super::mail::is_loopback;

/// The text is no address of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected an https URL, or on this machine http://127.0.0.1, without a user: a token stands in its own file")]
pub struct WebhookUrlMalformed;

/// An https address, or an http one on this machine. Path and query are shown to nobody: with many services they are
/// the secret that lets one post there.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl(Url);

impl WebhookUrl {
    /// The whole address.
    #[must_use]
    pub const fn as_url(&self) -> &Url {
        &self.0
    }
}

impl FromStr for WebhookUrl {
    type Err = WebhookUrlMalformed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text).map_err(|_| WebhookUrlMalformed)?;
        let nobody = url.username().is_empty() && url.password().is_none();
        let safe = match url.scheme() {
            "https" => true,
            "http" => url.host().is_some_and(|host| is_loopback(&host)),
            _ => false,
        };
        if safe && nobody && url.fragment().is_none() { Ok(Self(url)) } else { Err(WebhookUrlMalformed) }
    }
}

impl fmt::Display for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hidden = if self.0.path() == "/" && self.0.query().is_none() { "" } else { "/hidden" };
        write!(f, "{}{hidden}", self.0.origin().ascii_serialization())
    }
}

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for WebhookUrl {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for WebhookUrl {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_has_tls_or_is_on_this_machine_and_its_path_is_hidden() {
        for (text, shown) in [
            ("https://hooks.example", "https://hooks.example"),
            ("https://hooks.example:8443/secret?secret=1", "https://hooks.example:8443/hidden"),
            ("http://127.0.0.1:8080/secret", "http://127.0.0.1:8080/hidden"),
            ("http://[::1]:8080/", "http://[::1]:8080"),
        ] {
            let url: WebhookUrl = text.parse().expect("an address of a webhook");
            assert_eq!((url.to_string().as_str(), format!("{url:?}").as_str()), (shown, shown));
            assert!(url.as_url().as_str().starts_with(text));
        }
        for text in [
            "hooks.example",
            "http://hooks.example/",
            "http://192.0.2.1/",
            "ftp://127.0.0.1/",
            "https://ada:secret@hooks.example/",
            "https://hooks.example/#part",
        ] {
            assert_eq!(text.parse::<WebhookUrl>(), Err(WebhookUrlMalformed), "{text}");
        }
    }
}

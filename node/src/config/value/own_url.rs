//! This node's address for other nodes.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::Url;

/// The text is no address for a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected https://host or https://host:port, without a path, a query or a user")]
pub struct OwnUrlMalformed;

/// `https://host[:port]`, nothing behind it.
#[derive(Clone, PartialEq, Eq)]
pub struct OwnUrl(Url);

impl OwnUrl {
    /// The address of a listener.
    ///
    /// # Panics
    /// Never: a socket's address is a host and a port.
    #[must_use]
    pub fn https(listen: SocketAddr) -> Self {
        format!("https://{listen}").parse().expect("a socket's address is a host and a port")
    }

    /// The address.
    #[must_use]
    pub fn as_url(&self) -> &Url {
        &self.0
    }
}

impl FromStr for OwnUrl {
    type Err = OwnUrlMalformed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text).map_err(|_| OwnUrlMalformed)?;
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let nobody = url.username().is_empty() && url.password().is_none();
        if url.scheme() == "https" && bare && nobody { Ok(Self(url)) } else { Err(OwnUrlMalformed) }
    }
}

impl fmt::Display for OwnUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl fmt::Debug for OwnUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for OwnUrl {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for OwnUrl {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

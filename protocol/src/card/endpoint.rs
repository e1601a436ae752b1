//! The address under which a node is reached.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;
use url::Url;

/// Longest address: a host name of 253 bytes (RFC 1035), the scheme and a port.
const ENDPOINT_LIMIT: usize = 267;

/// The text is no address for a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a node's address is https://host or https://host:port, and nothing more")]
pub struct EndpointMalformed;

/// `https://host[:port]`, nothing behind it; in its normal form, without the default port and without a slash.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Endpoint(Box<str>);

impl Endpoint {
    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Endpoint {
    type Err = EndpointMalformed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // The URL parser repairs white space and reverse slashes; two readers might repair differently.
        let plain = text.len() <= ENDPOINT_LIMIT && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        let url = Url::parse(text).ok().filter(|_| plain).ok_or(EndpointMalformed)?;
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let nobody = url.username().is_empty() && url.password().is_none();
        if url.scheme() != "https" || !bare || !nobody || url.port() == Some(0) {
            return Err(EndpointMalformed);
        }
        Ok(Self(url.as_str().trim_end_matches('/').into()))
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Endpoint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Endpoint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::id::deserialize_from_str(deserializer)
    }
}

//! The address of a node.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
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

    /// Reads an address on a card kept from the time of a wider grammar: any text that a browser would make an address
    /// of.
    pub(super) fn from_storage(text: &str) -> Result<Self, EndpointMalformed> {
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

/// By the grammar of the specification, section 6: parsers of URLs repair much, and two might repair differently.
impl FromStr for Endpoint {
    type Err = EndpointMalformed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let rest = text.strip_prefix("https://").ok_or(EndpointMalformed)?;
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = match authority.rfind(':').filter(|colon| !authority[*colon..].contains(']')) {
            Some(colon) => (&authority[..colon], Some(&authority[colon + 1..])),
            None => (authority, None),
        };
        // The parser tells the meaning of a name in punycode: a name without one is refused.
        if is_host(host) && port.is_none_or(is_port) { Self::from_storage(text) } else { Err(EndpointMalformed) }
    }
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return address.parse::<Ipv6Addr>().is_ok();
    }
    let mut labels = host.strip_suffix('.').unwrap_or(host).split('.');
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    host.parse::<Ipv4Addr>().is_ok() || (labels.clone().all(is_label) && !labels.next_back().is_some_and(is_numeric))
}

/// Whether parsers take a host that ends in this label for an IPv4 address.
fn is_numeric(label: &str) -> bool {
    let hexadecimal = label.strip_prefix("0x").or_else(|| label.strip_prefix("0X"));
    label.bytes().all(|byte| byte.is_ascii_digit())
        || hexadecimal.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn is_port(port: &str) -> bool {
    port.bytes().all(|byte| byte.is_ascii_digit()) && !port.starts_with('0') && port.parse::<u16>().is_ok()
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

/// As it is kept; [`VerifiedCard::verify`](super::VerifiedCard::verify) holds a card that arrives against the grammar.
impl<'de> Deserialize<'de> for Endpoint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Kept(Endpoint);
        impl FromStr for Kept {
            type Err = EndpointMalformed;
            fn from_str(text: &str) -> Result<Self, EndpointMalformed> {
                Endpoint::from_storage(text).map(Self)
            }
        }
        crate::from_text::deserialize_from_str(deserializer).map(|Kept(endpoint)| endpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_written_by_the_grammar_and_kept_in_its_normal_form() {
        for (text, kept) in [
            ("https://hotline.example", "https://hotline.example"),
            ("https://hotline.example/", "https://hotline.example"),
            ("https://hotline.example:443", "https://hotline.example"),
            ("https://Hotline.Example:7443", "https://hotline.example:7443"),
            ("https://a_b.hotline.example.", "https://a_b.hotline.example."),
            ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
            ("https://192.0.2.1:65535/", "https://192.0.2.1:65535"),
            ("https://[2001:DB8::1]", "https://[2001:db8::1]"),
            ("https://[::ffff:192.0.2.1]:1", "https://[::ffff:c000:201]:1"),
            ("https://localhost:7443", "https://localhost:7443"),
        ] {
            assert_eq!(text.parse::<Endpoint>().map(|endpoint| endpoint.to_string()), Ok(kept.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_a_parser_would_repair_is_refused_but_read_from_what_is_kept() {
        for text in [
            "HTTPS://h",
            "https:h",
            "https:/h",
            "https:///h",
            "https://h:",
            "https://h:007443",
            "https://%68.example",
            "https://0x7f.1",
            "https://192.0.2.01",
            "https://a..b",
            "https://@h",
            "https://h!",
        ] {
            assert_eq!(text.parse::<Endpoint>(), Err(EndpointMalformed), "{text}");
            assert!(Endpoint::from_storage(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_in_any_case() {
        for text in [
            "",
            "h",
            "https://",
            "https://.",
            "https://:7443",
            "http://h",
            "https://h//",
            "https://h/a",
            "https://h?",
            "https://h?a",
            "https://h#a",
            "https://a:b@h",
            "https://h:0",
            "https://h:65536",
            "https://h:+1",
            "https://192.0.2.256",
            "https://xn--.example",
            "https://[::1",
            "https://[fe80::1%25lo]",
            "https://h\\",
            " https://h",
            "https://h ",
            "https://b\u{fc}cher.example",
        ] {
            assert_eq!(text.parse::<Endpoint>(), Err(EndpointMalformed), "{text}");
        }
    }
}

//! Proxies that name the caller behind them.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The text names no proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ProxyMalformed {
    /// Neither.
    #[error("expected an address, such as \"192.0.2.7\", or a network, such as \"192.0.2.0/28\"")]
    Neither,
    /// A network with bits behind its prefix: the text may mean the address or the network.
    #[error("an address with the prefix of a network: give the address alone, or the network's own address")]
    Between,
    /// Everybody.
    #[error("a network of all addresses: anybody could then say that he is anybody")]
    Everybody,
}

/// One proxy, or a network of them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Proxy(IpNet);

impl FromStr for Proxy {
    type Err = ProxyMalformed;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self(address.to_canonical().into()));
        }
        let network: IpNet = text.parse().map_err(|_| ProxyMalformed::Neither)?;
        if network.prefix_len() == 0 {
            return Err(ProxyMalformed::Everybody);
        }
        if network.trunc() == network { Ok(Self(network)) } else { Err(ProxyMalformed::Between) }
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.prefix_len() == self.0.max_prefix_len() {
            return fmt::Display::fmt(&self.0.addr(), f);
        }
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Proxy {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Proxy {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The proxies of one listener: a connection from one of them must begin with a PROXY header, and one from anybody else
/// must not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Proxies(Vec<Proxy>);

impl Proxies {
    /// Whether a connection from this address is one of theirs.
    #[must_use]
    pub fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|proxy| proxy.0.contains(&address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_networks_are_taken_and_nothing_else() {
        let proxies =
            Proxies(["192.0.2.7", "198.51.100.0/28", "2001:db8::/64"].map(|text| text.parse().expect("one")).into());
        for (address, is_one) in [
            ("192.0.2.7", true),
            ("::ffff:192.0.2.7", true),
            ("192.0.2.8", false),
            ("198.51.100.15", true),
            ("198.51.100.16", false),
            ("2001:db8::1", true),
            ("2001:db8:0:1::1", false),
        ] {
            assert_eq!(proxies.contain(address.parse().expect("an address")), is_one, "{address}");
        }
        assert_eq!(format!("{proxies:?}"), "Proxies([192.0.2.7, 198.51.100.0/28, 2001:db8::/64])");
        for (text, refused) in [
            ("proxy.example", ProxyMalformed::Neither),
            ("192.0.2.7:443", ProxyMalformed::Neither),
            ("192.0.2.0/33", ProxyMalformed::Neither),
            ("", ProxyMalformed::Neither),
            ("192.0.2.7/28", ProxyMalformed::Between),
            ("0.0.0.0/0", ProxyMalformed::Everybody),
            ("::/0", ProxyMalformed::Everybody),
        ] {
            assert_eq!(text.parse::<Proxy>(), Err(refused), "{text}");
        }
    }
}

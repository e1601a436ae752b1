//! An address, or a network of addresses, as an operator writes them.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// `192.0.2.1`, `2001:db8::1`, `192.0.2.0/24` or `2001:db8::/32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressRange(IpNet);

/// Why a text is no range of addresses.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AddressRangeRefused {
    /// It is something else.
    #[error("'{0}' is neither an address nor a network such as 192.0.2.0/24")]
    Unreadable(String),
    /// Bits behind the network's length are set: one of the two is a mistake.
    #[error("'{written}' has bits set behind /{length}: the network is {network}")]
    BitsBehind {
        /// The text as written.
        written: String,
        /// The network's length.
        length: u8,
        /// The network that was probably meant.
        network: IpNet,
    },
}

impl AddressRange {
    /// Whether an address lies in it.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address)
    }
}

impl FromStr for AddressRange {
    type Err = AddressRangeRefused;

    fn from_str(text: &str) -> Result<Self, AddressRangeRefused> {
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self(address.into()));
        }
        let network: IpNet = text.parse().map_err(|_| AddressRangeRefused::Unreadable(text.to_owned()))?;
        if network.trunc() == network {
            Ok(Self(network))
        } else {
            let (written, length) = (text.to_owned(), network.prefix_len());
            Err(AddressRangeRefused::BitsBehind { written, length, network: network.trunc() })
        }
    }
}

/// As it is written: an address alone without its length.
impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.prefix_len() == self.0.max_prefix_len() {
            write!(f, "{}", self.0.addr())
        } else {
            write!(f, "{}", self.0)
        }
    }
}

impl Serialize for AddressRange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AddressRange {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> AddressRange {
        text.parse().expect("a range")
    }

    #[test]
    fn addresses_and_networks_of_both_kinds_are_read_shown_and_contain_theirs_alone() {
        for (text, inside, outside) in [
            ("192.0.2.1", "192.0.2.1", "192.0.2.2"),
            ("192.0.2.0/24", "192.0.2.255", "192.0.3.0"),
            ("2001:db8::1", "2001:db8::1", "2001:db8::2"),
            ("2001:db8::/32", "2001:db8:ffff::", "2001:db9::"),
            ("0.0.0.0/0", "203.0.113.1", "::1"),
        ] {
            let parsed = range(text);
            assert_eq!(parsed.to_string(), text);
            assert!(parsed.contains(inside.parse().expect("an address")), "{text}");
            assert!(!parsed.contains(outside.parse().expect("an address")), "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused_with_what_is_wrong() {
        for (text, part) in [
            ("page.example", "neither an address nor a network"),
            ("192.0.2.0/33", "neither an address nor a network"),
            ("", "neither an address nor a network"),
            ("192.0.2.9/24", "the network is 192.0.2.0/24"),
        ] {
            let refused = text.parse::<AddressRange>().expect_err("is refused").to_string();
            assert!(refused.contains(part), "{text}: {refused}");
        }
    }
}

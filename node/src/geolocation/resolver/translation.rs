//! DNS64: IPv6 addresses that a name server makes up from a host's IPv4 addresses (RFC 6052, 6147, 7050). Pure.
//!
//! Such an address belongs to the translator of the provider's own network. A country database places it in the
//! provider's country, wherever the host stands: as evidence it is a lie.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The only IPv4 addresses of `ipv4only.arpa`; it has no IPv6 address (RFC 7050, section 8).
pub(super) const KNOWN: [Ipv4Addr; 2] = [Ipv4Addr::new(192, 0, 0, 170), Ipv4Addr::new(192, 0, 0, 171)];

/// Lengths that a prefix may have, each with the octets of the IPv4 address (RFC 6052, section 2.2: octet 8 is left out).
const LAYOUTS: [(u8, [usize; 4]); 6] = [
    (32, [4, 5, 6, 7]),
    (40, [5, 6, 7, 9]),
    (48, [6, 7, 9, 10]),
    (56, [7, 9, 10, 11]),
    (64, [9, 10, 11, 12]),
    (96, [12, 13, 14, 15]),
];

/// A prefix of the addresses that a name server makes up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Prefix {
    network: Ipv6Addr,
    length: u8,
}

impl Prefix {
    /// The prefixes that addresses of `ipv4only.arpa` show. Where one address has a known one in two places, it counts
    /// in both.
    pub(super) fn learnt(addresses: &[IpAddr]) -> Vec<Self> {
        let mut prefixes = Vec::new();
        for address in addresses {
            let IpAddr::V6(address) = *address else { continue };
            for (length, octets) in LAYOUTS {
                if KNOWN.contains(&embedded(address, octets)) {
                    prefixes.push(Self { network: network(address, length), length });
                }
            }
        }
        prefixes.sort_unstable();
        prefixes.dedup();
        prefixes
    }

    /// The IPv4 address inside an address under this prefix.
    pub(super) fn unwrap(self, address: Ipv6Addr) -> Option<Ipv4Addr> {
        let (_, octets) = LAYOUTS.into_iter().find(|(length, _)| *length == self.length)?;
        (network(address, self.length) == self.network).then(|| embedded(address, octets))
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.network, self.length)
    }
}

/// Returns the one of `hosts` that an address embeds in any layout, with any prefix.
pub(super) fn embeds(address: Ipv6Addr, hosts: &[Ipv4Addr]) -> Option<Ipv4Addr> {
    LAYOUTS.iter().map(|(_, octets)| embedded(address, *octets)).find(|inside| hosts.contains(inside))
}

fn embedded(address: Ipv6Addr, octets: [usize; 4]) -> Ipv4Addr {
    Ipv4Addr::from(octets.map(|at| address.octets()[at]))
}

fn network(address: Ipv6Addr, length: u8) -> Ipv6Addr {
    Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << (128 - u32::from(length))))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of RFC 6052, section 2.4: 192.0.2.33 under each prefix.
    const EXAMPLES: [&str; 6] = [
        "2001:db8:c000:221::",
        "2001:db8:1c0:2:21::",
        "2001:db8:122:c000:2:2100::",
        "2001:db8:122:3c0:0:221::",
        "2001:db8:122:344:c0:2:2100::",
        "2001:db8:122:344::192.0.2.33",
    ];

    /// The same places with 192.0.0.170 inside, as `ipv4only.arpa` has it.
    const LEARNT_FROM: [&str; 6] = [
        "2001:db8:c000:aa::",
        "2001:db8:1c0:0:aa::",
        "2001:db8:122:c000:0:aa00::",
        "2001:db8:122:3c0:0:aa::",
        "2001:db8:122:344:c0:0:aa00::",
        "2001:db8:122:344::192.0.0.170",
    ];

    fn v6(text: &str) -> Ipv6Addr {
        text.parse().expect("a test's address")
    }

    #[test]
    fn a_prefix_of_every_length_is_learnt_and_unwraps_the_rfcs_examples() {
        for ((example, from), (length, _)) in EXAMPLES.into_iter().zip(LEARNT_FROM).zip(LAYOUTS) {
            let prefixes = Prefix::learnt(&[v6(from).into()]);
            let [prefix] = prefixes[..] else { panic!("{from}: {prefixes:?}") };
            assert_eq!(prefix.length, length, "{from}");
            assert_eq!(prefix.unwrap(v6(example)), Some(Ipv4Addr::new(192, 0, 2, 33)), "{prefix}");
            assert_eq!(prefix.unwrap(v6("2001:db9::c000:221")), None, "{prefix}");
        }
    }

    #[test]
    fn without_a_known_address_inside_nothing_is_learnt() {
        let addresses = ["2001:db8::192.0.0.169", "2001:db8::1", "::"].map(|text| IpAddr::V6(v6(text)));
        assert_eq!(Prefix::learnt(&addresses), []);
        assert_eq!(Prefix::learnt(&[KNOWN[0].into()]), []);
    }

    #[test]
    fn two_translators_give_two_prefixes_each_once() {
        let given = ["2001:db8:1::192.0.0.170", "2001:db8:1::192.0.0.171", "2001:db8:2::192.0.0.170"];
        let shown: Vec<String> =
            Prefix::learnt(&given.map(|text| v6(text).into())).iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["2001:db8:1::/96", "2001:db8:2::/96"]);
    }

    #[test]
    fn an_embedded_address_is_found_in_every_layout_and_no_other_is() {
        let hosts = [Ipv4Addr::new(192, 0, 2, 33), Ipv4Addr::new(198, 51, 100, 7)];
        for example in EXAMPLES {
            assert_eq!(embeds(v6(example), &hosts), Some(hosts[0]), "{example}");
            assert_eq!(embeds(v6(example), &hosts[1..]), None, "{example}");
        }
    }
}

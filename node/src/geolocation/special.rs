//! Addresses that stand nowhere, and addresses that wrap another.
//!
//! From the IANA registries of special-purpose addresses. The documentation ranges are missing here on purpose: they
//! are looked up like any other, so that fixtures can place them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The IPv4 address inside one that carries it by its form: mapped (`::ffff:0:0/96`), translated (`64:ff9b::/96`), 6to4
/// (`2002::/16`) and Teredo (`2001::/32`, there with all bits turned). Any other as it is.
///
/// Of an ISATAP address (`…:0:5efe:a.b.c.d`) the prefix counts: it is the site's own, and the address inside is mostly
/// a private one. An address under `64:ff9b:1::/48` cannot be read without the prefix that its network chose.
pub(super) fn unwrapped(ip: IpAddr) -> IpAddr {
    let IpAddr::V6(wrapped) = ip.to_canonical() else { return ip.to_canonical() };
    let octets = wrapped.octets();
    let inside = |at: usize| [octets[at], octets[at + 1], octets[at + 2], octets[at + 3]];
    match wrapped.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, ..] => Ipv4Addr::from(inside(12)).into(),
        [0x2002, ..] => Ipv4Addr::from(inside(2)).into(),
        [0x2001, 0, ..] => Ipv4Addr::from(inside(12).map(|octet| !octet)).into(),
        _ => wrapped.into(),
    }
}

/// Whether an address can belong to a server somewhere: not private, loopback, link-local, multicast or reserved.
pub(super) fn has_a_place(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !is_special_v4(ip),
        IpAddr::V6(ip) => !is_special_v6(ip),
    }
}

fn is_special_v4(ip: Ipv4Addr) -> bool {
    matches!(
        ip.octets(),
        [0 | 10 | 127 | 224..=255, ..]
            | [100, 64..=127, ..]
            | [169, 254, ..]
            | [172, 16..=31, ..]
            | [192, 0, 0, _]
            | [192, 168, ..]
            | [198, 18..=19, ..]
    )
}

fn is_special_v6(ip: Ipv6Addr) -> bool {
    // `::/96` matters most: a database keeps the IPv4 addresses there, and would answer for `::192.168.0.1`.
    matches!(
        ip.segments(),
        [0, 0, 0, 0, 0, 0, ..]
            | [0x64, 0xff9b, 1, ..]
            | [0x100, 0, 0, ..]
            | [0x2001, 0..=0x1ff, ..]
            | [0x5f00 | 0xfc00..=0xfdff | 0xfe80..=0xffff, ..]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> IpAddr {
        text.parse().expect("a test's address")
    }

    #[test]
    fn special_addresses_stand_nowhere() {
        for text in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.1.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::c0a8:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:20::1",
            "5f00::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!has_a_place(parsed(text)), "{text}");
        }
    }

    #[test]
    fn public_and_documentation_addresses_stand_somewhere() {
        for text in [
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "192.0.2.1",
            "198.17.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "223.255.255.255",
            "2001:200::1",
            "2001:db8::1",
            "3fff::1",
            "2a02::1",
        ] {
            assert!(has_a_place(parsed(text)), "{text}");
        }
    }

    #[test]
    fn wrapped_ipv4_addresses_are_unwrapped() {
        for (text, expected) in [
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("64:ff9b::192.0.2.1", "192.0.2.1"),
            ("2002:c000:201::1", "192.0.2.1"),
            ("2002:c633:6407:1:2:3:4:5", "198.51.100.7"),
            ("2001:0:cb00:7101:0:3ffe:3fff:fdfe", "192.0.2.1"),
            ("2001:db8::5efe:192.0.2.1", "2001:db8::5efe:192.0.2.1"),
            ("64:ff9b:1::192.0.2.1", "64:ff9b:1::192.0.2.1"),
            ("2001:1::1", "2001:1::1"),
            ("192.0.2.1", "192.0.2.1"),
            ("2001:db8::1", "2001:db8::1"),
        ] {
            assert_eq!(unwrapped(parsed(text)), parsed(expected));
        }
    }
}

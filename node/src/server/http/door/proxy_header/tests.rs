//! Headers as proxies write them, and bytes that are no header.

use proptest::prelude::*;

use super::*;

/// A header of version 2 with these addresses.
fn binary(kind: u8, family: u8, addresses: &[u8]) -> Vec<u8> {
    let length = u16::try_from(addresses.len()).expect("a short one");
    [&SIGNATURE[..], &[kind, family], &length.to_be_bytes(), addresses].concat()
}

/// Source, destination, and their ports.
fn of_ipv4() -> Vec<u8> {
    vec![192, 0, 2, 7, 198, 51, 100, 1, 0xc0, 0x01, 0x1d, 0x13]
}

fn of_ipv6(source: Ipv6Addr) -> Vec<u8> {
    [&source.octets()[..], &Ipv6Addr::LOCALHOST.octets(), &[0xc0, 0x01, 0x1d, 0x13]].concat()
}

fn whole(source: Option<&str>, length: usize) -> ProxyHeader {
    ProxyHeader::Whole { source: source.map(|source| source.parse().expect("an address")), length }
}

#[test]
fn both_versions_name_for_whom_a_proxy_calls() {
    let of = |text: &str| text.parse::<Ipv6Addr>().expect("an address");
    let more = [&of_ipv4()[..], &[0x20, 0, 3, 1, 2, 3]].concat();
    for (bytes, source) in [
        (b"PROXY TCP4 192.0.2.7 198.51.100.1 49153 7443\r\n".to_vec(), Some("192.0.2.7")),
        (b"PROXY TCP6 2001:db8::7 2001:db8::1 49153 7443\r\n".to_vec(), Some("2001:db8::7")),
        (b"PROXY TCP6 ::ffff:192.0.2.7 ::1 1 7443\r\n".to_vec(), Some("192.0.2.7")),
        (b"PROXY UNKNOWN\r\n".to_vec(), None),
        (b"PROXY UNKNOWN anything at all\r\n".to_vec(), None),
        (binary(0x21, 0x11, &of_ipv4()), Some("192.0.2.7")),
        (binary(0x21, 0x11, &more), Some("192.0.2.7")),
        (binary(0x21, 0x21, &of_ipv6(of("2001:db8::7"))), Some("2001:db8::7")),
        (binary(0x21, 0x21, &of_ipv6(of("::ffff:192.0.2.7"))), Some("192.0.2.7")),
        (binary(0x20, 0x00, &[]), None),
        (binary(0x20, 0x11, &of_ipv4()), None),
        (binary(0x21, 0x00, &[1, 2, 3]), None),
        (binary(0x21, 0x31, &[0; 216]), None),
    ] {
        assert_eq!(ProxyHeader::read(&bytes), Ok(whole(source, bytes.len())), "{bytes:?}");
        assert!(ProxyHeader::is_begun(&bytes));
        // The bytes behind the header are the connection's own.
        let followed = [&bytes[..], b"\x16\x03\x01"].concat();
        assert_eq!(ProxyHeader::read(&followed), Ok(whole(source, bytes.len())), "{bytes:?}");
        // Byte by byte, it never asks for more than belongs to it.
        for length in 0..bytes.len() {
            match ProxyHeader::read(&bytes[..length]) {
                Ok(ProxyHeader::Needs(more)) => {
                    assert!(more > 0 && length + more <= bytes.len(), "{length} and {more} of {bytes:?}");
                }
                read => panic!("{read:?} of {length} bytes of {bytes:?}"),
            }
        }
    }
}

#[test]
fn what_is_no_header_is_refused_by_its_fault() {
    use ProxyHeaderRefused::{Addresses, Kind, Line, Missing, TooLong};
    let long = format!("PROXY UNKNOWN {}\r\n", "x".repeat(100));
    for (bytes, refused) in [
        (b"\x16\x03\x01\x02\x00".to_vec(), Missing),
        (b"GET / HTTP/1.1\r\n".to_vec(), Missing),
        (b"proxy tcp4 192.0.2.7 192.0.2.1 1 2\r\n".to_vec(), Missing),
        (b"\r\n\r\n\0\r\nQUIT\r".to_vec(), Missing),
        (b"PROXY TCP4 2001:db8::7 2001:db8::1 1 2\r\n".to_vec(), Line),
        (b"PROXY TCP4 192.0.2.7 192.0.2.1 1\r\n".to_vec(), Line),
        (b"PROXY TCP4 192.0.2.7 192.0.2.1 1 2 3\r\n".to_vec(), Line),
        (b"PROXY TCP4  192.0.2.7 192.0.2.1 1 2\r\n".to_vec(), Line),
        (b"PROXY TCP4 192.0.2.7 192.0.2.1 1 65536\r\n".to_vec(), Line),
        (b"PROXY TCP4 192.0.2.7 192.0.2.1 +1 2\r\n".to_vec(), Line),
        (b"PROXY TCP4 192.0.2.7 192.0.2 1 2\r\n".to_vec(), Line),
        (b"PROXY UDP4 192.0.2.7 192.0.2.1 1 2\r\n".to_vec(), Line),
        (b"PROXY TCP4 192.0.2.7\xff 192.0.2.1 1 2\r\n".to_vec(), Line),
        (long.into_bytes(), Line),
        (binary(0x11, 0x11, &of_ipv4()), Kind),
        (binary(0x22, 0x11, &of_ipv4()), Kind),
        (binary(0x21, 0x12, &of_ipv4()), Addresses),
        (binary(0x21, 0x11, &of_ipv4()[..11]), Addresses),
        (binary(0x21, 0x21, &of_ipv4()), Addresses),
        (binary(0x21, 0x41, &of_ipv4()), Addresses),
        (binary(0x21, 0x11, &vec![0; 4_081]), TooLong),
        (binary(0x20, 0x00, &vec![0; 65_535]), TooLong),
    ] {
        assert_eq!(ProxyHeader::read(&bytes), Err(refused), "{bytes:?}");
    }
    assert!(!ProxyHeader::is_begun(b"\x16\x03\x01") && !ProxyHeader::is_begun(b"PROX"));
}

proptest! {
    #[test]
    fn whatever_comes_is_read_within_bounds(bytes in prop::collection::vec(any::<u8>(), 0..300), begun in 0..3_usize) {
        let begins: [&[u8]; 3] = [b"", WORD, &SIGNATURE[..]];
        let bytes = [begins[begun], &bytes].concat();
        match ProxyHeader::read(&bytes) {
            Ok(ProxyHeader::Whole { length, .. }) => prop_assert!(length <= bytes.len() && length <= BINARY_LIMIT),
            Ok(ProxyHeader::Needs(more)) => prop_assert!(more > 0 && bytes.len() + more <= BINARY_LIMIT),
            Err(_) => {}
        }
    }

    #[test]
    fn every_address_of_a_line_and_of_bytes_is_read_back(octets in any::<[u8; 16]>(), ports in any::<(u16, u16)>()) {
        let source = Ipv6Addr::from(octets);
        let line = format!("PROXY TCP6 {source} ::1 {} {}\r\n", ports.0, ports.1);
        for bytes in [line.into_bytes(), binary(0x21, 0x21, &of_ipv6(source))] {
            let expected = ProxyHeader::Whole { source: Some(IpAddr::from(source).to_canonical()), length: bytes.len() };
            prop_assert_eq!(ProxyHeader::read(&bytes), Ok(expected));
        }
    }
}

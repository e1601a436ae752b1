//! Requests of one address in this minute: the requests of one address must not take from others.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use axum::http::header::HeaderName;
use axum::http::{HeaderMap, Method};

use crate::server::http::door::counted_as;
use crate::server::http::listener::Caller;

/// The address of a proxy's client.
const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");
/// So many addresses are counted each by itself. Beyond, whole networks are counted as one: nobody's memory is endless.
const ADDRESSES: usize = 100_000;

/// A kind of request with a limit of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// Looks only.
    Read,
    /// May leave something here.
    Write,
}

impl Kind {
    pub(super) fn of(method: &Method) -> Self {
        if method.is_safe() { Self::Read } else { Self::Write }
    }
}

/// The requests of a minute.
#[derive(Debug, Default)]
pub(super) struct PerMinute(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    minute: i64,
    requests: HashMap<(IpAddr, Kind), u32>,
}

/// An address has asked as often as it may; again after so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooMany {
    pub(super) seconds_left: u32,
}

impl PerMinute {
    /// Counts a request at `now` (seconds since 1970).
    pub(super) fn count(&self, address: IpAddr, kind: Kind, limit: u32, now: i64) -> Result<(), TooMany> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.minute != now.div_euclid(60) {
            *counts = Counts { minute: now.div_euclid(60), requests: HashMap::new() };
        }
        let key = (counted_as(address), kind);
        let is_counted = counts.requests.len() < ADDRESSES || counts.requests.contains_key(&key);
        let key = if is_counted { key } else { (network_of(key.0), kind) };
        let requests = counts.requests.entry(key).or_default();
        *requests = requests.saturating_add(1);
        if *requests <= limit {
            return Ok(());
        }
        Err(TooMany { seconds_left: u32::try_from(60 - now.rem_euclid(60)).unwrap_or(60) })
    }
}

/// Its network: the upper 16 bits of IPv4, 32 of IPv6, as they are given to providers.
fn network_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(address) => Ipv4Addr::from_bits(address.to_bits() & 0xffff_0000).into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (!0 << 96)).into(),
    }
}

/// The client's address: the connection's address, or of a proxy the last address that it names. The entries before it
/// were written by the proxy's caller, so a caller could name any address there.
pub(crate) fn source_of(caller: Caller, headers: &HeaderMap) -> IpAddr {
    if !caller.is_proxy {
        return caller.address;
    }
    let last = headers.get_all(FORWARDED).iter().next_back().and_then(|line| line.to_str().ok());
    last.and_then(|line| address_in(line.rsplit(',').next()?.trim())).unwrap_or(caller.address)
}

/// Some proxies write the port, too, and brackets around IPv6.
fn address_in(text: &str) -> Option<IpAddr> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(address);
    }
    if let Ok(with_port) = text.parse::<std::net::SocketAddr>() {
        return Some(with_port.ip());
    }
    text.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn at(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn each_address_and_each_kind_has_its_own_number_and_a_new_one_every_minute() {
        let counts = PerMinute::default();
        let count = |address: &str, kind, now| counts.count(at(address), kind, 2, now);
        for _ in 0..2 {
            assert_eq!(count("192.0.2.1", Kind::Read, 61), Ok(()));
        }
        assert_eq!(count("192.0.2.1", Kind::Read, 65), Err(TooMany { seconds_left: 55 }));
        assert_eq!(count("::ffff:192.0.2.1", Kind::Read, 65), Err(TooMany { seconds_left: 55 }));
        assert_eq!(count("192.0.2.1", Kind::Write, 65), Ok(()));
        assert_eq!(count("192.0.2.2", Kind::Read, 65), Ok(()));
        for address in ["2001:db8::1", "2001:db8::2"] {
            assert_eq!(count(address, Kind::Write, 65), Ok(()));
        }
        assert!(count("2001:db8:0:0:ffff::", Kind::Write, 119).is_err(), "one house");
        assert_eq!(count("2001:db8:0:1::1", Kind::Write, 119), Ok(()));
        assert_eq!(count("192.0.2.1", Kind::Read, 120), Ok(()));
    }

    #[test]
    fn where_there_are_too_many_addresses_whole_networks_are_counted_and_those_known_go_on() {
        let counts = PerMinute::default();
        let known = at("192.0.2.1");
        counts.count(known, Kind::Read, 2, 0).expect("the first");
        for number in 1..u32::try_from(ADDRESSES).expect("a number") {
            let address = Ipv4Addr::from_bits(0x0a00_0000 + number);
            counts.count(address.into(), Kind::Read, 2, 0).expect("one of each");
        }
        counts.count(known, Kind::Read, 2, 0).expect("the second");
        let network = |last: u8| counts.count(Ipv4Addr::new(198, 51, 100, last).into(), Kind::Read, 2, 0).is_ok();
        assert_eq!([network(1), network(2), network(3)], [true, true, false]);
        assert!(counts.count(at("203.0.113.1"), Kind::Read, 2, 0).is_ok());
        assert!(counts.0.lock().expect("no panic").requests.len() <= ADDRESSES + 2);
    }

    #[test]
    fn the_last_entry_of_a_proxy_counts_and_nobody_elses() {
        let proxy = Caller { address: at("127.0.0.1"), is_proxy: true };
        let stranger = Caller { address: at("192.0.2.9"), is_proxy: false };
        for (lines, found) in [
            (&[][..], "127.0.0.1"),
            (&["192.0.2.1"], "192.0.2.1"),
            (&["203.0.113.5, 192.0.2.1"], "192.0.2.1"),
            (&["203.0.113.5", "192.0.2.1"], "192.0.2.1"),
            (&["192.0.2.1:4711"], "192.0.2.1"),
            (&["2001:db8::1"], "2001:db8::1"),
            (&["[2001:db8::1]"], "2001:db8::1"),
            (&["[2001:db8::1]:4711"], "2001:db8::1"),
            (&["192.0.2.1, unknown"], "127.0.0.1"),
            (&["192.0.2.1,"], "127.0.0.1"),
        ] {
            let values = lines.iter().map(|line| (FORWARDED, HeaderValue::from_static(line)));
            let mut headers = HeaderMap::new();
            values.for_each(|(name, value)| {
                headers.append(name, value);
            });
            assert_eq!(source_of(proxy, &headers), at(found), "{lines:?}");
            assert_eq!(source_of(stranger, &headers), stranger.address, "{lines:?}");
        }
    }
}

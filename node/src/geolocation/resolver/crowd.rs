//! Addresses to which unlike names lead at once: where a blocking name server sends whatever it blocks.
//!
//! Shared hosting has many names on one address, too, so the number is chosen between the two. A stop page gets every
//! blocked name, and reported names are what is blocked: of a hundred reports it has dozens. A shared host has that
//! many customers, but seldom eight whom somebody reports within a day. Being wrong in one direction costs a person's
//! look, in the other a report that goes to the wrong country; and where a second name server gives the same address,
//! nothing is suspected.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use hotline_protocol::bytes::Hash;
use tokio::time::Instant;

use super::memory::Memory;

/// So many unlike names make an address suspect.
pub(super) const UNLIKE_NAMES: usize = 8;

/// How long after the last name an address stays in mind.
const IN_MIND: Duration = Duration::from_hours(24);

/// Most addresses in mind.
const MOST_ADDRESSES: usize = 20_000;

/// Blocking servers answer with one or two addresses, delivery networks with many.
const MOST_OF_A_STOP_PAGE: usize = 8;

/// What names led to at one name server.
#[derive(Debug)]
pub(super) struct Crowd(Memory<IpAddr, BTreeSet<[u8; 8]>>);

impl Default for Crowd {
    fn default() -> Self {
        Self(Memory::new(MOST_ADDRESSES))
    }
}

impl Crowd {
    /// Notes where a name led to.
    pub(super) fn note(&mut self, domain: &str, addresses: &[IpAddr], now: Instant) {
        if addresses.len() > MOST_OF_A_STOP_PAGE {
            return;
        }
        let name = digest(owner(domain));
        for address in addresses {
            let names = self.0.renew(address, now, now + IN_MIND, BTreeSet::new);
            if names.len() < UNLIKE_NAMES {
                names.insert(name);
            }
        }
    }

    /// Whether unlike names lead to an address.
    pub(super) fn suspects(&self, address: &IpAddr, now: Instant) -> bool {
        self.0.recall(address, now).is_some_and(|names| names.len() >= UNLIKE_NAMES)
    }
}

/// Reported names are not kept in memory for a day; eight bytes tell them apart.
fn digest(name: &str) -> [u8; 8] {
    let digest = Hash::of(&[name.as_bytes()]);
    digest.as_bytes().first_chunk().copied().unwrap_or_default()
}

/// The part of a name that one owner has. Names of the public list's private part (`github.io`) are one provider's:
/// all of them stand at that provider's servers.
fn owner(domain: &str) -> &str {
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    let Some(found) = psl::domain(domain.as_bytes()) else { return domain };
    let length = match found.suffix() {
        suffix if suffix.typ() == Some(psl::Type::Private) => suffix.as_bytes().len(),
        _ => found.as_bytes().len(),
    };
    domain.get(domain.len() - length..).unwrap_or(domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("a test's address")
    }

    #[test]
    fn an_address_is_suspect_once_enough_unlike_names_lead_to_it_and_a_day_later_no_more() {
        let (now, mut crowd, page) = (Instant::now(), Crowd::default(), ip("192.0.2.1"));
        for number in 0..UNLIKE_NAMES {
            assert!(!crowd.suspects(&page, now), "{number}");
            crowd.note(&format!("www.host-{number}.example"), &[page, ip("2001:db8::1")], now);
        }
        assert!(crowd.suspects(&page, now) && crowd.suspects(&ip("2001:db8::1"), now));
        assert!(!crowd.suspects(&ip("192.0.2.2"), now));
        assert!(!crowd.suspects(&page, now + IN_MIND));
    }

    #[test]
    fn names_of_one_owner_are_alike_and_so_are_the_customers_of_one_provider() {
        let (now, mut crowd, page) = (Instant::now(), Crowd::default(), ip("192.0.2.1"));
        for number in 0..100 {
            crowd.note(&format!("h{number}.lagoon.test"), &[page], now);
            crowd.note(&format!("user-{number}.github.io"), &[page], now);
        }
        assert!(!crowd.suspects(&page, now));
        assert_eq!(owner("a.b.example.co.uk."), "example.co.uk");
        assert_eq!(owner("user.github.io"), "github.io");
    }

    #[test]
    fn a_host_with_many_addresses_is_no_stop_page() {
        let (now, mut crowd) = (Instant::now(), Crowd::default());
        let many: Vec<IpAddr> = (1..=9).map(|last| ip(&format!("192.0.2.{last}"))).collect();
        for number in 0..100 {
            crowd.note(&format!("host-{number}.example"), &many, now);
        }
        assert!(!crowd.suspects(&many[0], now));
    }
}

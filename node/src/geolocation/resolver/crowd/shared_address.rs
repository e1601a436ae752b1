//! Addresses where unlike names lead: a blocking name server leads there from every blocked name. Pure.
//!
//! Shared hosting has many names on one address, too, so the number is chosen between the two. A stop page gets every
//! blocked name, and reported names are the blocked ones: of a hundred reports it has dozens. A shared host has that
//! many customers, but seldom eight that somebody reports within three days. Being wrong in one direction costs a
//! person's look, in the other a report that goes to the wrong country. That a second name server gives the same
//! address lifts no suspicion: the providers of one country block by one list, and lead to one page.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// So many unlike names make an address suspect.
pub(in crate::geolocation) const UNLIKE_NAMES: usize = 8;

/// Time for a name to count: a quiet house's finding of Friday holds on Monday.
pub(super) const IN_MIND: Duration = Duration::from_hours(72);

/// A name that is seen again within this time is not written again.
const RENEWED_AFTER: Duration = Duration::from_hours(1);

/// Blocking servers answer with one or two addresses, delivery networks with many.
pub(super) const MOST_OF_A_STOP_PAGE: usize = 8;

/// Digest that tells the names of one owner from another's.
pub(super) type NameDigest = [u8; 8];

/// Where a name led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sighting {
    /// The address.
    pub(super) address: IpAddr,
    /// The name server that gave it.
    pub(super) resolver: SocketAddr,
    /// The name.
    pub(super) name: NameDigest,
    /// Microseconds since 1970.
    pub(super) seen_at: i64,
}

/// The changes of a crowd to be written down.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Changes {
    /// New sightings, or repeated ones: most suspect first.
    pub(super) keep: Vec<Sighting>,
    /// Sightings that gave way to newer names.
    pub(super) forget: Vec<Sighting>,
}

/// The names that led to an address, for each address and name server.
#[derive(Debug, Default)]
pub(super) struct Crowd(BTreeMap<(IpAddr, SocketAddr), Names>);

#[derive(Debug, Default)]
struct Names {
    /// When each was seen last; never more than make an address suspect.
    seen: BTreeMap<NameDigest, i64>,
    changed: Vec<NameDigest>,
    forgotten: Vec<(NameDigest, i64)>,
}

impl Crowd {
    /// Makes a crowd of the sightings known before.
    pub(super) fn of(known: impl IntoIterator<Item = Sighting>) -> Self {
        let mut crowd = Self::default();
        for Sighting { address, resolver, name, seen_at } in known {
            crowd.0.entry((address, resolver)).or_default().seen.insert(name, seen_at);
        }
        crowd
    }

    /// Notes where a name led to.
    pub(super) fn note(&mut self, Sighting { address, resolver, name, seen_at }: Sighting) {
        self.0.entry((address, resolver)).or_default().note(name, seen_at);
    }

    /// Whether unlike names lead to an address.
    pub(super) fn suspects(&self, address: IpAddr, resolver: SocketAddr) -> bool {
        self.0.get(&(address, resolver)).is_some_and(|names| names.seen.len() >= UNLIKE_NAMES)
    }

    /// Returns the changes to be written down.
    pub(super) fn changes(self) -> Changes {
        let mut all: Vec<((IpAddr, SocketAddr), Names)> = self.0.into_iter().collect();
        all.sort_by_key(|(_, names)| Reverse(names.seen.len()));
        let mut changes = Changes::default();
        for ((address, resolver), names) in all {
            let of = |name, seen_at| Sighting { address, resolver, name, seen_at };
            let seen = |name: &NameDigest| names.seen.get(name).map(|seen_at| of(*name, *seen_at));
            changes.keep.extend(names.changed.iter().filter_map(seen));
            changes.forget.extend(names.forgotten.iter().map(|(name, seen_at)| of(*name, *seen_at)));
        }
        changes
    }
}

impl Names {
    fn note(&mut self, name: NameDigest, now: i64) {
        let is_old = |seen_at: i64| now.saturating_sub(seen_at) >= micros(RENEWED_AFTER);
        match self.seen.get(&name) {
            Some(seen_at) if !is_old(*seen_at) => return,
            Some(_) => {}
            None if self.seen.len() < UNLIKE_NAMES => {}
            // A suspect address stays one while names lead there: a new name takes the place of the oldest.
            None => {
                let Some((oldest, seen_at)) = self.seen.iter().min_by_key(|(_, seen_at)| **seen_at) else { return };
                let (oldest, seen_at) = (*oldest, *seen_at);
                if !is_old(seen_at) {
                    return;
                }
                self.seen.remove(&oldest);
                self.forgotten.push((oldest, seen_at));
            }
        }
        self.seen.insert(name, now);
        self.changed.push(name);
    }
}

/// The part of a name that one owner has. Names of the public list's private part (`github.io`) are one provider's:
/// all of them stand at that provider's servers.
pub(super) fn owner(domain: &str) -> &str {
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    let Some(found) = psl::domain(domain.as_bytes()) else { return domain };
    let length = match found.suffix() {
        suffix if suffix.typ() == Some(psl::Type::Private) => suffix.as_bytes().len(),
        _ => found.as_bytes().len(),
    };
    domain.get(domain.len() - length..).unwrap_or(domain)
}

/// Microseconds of a time.
pub(super) fn micros(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000_000;

    fn sighting(number: u8, seen_at: i64) -> Sighting {
        let (address, resolver) = ([192, 0, 2, 1].into(), ([127, 0, 0, 1], 53).into());
        Sighting { address, resolver, name: [number; 8], seen_at }
    }

    fn is_suspect(crowd: &Crowd) -> bool {
        crowd.suspects([192, 0, 2, 1].into(), ([127, 0, 0, 1], 53).into())
    }

    #[test]
    fn an_address_is_suspect_at_the_name_server_where_enough_unlike_names_lead_to_it() {
        let mut crowd = Crowd::default();
        for number in 0..8 {
            assert!(!is_suspect(&crowd), "{number}");
            crowd.note(sighting(number, 5));
            crowd.note(sighting(number, 6));
        }
        assert!(is_suspect(&crowd));
        assert!(!crowd.suspects([192, 0, 2, 2].into(), ([127, 0, 0, 1], 53).into()));
        assert!(!crowd.suspects([192, 0, 2, 1].into(), ([127, 0, 0, 2], 53).into()));
    }

    #[test]
    fn only_what_is_new_is_written_and_never_more_names_than_make_an_address_suspect() {
        let mut crowd = Crowd::of((0..7).map(|number| sighting(number, i64::from(number))));
        crowd.note(sighting(3, HOUR - 1));
        assert_eq!(crowd.changes(), Changes::default());
        let mut crowd = Crowd::of((0..7).map(|number| sighting(number, i64::from(number))));
        for number in 7..100 {
            crowd.note(sighting(number, HOUR - 1));
        }
        assert_eq!(crowd.changes(), Changes { keep: vec![sighting(7, HOUR - 1)], forget: vec![] });
    }

    #[test]
    fn newer_names_take_the_place_of_older_ones_so_that_a_stop_page_stays_suspect() {
        let mut crowd = Crowd::of((0..8).map(|number| sighting(number, i64::from(number))));
        crowd.note(sighting(1, HOUR + 1));
        crowd.note(sighting(9, HOUR + 1));
        crowd.note(sighting(10, HOUR + 1));
        assert!(is_suspect(&crowd));
        let keep = vec![sighting(1, HOUR + 1), sighting(9, HOUR + 1)];
        assert_eq!(crowd.changes(), Changes { keep, forget: vec![sighting(0, 0)] });
    }

    #[test]
    fn names_of_one_owner_are_alike_and_so_are_the_customers_of_one_provider() {
        for (name, alike) in [
            ("a.b.example.co.uk.", "example.co.uk"),
            ("user.github.io", "github.io"),
            ("h1.lagoon.test", "lagoon.test"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(owner(name), alike, "{name}");
        }
    }
}

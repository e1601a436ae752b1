//! Answers that lead where unlike names lead are taken for blocked ones.

use std::collections::BTreeSet;
use std::net::IpAddr;

use hotline_protocol::bytes::Hash;

use super::crowd_book::CrowdBook;
use super::shared_address::{Crowd, MOST_OF_A_STOP_PAGE, NameDigest, Sighting, owner};
use crate::geolocation::resolver::judge::blocked;
use crate::geolocation::resolver::testimony::{Answer, BlockedWhy, Testimony};

/// Names with each name server's testimony.
pub(crate) type Told = (String, Vec<Testimony>);

/// Takes answers for blocked ones that lead where unlike names lead, by these answers and by earlier ones kept. Does so
/// only after all were noted, or the first ones would pass. An address that `is_vouched_for` is never suspected. `now`
/// in microseconds since 1970.
pub(crate) async fn suspect(
    told: &mut [Told],
    book: Option<&CrowdBook>,
    is_vouched_for: impl Fn(IpAddr) -> bool,
    now: i64,
) {
    let seen = sightings(told, book, is_vouched_for, now);
    if seen.is_empty() {
        return;
    }
    let addresses: BTreeSet<IpAddr> = seen.iter().map(|sighting| sighting.address).collect();
    let addresses: Vec<IpAddr> = addresses.into_iter().collect();
    let mut crowd = match book {
        Some(book) => Crowd::of(book.known(&addresses, now).await),
        None => Crowd::default(),
    };
    for sighting in seen {
        crowd.note(sighting);
    }
    for testimony in told.iter_mut().flat_map(|(_, testimonies)| testimonies) {
        let Answer::Addresses { sample, .. } = &mut testimony.answer else { continue };
        if sample.iter().all(|address| crowd.suspects(*address, testimony.resolver)) {
            testimony.answer = blocked(std::mem::take(sample), BlockedWhy::Shared);
        }
    }
    if let Some(book) = book {
        book.keep(&crowd.changes(), now).await;
    }
}

fn sightings(
    told: &[Told],
    book: Option<&CrowdBook>,
    is_vouched_for: impl Fn(IpAddr) -> bool,
    seen_at: i64,
) -> Vec<Sighting> {
    let mut seen = Vec::new();
    for (domain, testimonies) in told {
        let name = digest(book, owner(domain));
        for Testimony { resolver, answer } in testimonies {
            let Answer::Addresses { sample, .. } = answer else { continue };
            if sample.len() > MOST_OF_A_STOP_PAGE {
                continue;
            }
            let of = |address: &IpAddr| Sighting { address: *address, resolver: *resolver, name, seen_at };
            seen.extend(sample.iter().filter(|address| !is_vouched_for(**address)).map(of));
        }
    }
    seen
}

/// Without a book nothing is kept, so that the digest needs no key.
fn digest(book: Option<&CrowdBook>, owner: &str) -> NameDigest {
    match book {
        Some(book) => book.name(owner),
        None => Hash::of(&[owner.as_bytes()]).as_bytes().first_chunk().copied().unwrap_or_default(),
    }
}

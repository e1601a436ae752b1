//! Handshakes that have not come to their end, by address.
//!
//! Behind a TCP proxy that does not say for whom it calls, all peers have one address: whoever holds silent connections
//! there must not keep the others out. So where an address has as many as it may, a silent one gives way to the next, or
//! one that has taken long. A peer speaks at once and is through within a moment.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

/// Two sides that mean to speak are done by then, on any line.
const TAKES_LONG: Duration = Duration::from_secs(2);

/// Handshakes under way.
#[derive(Clone, Debug, Default)]
pub(super) struct Handshakes {
    waiting: Arc<Mutex<HashMap<IpAddr, Vec<Waiting>>>>,
    is_counted: bool,
}

/// One of them; the oldest of an address stands first.
#[derive(Debug)]
struct Waiting {
    displaced: CancellationToken,
    has_spoken: bool,
    since: Instant,
}

/// Holds a place; dropped, the place is free.
pub(super) struct Slot {
    handshakes: Handshakes,
    source: IpAddr,
    displaced: CancellationToken,
}

impl Handshakes {
    /// The metric shows how many wait.
    pub(super) fn counted() -> Self {
        Self { is_counted: true, ..Self::default() }
    }

    /// Takes a place; `None` where all places of the address are held by others that speak.
    pub(super) fn enter(&self, address: IpAddr, limit: u32, now: Instant) -> Option<Slot> {
        let source = counted_as(address);
        let displaced = CancellationToken::new();
        let mut waiting = self.lock();
        let here = waiting.entry(source).or_default();
        if here.len() >= usize::try_from(limit).unwrap_or(usize::MAX) {
            let silent = here.iter().position(|other| !other.has_spoken);
            let gives_way =
                silent.or_else(|| here.iter().position(|other| now.duration_since(other.since) >= TAKES_LONG))?;
            here.remove(gives_way).displaced.cancel();
        }
        here.push(Waiting { displaced: displaced.clone(), has_spoken: false, since: now });
        self.show(&waiting);
        Some(Slot { handshakes: self.clone(), source, displaced })
    }

    fn show(&self, waiting: &HashMap<IpAddr, Vec<Waiting>>) {
        if self.is_counted {
            let count: usize = waiting.values().map(Vec::len).sum();
            metrics::gauge!("hotline_handshakes_waiting").set(u32::try_from(count).map_or(f64::MAX, f64::from));
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, Vec<Waiting>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    /// Its holder has said something.
    pub(super) fn has_spoken(&self) {
        let mut waiting = self.handshakes.lock();
        let here = waiting.get_mut(&self.source);
        if let Some(own) = here.and_then(|here| here.iter_mut().find(|other| other.displaced == self.displaced)) {
            own.has_spoken = true;
        }
    }

    /// Returns when the place was given to another.
    pub(super) async fn displaced(&self) {
        self.displaced.cancelled().await;
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut waiting = self.handshakes.lock();
        if let Some(here) = waiting.get_mut(&self.source) {
            here.retain(|other| other.displaced != self.displaced);
            if here.is_empty() {
                waiting.remove(&self.source);
            }
        }
        self.handshakes.show(&waiting);
    }
}

/// One house has 2^64 addresses of IPv6 to call from: they count as one.
fn counted_as(address: IpAddr) -> IpAddr {
    const HOUSE: u128 = !0 << 64;
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & HOUSE).into(),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn a_silent_one_gives_way_and_one_that_speaks_does_not_before_it_takes_long() {
        let handshakes = Handshakes::default();
        let now = Instant::now();
        let enter_at = |now| handshakes.enter(at("192.0.2.1"), 2, now);
        let enter = || enter_at(now);
        let (first, second) = (enter().expect("a place"), enter().expect("a place"));
        first.has_spoken();
        let third = enter().expect("the silent one's");
        assert!(second.displaced.is_cancelled() && !first.displaced.is_cancelled());
        drop(second);
        third.has_spoken();
        assert!(enter().is_none(), "both speak");
        let fourth = enter_at(now + TAKES_LONG).expect("that of the one that takes longest");
        assert!(first.displaced.is_cancelled() && !third.displaced.is_cancelled());
        drop((first, third, fourth));
        assert!(handshakes.lock().is_empty());
    }

    #[test]
    fn addresses_are_counted_by_house() {
        let handshakes = Handshakes::default();
        let held: Vec<_> = ["192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8:0:1::1"]
            .into_iter()
            .map(|address| handshakes.enter(at(address), 1, Instant::now()).expect("a place of its own"))
            .collect();
        held.iter().for_each(Slot::has_spoken);
        for same in ["192.0.2.1", "::ffff:192.0.2.2", "2001:db8::2", "2001:db8:0:1:ffff::1"] {
            assert!(handshakes.enter(at(same), 1, Instant::now()).is_none(), "{same}");
        }
        drop(held);
        assert!(handshakes.lock().is_empty());
    }
}

//! Handshakes that have not come to their end, by address.
//!
//! Behind a TCP proxy that does not name its clients, all peers have one address: a client with silent connections
//! there must not keep the others out. So where an address has as many as it may, a silent one gives way to the next,
//! or one that has taken long. A peer speaks at once and is through within a moment.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

/// Two sides that mean to speak are done by then, on any line.
const TAKES_LONG: Duration = Duration::from_secs(2);

/// How many may wait.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Of one address.
    pub(super) each: usize,
    /// Of all together: a client with many addresses must not take every file handle.
    pub(super) all: usize,
}

/// Handshakes under way.
#[derive(Clone, Debug)]
pub(super) struct Handshakes {
    waiting: Arc<Mutex<HashMap<IpAddr, Vec<Waiting>>>>,
    limits: Limits,
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
    pub(super) fn counted(limits: Limits) -> Self {
        Self { is_counted: true, ..Self::new(limits) }
    }

    pub(super) fn new(limits: Limits) -> Self {
        Self { waiting: Arc::default(), limits, is_counted: false }
    }

    /// Takes a place; `None` where all places are held by others that speak: those of the address, or all there are.
    pub(super) fn enter(&self, address: IpAddr, now: Instant) -> Option<Slot> {
        let source = counted_as(address);
        let displaced = CancellationToken::new();
        let mut waiting = self.lock();
        if waiting.get(&source).is_some_and(|here| here.len() >= self.limits.each) {
            give_way(&mut waiting, source, now)?;
        } else if waiting.values().map(Vec::len).sum::<usize>() >= self.limits.all {
            // First the address with the most connections; of several, the one that has waited longest.
            let order = |(_, here): &(&IpAddr, &Vec<Waiting>)| (here.len(), std::cmp::Reverse(here[0].since));
            let mut holders: Vec<_> = waiting.iter().filter(|(_, here)| !here.is_empty()).collect();
            holders.sort_by_key(order);
            let holders: Vec<IpAddr> = holders.into_iter().rev().map(|(holder, _)| *holder).collect();
            holders.into_iter().find_map(|holder| give_way(&mut waiting, holder, now))?;
        }
        let here = waiting.entry(source).or_default();
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

/// Ends one handshake of an address that is silent, or has taken long; `None` where there is none.
fn give_way(waiting: &mut HashMap<IpAddr, Vec<Waiting>>, source: IpAddr, now: Instant) -> Option<()> {
    let here = waiting.get_mut(&source)?;
    let silent = here.iter().position(|other| !other.has_spoken);
    let gives_way = silent.or_else(|| here.iter().position(|other| now.duration_since(other.since) >= TAKES_LONG))?;
    here.remove(gives_way).displaced.cancel();
    if here.is_empty() {
        waiting.remove(&source);
    }
    Some(())
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
pub(crate) fn counted_as(address: IpAddr) -> IpAddr {
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
        let handshakes = Handshakes::new(Limits { each: 2, all: 100 });
        let now = Instant::now();
        let enter_at = |now| handshakes.enter(at("192.0.2.1"), now);
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
    fn where_all_places_are_taken_whoever_has_most_gives_way_first() {
        let handshakes = Handshakes::new(Limits { each: 3, all: 4 });
        let now = Instant::now();
        let single = handshakes.enter(at("192.0.2.1"), now).expect("a place");
        let many: Vec<_> = (0..3).map(|_| handshakes.enter(at("192.0.2.2"), now).expect("a place")).collect();
        let newcomer = handshakes.enter(at("192.0.2.3"), now).expect("one of the many's");
        assert!(many[0].displaced.is_cancelled() && !single.displaced.is_cancelled());
        many[1..].iter().chain([&newcomer]).for_each(Slot::has_spoken);
        let last = handshakes.enter(at("192.0.2.4"), now).expect("the single one's, which alone is silent");
        assert!(single.displaced.is_cancelled());
        last.has_spoken();
        assert!(handshakes.enter(at("192.0.2.5"), now).is_none(), "all speak");
        assert!(handshakes.enter(at("192.0.2.5"), now + TAKES_LONG).is_some());
    }

    #[test]
    fn addresses_are_counted_by_house() {
        let handshakes = Handshakes::new(Limits { each: 1, all: 100 });
        let held: Vec<_> = ["192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8:0:1::1"]
            .into_iter()
            .map(|address| handshakes.enter(at(address), Instant::now()).expect("a place of its own"))
            .collect();
        held.iter().for_each(Slot::has_spoken);
        for same in ["192.0.2.1", "::ffff:192.0.2.2", "2001:db8::2", "2001:db8:0:1:ffff::1"] {
            assert!(handshakes.enter(at(same), Instant::now()).is_none(), "{same}");
        }
        drop(held);
        assert!(handshakes.lock().is_empty());
    }
}

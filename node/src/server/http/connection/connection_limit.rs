//! How many connections a listener has, in all and of each holder: of a peer, or of an address. Each takes a file handle,
//! and file handles are the whole node's.
//!
//! Where all places are taken, an idle connection (without a request) gives its place to the next. It is the longest
//! idle one of the holder with most of them. Only where every connection is at work, the next one is refused.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::activity::Activity;

/// How many there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// In all.
    pub(in crate::server) all: usize,
    /// Of each holder.
    pub(in crate::server) each: usize,
}

/// There is no place, and everybody is at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) struct NoPlace;

/// The places of one listener. Clones share them.
#[derive(Debug)]
pub(in crate::server) struct Places<K> {
    limits: Limits,
    held: Arc<Mutex<Held<K>>>,
}

#[derive(Debug)]
struct Held<K> {
    /// Connections that were ever let in, for their numbers.
    taken: u64,
    places: HashMap<u64, Occupied<K>>,
    counts: HashMap<K, usize>,
}

#[derive(Debug)]
struct Occupied<K> {
    holder: Option<K>,
    activity: Arc<Activity>,
    displaced: CancellationToken,
}

/// A place; dropped, it is free.
#[derive(Debug)]
pub(in crate::server) struct Place<K: Eq + Hash> {
    limits: Limits,
    held: Arc<Mutex<Held<K>>>,
    number: u64,
    pub(super) activity: Arc<Activity>,
    displaced: CancellationToken,
}

impl<K> Clone for Places<K> {
    fn clone(&self) -> Self {
        Self { limits: self.limits, held: Arc::clone(&self.held) }
    }
}

impl<K: Eq + Hash + Clone> Places<K> {
    pub(in crate::server) fn new(limits: Limits) -> Self {
        let held = Held { taken: 0, places: HashMap::new(), counts: HashMap::new() };
        Self { limits, held: Arc::new(Mutex::new(held)) }
    }

    /// Takes a place for a connection with nothing known of it yet.
    pub(in crate::server) fn enter(&self) -> Result<Place<K>, NoPlace> {
        self.enter_at(Instant::now())
    }

    fn enter_at(&self, now: Instant) -> Result<Place<K>, NoPlace> {
        let mut held = lock(&self.held);
        if held.places.len() >= self.limits.all {
            held.displace(|_| true)?;
        }
        held.taken += 1;
        let (number, activity) = (held.taken, Activity::new(now));
        let displaced = CancellationToken::new();
        let occupied = Occupied { holder: None, activity: Arc::clone(&activity), displaced: displaced.clone() };
        held.places.insert(number, occupied);
        Ok(Place { limits: self.limits, held: Arc::clone(&self.held), number, activity, displaced })
    }

    /// How many are taken.
    #[cfg(test)]
    fn count(&self) -> usize {
        lock(&self.held).places.len()
    }
}

impl<K: Eq + Hash + Clone> Place<K> {
    /// Counts the place among this holder's.
    pub(in crate::server) fn belongs_to(&self, holder: &K) -> Result<(), NoPlace> {
        let mut held = lock(&self.held);
        if held.counts.get(holder).is_some_and(|count| *count >= self.limits.each) {
            held.displace(|other| other.holder.as_ref() == Some(holder))?;
        }
        // It may have been displaced meanwhile.
        let occupied = held.places.get_mut(&self.number).ok_or(NoPlace)?;
        occupied.holder = Some(holder.clone());
        *held.counts.entry(holder.clone()).or_default() += 1;
        Ok(())
    }
}

impl<K: Eq + Hash> Place<K> {
    /// Returns when the place was given to another connection.
    pub(in crate::server) async fn displaced(&self) {
        self.displaced.cancelled().await;
    }
}

impl<K: Eq + Hash + Clone> Held<K> {
    /// Frees the place of one that is idle, of those that may be asked.
    fn displace(&mut self, may_be: impl Fn(&Occupied<K>) -> bool) -> Result<(), NoPlace> {
        let of_holder = |holder: &Option<K>| holder.as_ref().and_then(|it| self.counts.get(it)).copied().unwrap_or(1);
        let idle = self.places.iter().filter(|(_, occupied)| may_be(occupied)).filter_map(|(number, occupied)| {
            let since = occupied.activity.idle_since()?;
            Some((of_holder(&occupied.holder), std::cmp::Reverse(since), *number))
        });
        let (_, _, number) = idle.max().ok_or(NoPlace)?;
        self.free(number);
        Ok(())
    }

    fn free(&mut self, number: u64) {
        let Some(occupied) = self.places.remove(&number) else { return };
        occupied.displaced.cancel();
        if let Some(holder) = occupied.holder
            && let Some(count) = self.counts.get_mut(&holder)
        {
            *count -= 1;
            if *count == 0 {
                self.counts.remove(&holder);
            }
        }
    }
}

impl<K: Eq + Hash> Drop for Place<K> {
    fn drop(&mut self) {
        let mut held = lock(&self.held);
        let Some(occupied) = held.places.remove(&self.number) else { return };
        if let Some(holder) = occupied.holder
            && let Some(count) = held.counts.get_mut(&holder)
        {
            *count -= 1;
            if *count == 0 {
                held.counts.remove(&holder);
            }
        }
    }
}

fn lock<K>(held: &Mutex<Held<K>>) -> MutexGuard<'_, Held<K>> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// The connections of a test, a second apart.
    struct Trial {
        places: Places<&'static str>,
        now: Instant,
    }

    impl Trial {
        fn with(all: usize, each: usize) -> Self {
            Self { places: Places::new(Limits { all, each }), now: Instant::now() }
        }

        fn enters(&mut self, holder: &'static str) -> Result<Place<&'static str>, NoPlace> {
            self.now += Duration::from_secs(1);
            let place = self.places.enter_at(self.now)?;
            place.belongs_to(&holder)?;
            Ok(place)
        }
    }

    #[test]
    fn a_holder_gets_no_more_than_its_places_and_its_idlest_gives_way() {
        let mut trial = Trial::with(9, 2);
        let first = trial.enters("one").expect("a place");
        let second = trial.enters("one").expect("a place");
        let third = trial.enters("one").expect("the first's");
        assert!(first.displaced.is_cancelled() && !second.displaced.is_cancelled());
        let _both = (second.activity.begin(), third.activity.begin());
        assert_eq!(trial.enters("one").err(), Some(NoPlace), "both are at work");
        assert!(trial.enters("two").is_ok());
        drop(second);
        assert!(trial.enters("one").is_ok());
    }

    #[test]
    fn where_all_is_taken_who_has_most_gives_way_and_nobody_at_work() {
        let mut trial = Trial::with(4, 3);
        let single = trial.enters("one").expect("a place");
        let many: Vec<_> = (0..3).map(|_| trial.enters("many").expect("a place")).collect();
        let newcomer = trial.enters("two").expect("one of the many's");
        assert!(!single.displaced.is_cancelled() && many[0].displaced.is_cancelled());
        let _work: Vec<_> = many.iter().chain([&single, &newcomer]).map(|place| place.activity.begin()).collect();
        assert_eq!(trial.enters("three").err(), Some(NoPlace));
        drop((single, many, newcomer));
        assert_eq!(trial.places.count(), 0);
        assert!(lock(&trial.places.held).counts.is_empty());
    }
}

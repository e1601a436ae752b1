//! Bytes of requests and answers that lie in memory, in all and of each holder.
//!
//! A holder is a peer, or an address. Room is taken before bytes are read or kept, and given back when the last of them
//! is gone. One holder never has more than `each`. Where all together have `all`, a holder still gets `always`, so that a
//! few cannot keep the others out.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

/// Why there is no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    /// The holder has as much as it may.
    Own,
    /// All together have as much as they may, and the holder has its guaranteed part.
    All,
}

/// How much there is, in bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// For all together.
    pub(crate) all: usize,
    /// For each holder.
    pub(crate) each: usize,
    /// For each holder, regardless of the others' use.
    pub(crate) always: usize,
}

/// The room of one listener. Clones share it.
#[derive(Debug)]
pub(crate) struct Budget<K: Eq + Hash>(Arc<Shared<K>>);

#[derive(Debug)]
struct Shared<K> {
    bounds: Bounds,
    held: Mutex<Held<K>>,
}

#[derive(Debug)]
struct Held<K> {
    total: usize,
    of: HashMap<K, usize>,
}

/// Room that is taken; dropped, it is given back.
#[derive(Debug)]
pub(crate) struct Room<K: Eq + Hash> {
    shared: Arc<Shared<K>>,
    holder: K,
    bytes: usize,
}

impl<K: Eq + Hash> Clone for Budget<K> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K: Eq + Hash + Clone> Budget<K> {
    /// With nothing taken.
    pub(crate) fn new(bounds: Bounds) -> Self {
        Self(Arc::new(Shared { bounds, held: Mutex::new(Held { total: 0, of: HashMap::new() }) }))
    }

    /// Takes room for so many bytes.
    pub(crate) fn take(&self, holder: K, bytes: usize) -> Result<Room<K>, Full> {
        let mut room = Room { shared: Arc::clone(&self.0), holder, bytes: 0 };
        room.grow(bytes)?;
        Ok(room)
    }
}

impl<K: Eq + Hash + Clone> Room<K> {
    /// Takes room for so many bytes more.
    pub(super) fn grow(&mut self, bytes: usize) -> Result<(), Full> {
        if bytes == 0 {
            return Ok(());
        }
        let Bounds { all, each, always } = self.shared.bounds;
        let mut held = self.shared.lock();
        let after = held.of.get(&self.holder).copied().unwrap_or(0).saturating_add(bytes);
        if after > each {
            return Err(Full::Own);
        }
        if held.total.saturating_add(bytes) > all && after > always {
            return Err(Full::All);
        }
        held.of.insert(self.holder.clone(), after);
        held.total += bytes;
        self.bytes += bytes;
        Ok(())
    }
}

impl<K> Shared<K> {
    fn lock(&self) -> std::sync::MutexGuard<'_, Held<K>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash> Drop for Room<K> {
    fn drop(&mut self) {
        let mut held = self.shared.lock();
        held.total -= self.bytes;
        let left = held.of.get(&self.holder).map_or(0, |bytes| bytes - self.bytes);
        if left == 0 {
            held.of.remove(&self.holder);
        } else if let Some(bytes) = held.of.get_mut(&self.holder) {
            *bytes = left;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_holder_has_no_more_than_its_own_and_gets_it_back() {
        let budget = Budget::new(Bounds { all: 100, each: 40, always: 0 });
        let mut room = budget.take("one", 30).expect("there is room");
        assert_eq!(room.grow(11), Err(Full::Own));
        room.grow(10).expect("there is room");
        assert_eq!(budget.take("one", 1).err(), Some(Full::Own));
        assert!(budget.take("one", 0).is_ok());
        assert!(budget.take("two", 40).is_ok());
        drop(room);
        assert!(budget.take("one", 40).is_ok());
        assert!(budget.0.lock().of.is_empty() && budget.0.lock().total == 0);
    }

    #[test]
    fn where_all_is_taken_a_holder_gets_what_it_always_gets_and_no_more() {
        let budget = Budget::new(Bounds { all: 100, each: 50, always: 10 });
        let held = [budget.take("one", 50).expect("room"), budget.take("two", 50).expect("room")];
        assert_eq!(budget.take("three", 11).err(), Some(Full::All));
        let mut third = budget.take("three", 6).expect("what it always gets");
        assert_eq!((third.grow(5), third.grow(4)), (Err(Full::All), Ok(())));
        drop(held);
        assert_eq!(third.grow(40), Ok(()));
    }

    #[test]
    fn all_together_have_no_more_than_there_is_and_what_each_always_gets() {
        let budget = Budget::new(Bounds { all: 1_000, each: 300, always: 10 });
        let mut held = Vec::new();
        for holder in 0..100 {
            while let Ok(room) = budget.take(holder, 5) {
                held.push(room);
            }
        }
        let total = budget.0.lock().total;
        assert!((1_000..=2_000).contains(&total), "{total}");
        assert!(budget.take(100, 10).is_ok(), "one that has nothing is let in");
    }
}

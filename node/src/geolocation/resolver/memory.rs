//! Values remembered for a short time, and never more than so many.

use std::borrow::Borrow;
use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

use tokio::time::Instant;

/// Values by key, each until its time. Where it is full, the oldest goes.
#[derive(Debug)]
pub(super) struct Memory<K, V> {
    most: usize,
    values: HashMap<K, Kept<V>>,
    /// Keys in the order of their arrival, each with its number; of a key that came again, only the last one counts.
    order: VecDeque<(K, u64)>,
    next: u64,
}

#[derive(Debug)]
struct Kept<V> {
    value: V,
    until: Instant,
    number: u64,
}

impl<K: Clone + Eq + Hash, V> Memory<K, V> {
    /// For `most` values.
    pub(super) fn new(most: usize) -> Self {
        Self { most, values: HashMap::new(), order: VecDeque::new(), next: 0 }
    }

    /// Returns the value remembered at `now`.
    pub(super) fn recall<Q>(&self, key: &Q, now: Instant) -> Option<&V>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.values.get(key).filter(|kept| kept.until > now).map(|kept| &kept.value)
    }

    /// Remembers a value until a time.
    pub(super) fn keep(&mut self, key: K, value: V, until: Instant) {
        let number = self.next;
        self.next += 1;
        self.order.push_back((key.clone(), number));
        self.values.insert(key, Kept { value, until, number });
        let values = &mut self.values;
        let is_current = |values: &HashMap<K, Kept<V>>, key: &K, number: u64| {
            values.get(key).is_some_and(|kept| kept.number == number)
        };
        while values.len() > self.most
            && let Some((oldest, number)) = self.order.pop_front()
        {
            if is_current(values, &oldest, number) {
                values.remove(&oldest);
            }
        }
        if self.order.len() > 2 * self.most {
            self.order.retain(|(key, number)| is_current(values, key, *number));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_value_is_remembered_until_its_time_and_the_oldest_makes_room() {
        let now = Instant::now();
        let later = now + Duration::from_secs(10);
        let mut memory = Memory::new(2);
        memory.keep("a", 1, later);
        memory.keep("b", 2, later);
        assert_eq!((memory.recall("a", now), memory.recall("a", later)), (Some(&1), None));
        memory.keep("c", 3, later);
        assert_eq!(
            (memory.recall("a", now), memory.recall("b", now), memory.recall("c", now)),
            (None, Some(&2), Some(&3))
        );
        for round in 0..100 {
            memory.keep("c", round, later);
        }
        assert!(memory.order.len() <= 4, "{}", memory.order.len());
        assert_eq!(memory.recall("c", now), Some(&99));
    }
}

//! Entries that were said again in a new epoch (`was`): any earlier hash of one means it.

use std::collections::HashMap;

use super::seen::Seen;
use crate::bytes::Hash;
use crate::entry::Content;

/// The entries by every hash that names them. A hash that an entry here has now names that one; of several that had it
/// before, it names the one that stands first in its log.
pub(crate) fn by_name<'s, 'a: 's>(
    seen: impl IntoIterator<Item = &'s Seen<'a>, IntoIter: Clone>,
) -> HashMap<Hash, &'s Seen<'a>> {
    let seen = seen.into_iter();
    let mut names: HashMap<Hash, &Seen<'a>> = HashMap::with_capacity(seen.size_hint().0);
    for entry in seen.clone() {
        for former in &entry.content.was {
            let named = names.entry(former.hash).or_insert(entry);
            if (entry.place, entry.hash) < (named.place, named.hash) {
                *named = entry;
            }
        }
    }
    names.extend(seen.map(|entry| (entry.hash, entry)));
    names
}

/// The contents of the entries, with the present hashes wherever they name each other; `None` where they do already, as
/// nearly always.
pub(super) fn with_present_names(seen: &[Seen<'_>]) -> Option<Vec<Content>> {
    if seen.iter().all(|entry| entry.content.was.is_empty()) {
        return None;
    }
    let names = by_name(seen);
    let present = |hash: Hash| names.get(&hash).map_or(hash, |entry| entry.hash);
    let renamed = seen.iter().map(|entry| {
        let mut content = entry.content.clone();
        for link in [&mut content.reference, &mut content.hold, &mut content.of] {
            *link = link.map(present);
        }
        content
    });
    Some(renamed.collect())
}

#[cfg(test)]
mod tests {
    use super::super::fold;
    use super::super::story::{Story, hash_of};
    use crate::entry::Former;

    #[test]
    fn of_two_that_say_the_same_again_the_first_in_the_log_is_meant_in_any_order() {
        let (mut story, create) = Story::new(Some("nl-c"));
        story.accept("nl-c", create);
        let mut first = story.entries.remove(0);
        first.content.was = vec![Former { ep: 1, seq: 1, prev: crate::bytes::Hash::ZERO, hash: create }];
        let mut second = first.clone();
        (first.hash, first.place) = (hash_of(1_001), (2, 5));
        (second.hash, second.place) = (hash_of(1_000), (2, 7));
        let folds = [[first.clone(), second.clone()], [second, first]].map(|pair| {
            let mut story = story.clone();
            story.entries.extend(pair);
            fold(&story.seen()).expect("the create is here")
        });
        assert_eq!(folds[0], folds[1]);
        assert_eq!((folds[0].holder.as_str(), folds[0].create), ("nl-c", hash_of(1_001)));
    }
}

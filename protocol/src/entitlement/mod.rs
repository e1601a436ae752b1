//! The readers entitled to a body. One pure function decides, for push, pull and single fetch alike.

use std::collections::{HashMap, HashSet};

use crate::bytes::Hash;
use crate::id::NodeId;
use crate::state::{Fold, Seen, by_name};

/// Whether the header alone entitles the reader: the author, and every node in `to`.
#[must_use]
pub fn entitled_by_header(reader: &NodeId, entry: &Seen<'_>) -> bool {
    is_addressed(reader, entry.log, &entry.content.to)
}

/// [`entitled_by_header`], of an entry with only its author and its `to` known.
#[must_use]
pub fn is_addressed(reader: &NodeId, author: &NodeId, to: &[NodeId]) -> bool {
    author == reader || to.contains(reader)
}

/// The entries that counting offers open to `reader` beyond their own `to`: those on the `ref` path up to an offer.
#[must_use]
pub fn opened_to(reader: &NodeId, fold: &Fold, seen: &[Seen<'_>]) -> Vec<Hash> {
    let to_reader = || fold.offers.iter().filter(|offer| offer.target == *reader);
    if to_reader().next().is_none() {
        return Vec::new();
    }
    let by_hash = by_name(seen);
    let (mut met, mut opened) = (HashSet::new(), Vec::new());
    for offer in to_reader() {
        let mut at = Some(offer.entry);
        while let Some(entry) = at.and_then(|hash| by_hash.get(&hash)) {
            // The path before an entry that the reader was offered before was opened then.
            if !met.insert(entry.hash) {
                break;
            }
            if !entitled_by_header(reader, entry) {
                opened.push(entry.hash);
            }
            at = entry.content.reference;
        }
    }
    opened
}

/// The entries of `author` that counting offers open beyond their own `to`, each with its reader. Of a path, no more
/// than the author's entries is gone through for each reader.
#[must_use]
pub fn opened_of(author: &NodeId, fold: &Fold, seen: &[Seen<'_>]) -> Vec<(Hash, NodeId)> {
    if !seen.iter().any(|entry| entry.log == author) {
        return Vec::new();
    }
    let by_hash = by_name(seen);
    let mut nearest = HashMap::new();
    let (mut met, mut opened) = (HashSet::new(), Vec::new());
    for offer in &fold.offers {
        let mut at = nearest_of(author, Some(offer.entry), &by_hash, &mut nearest);
        while let Some(entry) = at.and_then(|hash| by_hash.get(&hash)) {
            if !met.insert((entry.hash, &offer.target)) {
                break;
            }
            if !entitled_by_header(&offer.target, entry) {
                opened.push((entry.hash, offer.target.clone()));
            }
            at = nearest_of(author, entry.content.reference, &by_hash, &mut nearest);
        }
    }
    opened
}

/// The first entry of `author` on the path that begins with `from`. The results known for other entries stand in
/// `nearest`.
fn nearest_of(
    author: &NodeId,
    from: Option<Hash>,
    by_hash: &HashMap<Hash, &Seen<'_>>,
    nearest: &mut HashMap<Hash, Option<Hash>>,
) -> Option<Hash> {
    let (mut at, mut gone) = (from, Vec::new());
    let found = loop {
        let Some(entry) = at.and_then(|hash| by_hash.get(&hash)) else { break None };
        if entry.log == author {
            break Some(entry.hash);
        }
        if let Some(known) = nearest.get(&entry.hash) {
            break *known;
        }
        // Until more is known: an entry that names itself, over any others, leads nowhere.
        nearest.insert(entry.hash, None);
        gone.push(entry.hash);
        at = entry.content.reference;
    };
    nearest.extend(gone.into_iter().map(|hash| (hash, found)));
    found
}

/// Whether `reader` is entitled to the body of `entry`, given all entries about its report that are here.
#[must_use]
pub fn entitled(reader: &NodeId, entry: &Seen<'_>, fold: Option<&Fold>, seen: &[Seen<'_>]) -> bool {
    entitled_by_header(reader, entry) || fold.is_some_and(|fold| opened_to(reader, fold, seen).contains(&entry.hash))
}

#[cfg(test)]
mod tests;

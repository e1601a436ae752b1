//! Who may see a body. One pure function decides, for push, pull and single fetch alike.

use std::collections::HashSet;

use crate::bytes::Hash;
use crate::id::NodeId;
use crate::state::{Fold, Seen, by_name};

/// Whether the header alone entitles the reader: the author, and whoever stands in `to`.
#[must_use]
pub fn entitled_by_header(reader: &NodeId, entry: &Seen<'_>) -> bool {
    is_addressed(reader, entry.log, &entry.content.to)
}

/// [`entitled_by_header`], of an entry of which no more is known than its author and its `to`.
#[must_use]
pub fn is_addressed(reader: &NodeId, author: &NodeId, to: &[NodeId]) -> bool {
    author == reader || to.contains(reader)
}

/// The entries that an offer which counts opens to its target beyond their own `to`: those on the `ref` path up to the
/// offer. Pairs of entry and reader, for every offer of the fold.
#[must_use]
pub fn opened_by_offers(fold: &Fold, seen: &[Seen<'_>]) -> Vec<(Hash, NodeId)> {
    let by_hash = by_name(seen);
    let mut met = HashSet::new();
    let mut opened = Vec::new();
    for offer in &fold.offers {
        let mut at = Some(offer.entry);
        while let Some(entry) = at.and_then(|hash| by_hash.get(&hash)) {
            // What lies before an entry that the target was offered before was opened then.
            if !met.insert((entry.hash, &offer.target)) {
                break;
            }
            if !entitled_by_header(&offer.target, entry) {
                opened.push((entry.hash, offer.target.clone()));
            }
            at = entry.content.reference;
        }
    }
    opened
}

/// Whether `reader` is entitled to the body of `entry`, given all entries about its report that are here.
#[must_use]
pub fn entitled(reader: &NodeId, entry: &Seen<'_>, fold: Option<&Fold>, seen: &[Seen<'_>]) -> bool {
    entitled_by_header(reader, entry)
        || fold.is_some_and(|fold| {
            opened_by_offers(fold, seen).iter().any(|(hash, target)| *hash == entry.hash && target == reader)
        })
}

#[cfg(test)]
mod tests;

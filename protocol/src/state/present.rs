//! The entries about one report that are fully here, ready for the walk's questions.
//!
//! Most reports have a handful of entries, and every node folds every report. So they are searched in sorted lists:
//! these cost less than hash tables. For any entries of any author, a walk asks for each of them a few times at most.

use std::cell::OnceCell;

use super::by_hash::ByHash;
use super::paths::{Descent, reaching};
use super::seen::Seen;
use crate::bytes::Hash;
use crate::entry::EntryType;
use crate::id::NodeId;

/// The entries with a `ref` path to the create.
pub(super) struct Present<'a> {
    by_hash: ByHash<'a>,
    create: Hash,
    /// Log by log, each in its own order.
    ordered: Vec<Seen<'a>>,
    /// Places in `ordered` of the answers, by the entry that each answers.
    answers: Vec<(Hash, usize)>,
    /// Places in `ordered` of the holders' entries, by the hash that each holds the report by.
    held: Vec<(Hash, usize)>,
    /// Few walks ask for it.
    descent: OnceCell<Descent>,
}

impl<'a> Present<'a> {
    /// Keeps the entries with a `ref` path to the create, and returns the others as waiting.
    pub(super) fn of(create: Seen<'a>, seen: &[Seen<'a>]) -> (Self, Vec<Hash>) {
        let all = ByHash::of(seen);
        let reaches = reaching(&create.hash, &all);
        let (present, waiting): (Vec<_>, Vec<_>) = all.0.iter().zip(reaches).partition(|(_, reaches)| *reaches);
        let present: Vec<Seen<'a>> = present.into_iter().map(|(entry, _)| *entry).collect();
        let waiting = waiting.into_iter().map(|(entry, _)| entry.hash).collect();
        let mut ordered = present.clone();
        ordered.sort_unstable_by_key(|entry| (entry.log, entry.place, entry.hash));
        let answers = sorted(&ordered, |entry| entry.content.of.filter(|_| answers(entry)));
        let held = sorted(&ordered, |entry| entry.content.hold);
        let by_hash = ByHash(present);
        (Self { by_hash, create: create.hash, ordered, answers, held, descent: OnceCell::new() }, waiting)
    }

    /// All of them, log by log, each in its own order.
    pub(super) fn all(&self) -> &[Seen<'a>] {
        &self.ordered
    }

    /// The entry with this hash.
    pub(super) fn entry(&self, hash: &Hash) -> Option<Seen<'a>> {
        self.by_hash.place(hash).map(|place| self.by_hash.0[place])
    }

    /// The entries that the author of `begin` wrote in the tenure that begins with it, in the order of its log.
    pub(super) fn held_by(&self, begin: Seen<'a>) -> impl Iterator<Item = Seen<'a>> + '_ {
        self.named(&self.held, begin.hash).filter(move |entry| entry.log == begin.log)
    }

    /// The first answer of an offer's target. That it cannot apply the offer is a refusal too.
    pub(super) fn answer(&self, offer: Hash, target: &NodeId) -> Option<Seen<'a>> {
        self.named(&self.answers, offer).find(|entry| entry.log == target)
    }

    /// Whether an entry lies on the `ref` path of another, itself included.
    pub(super) fn is_on_path(&self, sought: &Hash, from: &Hash) -> bool {
        let places = self.by_hash.place(sought).zip(self.by_hash.place(from));
        let descent = || self.descent.get_or_init(|| Descent::of(&self.create, &self.by_hash));
        places.is_some_and(|(sought, from)| descent().leads_through(from, sought))
    }

    /// The entries that name one, in the order of `ordered`.
    fn named<'p>(&'p self, list: &'p [(Hash, usize)], hash: Hash) -> impl Iterator<Item = Seen<'a>> + 'p {
        let first = list.partition_point(|(named, _)| *named < hash);
        list[first..].iter().take_while(move |(named, _)| *named == hash).map(|(_, place)| self.ordered[*place])
    }
}

fn answers(entry: &Seen<'_>) -> bool {
    matches!(entry.content.entry_type, EntryType::Accept | EntryType::Refuse | EntryType::Reject)
}

/// Entries by the hash that they name; those that name the same keep their order.
fn sorted<'a>(ordered: &[Seen<'a>], names: impl Fn(&Seen<'a>) -> Option<Hash>) -> Vec<(Hash, usize)> {
    let named = ordered.iter().enumerate().filter_map(|(place, entry)| Some((names(entry)?, place)));
    let mut sorted: Vec<(Hash, usize)> = named.collect();
    sorted.sort_unstable();
    sorted
}

//! One tenure of the walk: what its author wrote in it, and which of it counts.

use super::fold::{Offer, Refusal, Seen};
use crate::bytes::Hash;
use crate::country::Country;
use crate::entry::{EntryType, Status};
use crate::id::NodeId;

/// The entries about one report that are fully here.
///
/// Most reports have a handful of entries, and every node folds every report: so they are searched in sorted lists,
/// which cost less than hash tables.
pub(super) struct Present<'a> {
    by_hash: ByHash<'a>,
    /// Log by log, each in its own order.
    ordered: Vec<Seen<'a>>,
}

/// Entries in the order of their hashes, each once.
struct ByHash<'a>(Vec<Seen<'a>>);

impl<'a> ByHash<'a> {
    fn of(seen: &[Seen<'a>]) -> Self {
        let mut entries = seen.to_vec();
        entries.sort_unstable_by_key(|entry| entry.hash);
        entries.dedup_by_key(|entry| entry.hash);
        Self(entries)
    }

    fn place(&self, hash: &Hash) -> Option<usize> {
        self.0.binary_search_by(|entry| entry.hash.cmp(hash)).ok()
    }

    fn entry(&self, hash: &Hash) -> Option<&Seen<'a>> {
        self.place(hash).map(|place| &self.0[place])
    }
}

impl<'a> Present<'a> {
    /// Keeps the entries whose `ref` path leads to the create, and gives the others back as waiting.
    pub(super) fn of(create: Seen<'a>, seen: &[Seen<'a>]) -> (Self, Vec<Hash>) {
        let all = ByHash::of(seen);
        let mut reaches: Vec<Option<bool>> = vec![None; all.0.len()];
        if let Some(place) = all.place(&create.hash) {
            reaches[place] = Some(true);
        }
        let mut waiting = Vec::new();
        let mut ordered = Vec::with_capacity(all.0.len());
        for (place, entry) in all.0.iter().enumerate() {
            if path_reaches(place, &all, &mut reaches) {
                ordered.push(*entry);
            } else {
                waiting.push(entry.hash);
            }
        }
        let by_hash = ByHash(ordered.clone());
        ordered.sort_unstable_by_key(|entry| (entry.log, entry.place, entry.hash));
        (Self { by_hash, ordered }, waiting)
    }

    /// All of them, log by log, each in its own order.
    pub(super) fn all(&self) -> &[Seen<'a>] {
        &self.ordered
    }

    /// The `ref` path from an entry back to the create, itself included.
    pub(super) fn path(&self, from: Hash) -> impl Iterator<Item = Hash> + '_ {
        std::iter::successors(Some(from), |hash| self.by_hash.entry(hash)?.content.reference)
    }

    /// The first answer of an offer's target. That it cannot apply the offer is a refusal too.
    fn answer(&self, offer: Hash, target: &NodeId) -> Option<Seen<'a>> {
        self.ordered
            .iter()
            .find(|entry| {
                entry.log == target
                    && entry.content.of == Some(offer)
                    && matches!(entry.content.entry_type, EntryType::Accept | EntryType::Refuse | EntryType::Reject)
            })
            .copied()
    }
}

/// Whether the `ref` path of an entry ends in one that is known to reach the create. Walks with a stack of its own: a
/// path may be as long as a log.
fn path_reaches(start: usize, all: &ByHash<'_>, reaches: &mut [Option<bool>]) -> bool {
    let mut path = Vec::new();
    let mut at = Some(start);
    let found = loop {
        let Some(place) = at else { break false };
        if let Some(known) = reaches[place] {
            break known;
        }
        let entry = &all.0[place];
        // What an entry calls critical, and this version does not understand, holds the report where it stands.
        if !entry.content.crit.is_empty() {
            break false;
        }
        path.push(place);
        reaches[place] = Some(false);
        at = entry.content.reference.and_then(|hash| all.place(&hash));
    };
    for place in path {
        reaches[place] = Some(found);
    }
    found
}

/// A tenure after its author's entries were gone through in the order of his log.
pub(super) struct Tenure<'a> {
    pub(super) begin: Seen<'a>,
    pub(super) depth: u32,
    pub(super) offers: Vec<Offer>,
    pub(super) counted: Vec<Hash>,
    pub(super) terminal: Option<Status>,
    pub(super) progress: Option<Status>,
    pub(super) last: Hash,
    pub(super) country: Option<Country>,
}

impl<'a> Tenure<'a> {
    /// Goes through the tenure that begins with `begin`. `not` are the create's forbidden countries.
    pub(super) fn walk(begin: Seen<'a>, depth: u32, origin: &NodeId, not: &[Country], present: &Present<'a>) -> Self {
        let mut tenure = Self {
            begin,
            depth,
            offers: Vec::new(),
            counted: vec![begin.hash],
            terminal: None,
            progress: None,
            last: begin.hash,
            country: None,
        };
        if begin.content.entry_type == EntryType::Create {
            tenure.country = begin.content.country;
            if let Some(target) = begin.content.target.as_ref().filter(|target| *target != begin.log) {
                tenure.open_offer(begin, target, present);
            }
        }
        for entry in present.all().iter().filter(|entry| entry.log == begin.log) {
            if entry.content.hold == Some(begin.hash) {
                tenure.take(*entry, origin, not, present);
            }
        }
        tenure
    }

    fn take(&mut self, entry: Seen<'a>, origin: &NodeId, not: &[Country], present: &Present<'a>) {
        let counts = match entry.content.entry_type {
            EntryType::Transfer => return self.take_transfer(entry, not, present),
            EntryType::Resume => self.take_resume(entry, origin, present),
            EntryType::Status => self.take_status(entry),
            _ => false,
        };
        if counts {
            self.counted.push(entry.hash);
            self.last = entry.hash;
        }
    }

    /// An offer counts if it is the first, or if the one before it was resumed.
    fn take_transfer(&mut self, entry: Seen<'a>, not: &[Country], present: &Present<'a>) {
        let Some(target) = &entry.content.target else { return };
        let forbidden = |country: &Country| not.contains(country) || entry.content.not.contains(country);
        let blocked = forbidden(&target.seat()) || entry.content.country.as_ref().is_some_and(forbidden);
        let free = self.offers.last().is_none_or(|offer| offer.resumed);
        if !free || blocked || target == entry.log {
            return;
        }
        self.country = entry.content.country;
        self.counted.push(entry.hash);
        self.last = entry.hash;
        self.open_offer(entry, target, present);
    }

    fn open_offer(&mut self, entry: Seen<'a>, target: &NodeId, present: &Present<'a>) {
        let mut offer = Offer {
            entry: entry.hash,
            by: entry.log.clone(),
            target: target.clone(),
            country: entry.content.country,
            accepted: None,
            refusal: None,
            resumed: false,
        };
        if let Some(answer) = present.answer(entry.hash, target) {
            self.last = answer.hash;
            if answer.content.entry_type == EntryType::Accept {
                offer.accepted = Some(answer.hash);
            } else {
                offer.refusal = Some(Refusal {
                    entry: answer.hash,
                    why: answer.content.why.clone().unwrap_or_else(|| "other".into()),
                    country: answer.content.country,
                });
            }
        }
        self.offers.push(offer);
    }

    /// Whoever saw the accept of its offer cannot take the offer back, except the origin.
    fn take_resume(&mut self, entry: Seen<'a>, origin: &NodeId, present: &Present<'a>) -> bool {
        let Some(offer) = self.offers.last_mut() else { return false };
        if offer.resumed || entry.content.of != Some(offer.entry) {
            return false;
        }
        let saw_accept = offer.accepted.is_some_and(|accept| present.path(entry.hash).any(|hash| hash == accept));
        if saw_accept && entry.log != origin {
            return false;
        }
        offer.resumed = true;
        true
    }

    fn take_status(&mut self, entry: Seen<'a>) -> bool {
        match entry.content.status {
            Some(Status::Reopened) => {
                self.terminal = None;
                self.progress = Some(Status::Reopened);
                true
            }
            Some(ref status) if status.is_terminal() => {
                self.terminal = Some(status.clone());
                true
            }
            Some(ref status @ (Status::LeaInformed | Status::IspInformed)) => {
                self.progress = Some(status.clone());
                true
            }
            _ => false,
        }
    }

    /// The accept with which the walk goes on, if this tenure's last offer was accepted and not resumed.
    pub(super) fn accepted_by(&self, present: &Present<'a>) -> Option<Seen<'a>> {
        let offer = self.offers.last().filter(|offer| !offer.resumed)?;
        present.by_hash.entry(&offer.accepted?).copied()
    }
}

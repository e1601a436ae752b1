//! The walk over the tenures, and the state that it ends in.

use std::collections::{BTreeSet, HashSet};

use super::limit::{Beyond, REPORT_ENTRIES_LIMIT};
use super::offer::Offer;
use super::present::Present;
use super::said_again::with_present_names;
use super::seen::Seen;
use super::tenure::Tenure;
use crate::bytes::Hash;
use crate::country::{Country, CountryCode};
use crate::entry::{Content, EntryType, Status};
use crate::id::NodeId;
use crate::vocabulary::State;

/// How a report stands, computed from the entries that are here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    /// The create.
    pub create: Hash,
    /// The state.
    pub state: State,
    /// Its holder.
    pub holder: NodeId,
    /// The entry behind the holder's hold: the holder writes it as `hold`.
    pub hold: Hash,
    /// Depth of the walk, from 1.
    pub tenure: u32,
    /// The last entry of the walk: the next writer names it as `ref`.
    pub last: Hash,
    /// The hosting country that the last valid offer, or the create, names.
    pub country: Option<Country>,
    /// The countries that nobody may pass it to, known here or not: all that the origin named, and its holders after
    /// it.
    pub not: BTreeSet<CountryCode>,
    /// Every offer that counts, in the order of the walk.
    pub offers: Vec<Offer>,
    /// Entries that count, in the order of the walk.
    pub counted: Vec<Hash>,
    /// The origin's additions that are here in full, in the order of its log.
    pub amends: Vec<Hash>,
    /// Entries that are here in full and do not count: late, of another tenure, or not their author's to write.
    pub stale: Vec<Hash>,
    /// Entries with a `ref` path that is not here yet.
    pub waiting: Vec<Hash>,
}

impl Fold {
    /// The offer of the present holder that is not resumed, answered or not.
    #[must_use]
    pub fn open_offer(&self) -> Option<&Offer> {
        self.offers.last().filter(|offer| !offer.resumed && offer.by == self.holder && offer.accepted.is_none())
    }

    /// The entries with words about the report that count: those of the walk, and the origin's own additions.
    #[must_use]
    pub fn heard(&self) -> HashSet<Hash> {
        self.counted.iter().chain(&self.amends).copied().collect()
    }

    /// The open offer, if nobody has answered it.
    #[must_use]
    pub fn unanswered_offer(&self) -> Option<&Offer> {
        self.open_offer().filter(|offer| offer.refusal.is_none())
    }
}

/// Folds the entries about one report, given in any order. `None` while its create is not here, or calls critical
/// something that this version does not understand.
///
/// Several creates for one report cannot be applied together (`(org, rid)` is unique for ever): the first in the
/// origin's log counts. Entries that a new epoch left behind are not given at all. An earlier hash of an entry that was
/// said again means that entry.
///
/// Of each author the first [`REPORT_ENTRIES_LIMIT`] entries take part, in the order of its log; the others are as if they
/// were not here.
#[must_use]
pub fn fold(seen: &[Seen<'_>]) -> Option<Fold> {
    fold_within(seen, REPORT_ENTRIES_LIMIT)
}

/// [`fold`], of so many entries of each author.
pub(super) fn fold_within(seen: &[Seen<'_>], limit: usize) -> Option<Fold> {
    let beyond = Beyond::of(seen, limit);
    if !beyond.is_empty() {
        let within: Vec<Seen<'_>> = seen.iter().filter(|entry| !beyond.contains(entry)).copied().collect();
        return fold_all(&within);
    }
    fold_all(seen)
}

/// Folds all that is given.
fn fold_all(seen: &[Seen<'_>]) -> Option<Fold> {
    match with_present_names(seen) {
        None => fold_named(seen),
        Some(contents) => {
            let renamed = seen.iter().zip(&contents).map(|(entry, content)| Seen { content, ..*entry });
            fold_named(&renamed.collect::<Vec<_>>())
        }
    }
}

/// Folds entries that name each other by the hashes that they have now.
fn fold_named(seen: &[Seen<'_>]) -> Option<Fold> {
    let create = seen
        .iter()
        .filter(|entry| entry.content.entry_type == EntryType::Create && entry.content.org.as_ref() == Some(entry.log))
        .min_by_key(|entry| (entry.place, entry.hash))
        .filter(|create| create.content.is_understood())
        .copied()?;
    let origin = create.log;
    let (present, waiting) = Present::of(create, seen);

    let walk_from = |begin, depth| Tenure::walk(begin, depth, origin, &create.content.not, &present);
    let mut walk = vec![walk_from(create, 1)];
    while let Some(accept) = walk[walk.len() - 1].accepted_by(&present) {
        walk.push(walk_from(accept, walk[walk.len() - 1].depth + 1));
    }
    let withdrawn = present
        .all()
        .iter()
        .find(|entry| entry.content.entry_type == EntryType::Withdraw && entry.log == origin)
        .map(|entry| entry.hash);
    let offers: Vec<Offer> = walk.iter().flat_map(|tenure| tenure.offers.iter().cloned()).collect();
    let counted: Vec<Hash> = walk.iter().flat_map(|tenure| tenure.counted.iter().copied()).chain(withdrawn).collect();
    let country = walk.iter().rev().find_map(|tenure| tenure.country);
    let stale = stale(&present, &counted, &offers, origin);
    let holding = &walk[walk.len() - 1];
    Some(Fold {
        create: create.hash,
        state: state_of(holding, withdrawn.is_some(), create.content),
        holder: holding.begin.log.clone(),
        hold: holding.begin.hash,
        tenure: holding.depth,
        last: holding.last,
        country,
        not: forbidden(&present, &counted, origin),
        offers,
        counted,
        amends: present.all().iter().filter(|entry| is_amend(entry, origin)).map(|entry| entry.hash).collect(),
        stale,
        waiting,
    })
}

fn is_amend(entry: &Seen<'_>, origin: &NodeId) -> bool {
    entry.content.entry_type == EntryType::Amend && entry.log == origin
}

/// A third party's words in an entry bind nobody: else any member could keep a report from its destination.
fn forbidden(present: &Present<'_>, counted: &[Hash], origin: &NodeId) -> BTreeSet<CountryCode> {
    let counted: HashSet<&Hash> = counted.iter().collect();
    let binds = |entry: &&Seen<'_>| entry.log == origin || counted.contains(&entry.hash);
    present.all().iter().filter(binds).flat_map(|entry| entry.content.not.iter().copied()).collect()
}

/// Entries that are here in full and count for nothing. Amends add to a report without being part of its walk, and
/// receipts speak of entries, not of the report.
fn stale(present: &Present<'_>, counted: &[Hash], offers: &[Offer], origin: &NodeId) -> Vec<Hash> {
    let refusals = offers.iter().filter_map(|offer| offer.refusal.as_ref()).map(|refusal| refusal.entry);
    let counts: HashSet<Hash> = counted.iter().copied().chain(refusals).collect();
    let beside = |entry: &Seen<'_>| match entry.content.entry_type {
        EntryType::Reject => true,
        _ => is_amend(entry, origin),
    };
    present
        .all()
        .iter()
        .filter(|entry| !counts.contains(&entry.hash) && !beside(entry))
        .map(|entry| entry.hash)
        .collect()
}

/// The first line of the specification's table that matches, within the present holder's tenure.
fn state_of(holding: &Tenure<'_>, withdrawn: bool, create: &Content) -> State {
    if let Some(terminal) = &holding.terminal {
        return match terminal {
            Status::Removed => State::Removed,
            Status::Unavailable => State::Unavailable,
            _ => State::NotIllegal,
        };
    }
    if withdrawn {
        return State::Withdrawn;
    }
    let offer = holding.offers.last();
    if let Some(open) = offer.filter(|offer| !offer.resumed) {
        return match (&open.refusal, open.entry == holding.begin.hash) {
            (Some(_), _) => State::Refused,
            (None, true) => State::Offered,
            (None, false) => State::Moved,
        };
    }
    match &holding.progress {
        Some(Status::LeaInformed) => return State::LeaInformed,
        Some(Status::IspInformed) => return State::IspInformed,
        Some(Status::Reopened) => return State::Reopened,
        _ => {}
    }
    let assessed = holding.begin.content.entry_type == EntryType::Create && create.status != Some(Status::Accepted);
    if offer.is_some() || assessed { State::Assessed } else { State::Accepted }
}

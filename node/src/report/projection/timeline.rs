//! A report's course from the headers, as far as the figures count it: told whole by every fold. Pure.

use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::{EntryType, Status};
use hotline_protocol::id::NodeId;
use hotline_protocol::state::Fold;
use hotline_protocol::vocabulary::State;

use super::plausible_time::time;
use crate::report::lifecycle::PastCase;
use crate::report::replay::{ByHash, Recorded};

/// The course of a report, as the hotline sees it that has it here. Times in seconds since 1970; empty where unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Timeline {
    /// How often this hotline informed the police.
    pub lea_count: i64,
    /// It stands as removed or unavailable.
    pub is_gone: bool,
    /// When this hotline offered it to the hotline that accepted it.
    pub offered_at: Option<i64>,
    /// The time that the holder by an offer took to accept it.
    pub accept_seconds: Option<i64>,
    /// When the hotline that holds it by an offer took it over.
    pub assigned_at: Option<i64>,
    /// It is hosted in the countries of the hotline that received it, and was assigned by that.
    pub at_home: bool,
    /// When another hotline first acted after it had taken it over from this one.
    pub acted_at: Option<i64>,
}

impl Timeline {
    /// As a whole fold tells it, for the hotline `own`.
    pub(crate) fn of(own: &NodeId, fold: &Fold, entries: &[Recorded]) -> Self {
        let by_hash = ByHash::of(entries);
        let of = |hash: &Hash| by_hash.get(hash);
        let ts = |hash: &Hash| of(hash).and_then(stamp);
        let statuses = |hashes: &'_ [Hash]| {
            let found = hashes.iter().filter_map(of);
            found.filter(|entry| entry.content.entry_type == EntryType::Status).collect::<Vec<_>>()
        };
        let informs = |entry: &&&Recorded| entry.log == *own && entry.content.status == Some(Status::LeaInformed);
        let times = statuses(&fold.counted).iter().filter(informs).count();
        let lea_count = i64::try_from(times).unwrap_or(i64::MAX);
        let mut course = Self { lea_count, is_gone: is_gone(fold.state), ..Self::default() };
        let taken = || fold.offers.iter().rev().filter(|offer| !offer.resumed && offer.accepted.is_some());
        if let Some(offer) = taken().find(|offer| offer.target == fold.holder) {
            course.assigned_at = offer.accepted.as_ref().and_then(ts);
            let seconds = course.assigned_at.zip(ts(&offer.entry)).map(|(accepted, offered)| accepted - offered);
            course.accept_seconds = seconds.map(|seconds| seconds.max(0));
        } else {
            course.at_home = of(&fold.create).is_some_and(|create| create.content.status == Some(Status::Accepted));
        }
        if let Some(offer) = taken().find(|offer| offer.by == *own) {
            course.offered_at = ts(&offer.entry);
            let after = fold.counted.iter().position(|hash| *hash == offer.entry).unwrap_or(fold.counted.len());
            let acts = statuses(&fold.counted[after..]);
            let acts = acts.iter().filter(|entry| entry.log != *own && entry.content.status != Some(Status::Reopened));
            course.acted_at = acts.filter_map(|entry| stamp(entry)).min();
        }
        course
    }

    /// As a historical file tells it.
    pub(crate) fn of_past(past: &PastCase) -> Self {
        Self {
            lea_count: i64::from(past.lea_at.is_some()),
            is_gone: past.outcome.is_some_and(is_gone),
            at_home: past.sent_to.is_none(),
            ..Self::default()
        }
    }
}

/// Whether the content is online no more.
pub(super) const fn is_gone(state: State) -> bool {
    matches!(state, State::Removed | State::Unavailable)
}

/// When an entry says that it was written.
pub(crate) fn stamp(entry: &Recorded) -> Option<i64> {
    time(i64::try_from(entry.content.ts).ok()?)
}

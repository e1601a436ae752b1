//! Entries that can never be applied, the reasons, and the one node that tells their author so (`receipt.reject/1`).
//!
//! An entry that may yet count when more arrives has no reason here. Neither has one that came too late: everybody sees
//! that in the fold, its author first.

use std::collections::HashMap;

use super::fold::Fold;
use super::limit::{Beyond, REPORT_ENTRIES_LIMIT};
use super::offer::Offer;
use super::said_again::by_name;
use super::seen::Seen;
use crate::bytes::Hash;
use crate::country::CountryCode;
use crate::entry::{EntryType, Status};
use crate::id::NodeId;
use crate::vocabulary::RejectReason;

/// The entries about a report that are here, ready for the question whether one can never be applied.
pub struct Unapplied<'s, 'a> {
    by_hash: HashMap<Hash, &'s Seen<'a>>,
    beyond: Beyond,
    fold: Option<&'s Fold>,
}

impl<'s, 'a> Unapplied<'s, 'a> {
    /// Built from `seen`, and from its fold.
    #[must_use]
    pub fn among(seen: &'s [Seen<'a>], fold: Option<&'s Fold>) -> Self {
        Self::within(seen, fold, REPORT_ENTRIES_LIMIT)
    }

    /// [`Unapplied::among`], where so many entries of each author take part.
    pub(super) fn within(seen: &'s [Seen<'a>], fold: Option<&'s Fold>, limit: usize) -> Self {
        let beyond = Beyond::of(seen, limit);
        Self { by_hash: by_name(seen.iter().filter(|entry| !beyond.contains(entry))), beyond, fold }
    }

    /// The reason why this version can never apply an entry, even if more arrives; `None` where it is applied, or might
    /// be. No receipt has a reason: none answers another. An author's entries beyond the first that is too many have
    /// none either.
    #[must_use]
    pub fn why(&self, entry: &Seen<'_>) -> Option<RejectReason> {
        let content = entry.content;
        // Of all that an author writes beyond the limit the first is judged, and answered where it is no receipt.
        if self.beyond.contains(entry) {
            let is_judged = self.beyond.is_first(entry) && content.entry_type != EntryType::Reject;
            return is_judged.then_some(RejectReason::TooManyEntries);
        }
        if content.entry_type != EntryType::Reject && !content.is_understood() {
            return Some(RejectReason::NotUnderstood);
        }
        let is_origins = content.org.as_ref() == Some(entry.log);
        let reason = match content.entry_type {
            EntryType::Create | EntryType::Amend | EntryType::Withdraw if !is_origins => RejectReason::NotOrigin,
            EntryType::Create if self.fold.is_some_and(|fold| fold.create != entry.hash) => RejectReason::SecondCreate,
            EntryType::Accept | EntryType::Refuse if self.answers_nothing(entry) => RejectReason::NotTarget,
            EntryType::Status | EntryType::Transfer | EntryType::Resume if self.holds_nothing(entry) => {
                RejectReason::NotHolder
            }
            EntryType::Status if !may_be_said(content.status.as_ref()) => RejectReason::UnknownStatus,
            EntryType::Transfer if self.is_blocked(entry) => RejectReason::LegalBlock,
            _ => return None,
        };
        Some(reason)
    }

    fn named(&self, hash: Option<Hash>) -> Option<&'s Seen<'a>> {
        self.by_hash.get(&hash?).copied()
    }

    /// An answer to nothing, or to an entry that does not offer the report to its author.
    fn answers_nothing(&self, entry: &Seen<'_>) -> bool {
        let offers = |of: &Seen<'_>| {
            matches!(of.content.entry_type, EntryType::Create | EntryType::Transfer)
                && of.content.target.as_ref() == Some(entry.log)
        };
        entry.content.of.is_none() || self.named(entry.content.of).is_some_and(|of| !offers(of))
    }

    /// A holder's entry by an author that names no create or accept of its own.
    fn holds_nothing(&self, entry: &Seen<'_>) -> bool {
        let begins = |hold: &Seen<'_>| {
            matches!(hold.content.entry_type, EntryType::Create | EntryType::Accept) && hold.log == entry.log
        };
        entry.content.hold.is_none() || self.named(entry.content.hold).is_some_and(|hold| !begins(hold))
    }

    /// An offer to a country that the create or the offer itself forbids.
    fn is_blocked(&self, transfer: &Seen<'_>) -> bool {
        let content = transfer.content;
        let create = self.named(self.fold.map(|fold| fold.create));
        let not = || content.not.iter().chain(create.into_iter().flat_map(|create| &create.content.not));
        let seat = content.target.as_ref().map(NodeId::seat);
        let forbidden = |country: &CountryCode| not().any(|not| not == country);
        seat.iter().chain(&content.country).any(forbidden)
    }
}

/// The one node that an entry addresses: its target, else the first in its `to`, else the report's holder; never its
/// author. `None` where nobody is addressed.
#[must_use]
pub fn addressee<'a>(entry: &Seen<'a>, fold: Option<&'a Fold>) -> Option<&'a NodeId> {
    let content = entry.content;
    let mut named = content.target.iter().chain(&content.to).chain(fold.map(|fold| &fold.holder));
    named.find(|node| *node != entry.log)
}

/// The nodes that the report depends on: its origin, and the offerers and targets of offers in the walk.
pub fn parties<'a>(origin: &'a NodeId, fold: Option<&'a Fold>) -> impl Iterator<Item = &'a NodeId> {
    let offers: &[Offer] = fold.map_or(&[], |fold| &fold.offers);
    std::iter::once(origin).chain(offers.iter().flat_map(|offer| [&offer.by, &offer.target]))
}

fn may_be_said(status: Option<&Status>) -> bool {
    !matches!(status, None | Some(Status::Accepted | Status::Assessed | Status::Unknown(_)))
}

#[cfg(test)]
mod tests;

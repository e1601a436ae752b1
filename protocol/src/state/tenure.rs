//! One tenure of the walk: its author's entries in it, and the ones that count.

use super::offer::{Offer, Refusal};
use super::present::Present;
use super::seen::Seen;
use crate::bytes::Hash;
use crate::country::{Country, CountryCode};
use crate::entry::{EntryType, Status};
use crate::id::NodeId;

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
    pub(super) fn walk(
        begin: Seen<'a>,
        depth: u32,
        origin: &NodeId,
        not: &[CountryCode],
        present: &Present<'a>,
    ) -> Self {
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
            tenure.country = begin.content.hosting();
            if let Some(target) = begin.content.target.as_ref().filter(|target| *target != begin.log) {
                tenure.open_offer(begin, target, present);
            }
        }
        for entry in present.held_by(begin) {
            tenure.take(entry, origin, not, present);
        }
        tenure
    }

    fn take(&mut self, entry: Seen<'a>, origin: &NodeId, not: &[CountryCode], present: &Present<'a>) {
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
    fn take_transfer(&mut self, entry: Seen<'a>, not: &[CountryCode], present: &Present<'a>) {
        let Some(target) = &entry.content.target else { return };
        // By their letters: readers with different lists of countries must find the same holder.
        let forbidden = |country: &CountryCode| not.contains(country) || entry.content.not.contains(country);
        let blocked = forbidden(&target.seat()) || entry.content.country.as_ref().is_some_and(forbidden);
        let free = self.offers.last().is_none_or(|offer| offer.resumed);
        if !free || blocked || target == entry.log {
            return;
        }
        self.country = entry.content.hosting();
        self.counted.push(entry.hash);
        self.last = entry.hash;
        self.open_offer(entry, target, present);
    }

    fn open_offer(&mut self, entry: Seen<'a>, target: &NodeId, present: &Present<'a>) {
        let mut offer = Offer {
            entry: entry.hash,
            by: entry.log.clone(),
            target: target.clone(),
            country: entry.content.hosting(),
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
                    country: answer.content.hosting(),
                });
            }
        }
        self.offers.push(offer);
    }

    /// An offerer that saw the accept of its offer cannot take the offer back, except the origin.
    fn take_resume(&mut self, entry: Seen<'a>, origin: &NodeId, present: &Present<'a>) -> bool {
        let Some(offer) = self.offers.last_mut() else { return false };
        if offer.resumed || entry.content.of != Some(offer.entry) {
            return false;
        }
        let has_seen = |accept: &Hash| present.is_on_path(accept, &entry.hash);
        if entry.log != origin && offer.accepted.as_ref().is_some_and(has_seen) {
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

    /// The accept that continues the walk, if this tenure's last offer was accepted and not resumed.
    pub(super) fn accepted_by(&self, present: &Present<'a>) -> Option<Seen<'a>> {
        let offer = self.offers.last().filter(|offer| !offer.resumed)?;
        present.entry(&offer.accepted?)
    }
}

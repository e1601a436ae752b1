//! Offers between this hotline and another, as both logs tell them: the figures of the exchange. Pure.
//!
//! Everything here comes from headers, and every time is the one that the entry's author wrote into it. So both sides
//! of a pair have the same rows as soon as they have the same logs, in any order of arrival. An entry that was said
//! again in a new epoch counts as it did before.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use hotline_protocol::bytes::Hash;
use hotline_protocol::country::Country;
use hotline_protocol::entry::{EntryType, Status};
use hotline_protocol::id::NodeId;
use hotline_protocol::state::{Fold, Offer};
use hotline_protocol::vocabulary::State;
use serde::Deserialize;

use super::timeline::stamp;
use crate::report::replay::{ByHash, Recorded};

/// Most rows of one report: a thousandth offer of it makes no figure.
const PLACES: usize = 1_000;

/// How an offer between two hotlines stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stand {
    /// Nobody answered it, and it was not taken back.
    Open,
    /// Taken back, or over with the report; the hotline that had accepted it, if any, was gone.
    Over,
    /// The target refused it.
    Refused,
    /// The target accepted it and has the report in hand.
    Held,
    /// Accepted, and the content was gone while the target held it.
    Gone,
    /// Accepted, and found not to be illegal.
    NotIllegal,
    /// Accepted, and passed on to another.
    PassedOn,
    /// Accepted, and withdrawn by its origin then.
    Withdrawn,
    /// An entry that offers the report and counts for nothing: it came second, or was no longer its author's to write.
    StrayOffer,
    /// An entry that answers no offer here, or one answered before.
    StrayAnswer,
}

impl Stand {
    /// All, each at the place of its number.
    pub const ALL: [Self; 10] = [
        Self::Open,
        Self::Over,
        Self::Refused,
        Self::Held,
        Self::Gone,
        Self::NotIllegal,
        Self::PassedOn,
        Self::Withdrawn,
        Self::StrayOffer,
        Self::StrayAnswer,
    ];

    /// As it is stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Over => "over",
            Self::Refused => "refused",
            Self::Held => "held",
            Self::Gone => "gone",
            Self::NotIllegal => "not_illegal",
            Self::PassedOn => "passed_on",
            Self::Withdrawn => "withdrawn",
            Self::StrayOffer => "stray_offer",
            Self::StrayAnswer => "stray_answer",
        }
    }

    /// The target took the report over.
    #[must_use]
    pub const fn is_accepted(self) -> bool {
        matches!(self, Self::Held | Self::Gone | Self::NotIllegal | Self::PassedOn | Self::Withdrawn)
    }

    /// It is no offer that counts.
    #[must_use]
    pub const fn is_stray(self) -> bool {
        matches!(self, Self::StrayOffer | Self::StrayAnswer)
    }
}

/// An offer of this hotline to another, or of another to this one. Times in seconds since 1970, as the entries' authors
/// wrote them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct OfferRow {
    /// The report's key.
    pub report: i64,
    /// Its place among the report's rows; of an open one, as it is read, the largest number.
    pub place: i64,
    /// The other hotline.
    pub peer: NodeId,
    /// From this hotline to the other.
    #[serde(deserialize_with = "flag")]
    pub is_outgoing: bool,
    /// How it stands.
    pub stand: Stand,
    /// When it was offered; of a stray answer, when that was given.
    pub at: i64,
    /// When the target answered.
    pub answered_at: Option<i64>,
    /// The time of the target's first report of an action.
    pub acted_at: Option<i64>,
    /// When the target said that the content is gone, as long as that stands.
    pub gone_at: Option<i64>,
    /// Where the offer says that it is hosted.
    pub country: Option<Country>,
}

impl OfferRow {
    /// Whether both are the same offer, regardless of its outcome.
    pub(super) fn is_same_offer(&self, other: &Self) -> bool {
        let offer = |row: &Self| (row.at, row.report, row.place, row.is_outgoing, row.country);
        offer(self) == offer(other) && self.peer == other.peer
    }
}

/// Returns the rows of one report: its offers in the order of the walk, then the entries that count for nothing.
pub(super) fn offers_of(own: &NodeId, report: i64, fold: Option<&Fold>, entries: &[&Recorded]) -> Vec<OfferRow> {
    if !entries.iter().any(|entry| concerns(own, entry)) {
        return Vec::new();
    }
    let told = Told::new(own, entries, fold);
    let offers: &[Offer] = fold.map_or(&[], |fold| &fold.offers);
    let counting = offers.iter().filter_map(|offer| told.counting(offer));
    let strays = entries.iter().filter_map(|entry| told.stray(entry));
    let rows = counting.chain(strays).take(PLACES).zip(0..);
    rows.map(|(row, place)| OfferRow { report, place, ..row }).collect()
}

/// Whether an entry may have a part in an offer from or to a hotline: most reports are others' alone.
pub(super) fn concerns(own: &NodeId, entry: &Recorded) -> bool {
    [Some(&entry.log), entry.content.target.as_ref(), entry.content.org.as_ref()].contains(&Some(own))
}

/// The entries and the fold of one report. Each of its entries is looked up a few times at most, regardless of their
/// authors' writing.
struct Told<'t> {
    own: &'t NodeId,
    entries: &'t [&'t Recorded],
    fold: Option<&'t Fold>,
    by_hash: ByHash<'t>,
    /// Entries that offer the report or answer in the walk.
    in_walk: HashSet<Hash>,
    /// The places of the counted entries, in the order of the walk.
    counted_at: HashMap<Hash, usize>,
    /// Few entries ask for it.
    by_name: OnceCell<HashMap<Hash, &'t Recorded>>,
}

impl<'t> Told<'t> {
    fn new(own: &'t NodeId, entries: &'t [&'t Recorded], fold: Option<&'t Fold>) -> Self {
        let offers: &[Offer] = fold.map_or(&[], |fold| &fold.offers);
        let refusal = |offer: &Offer| offer.refusal.as_ref().map(|refusal| refusal.entry);
        let in_walk = offers.iter().flat_map(|offer| [Some(offer.entry), offer.accepted, refusal(offer)]);
        let counted = fold.map_or(&[][..], |fold| &fold.counted);
        Self {
            own,
            entries,
            fold,
            by_hash: ByHash::of(entries.iter().copied()),
            in_walk: in_walk.flatten().collect(),
            counted_at: counted.iter().enumerate().map(|(place, hash)| (*hash, place)).collect(),
            by_name: OnceCell::new(),
        }
    }

    /// The other side, if this hotline is one, and whether that is the target.
    fn pair<'p>(&self, by: &'p NodeId, target: &'p NodeId) -> Option<(&'p NodeId, bool)> {
        match (by == self.own, target == self.own) {
            (true, false) => Some((target, true)),
            (false, true) => Some((by, false)),
            _ => None,
        }
    }

    fn entry(&self, hash: &Hash) -> Option<&'t Recorded> {
        self.by_hash.get(hash)
    }

    fn ts(&self, hash: &Hash) -> Option<i64> {
        self.entry(hash).and_then(stamp)
    }

    fn counting(&self, offer: &Offer) -> Option<OfferRow> {
        let (peer, is_outgoing) = self.pair(&offer.by, &offer.target)?;
        let answer = offer.accepted.as_ref().or(offer.refusal.as_ref().map(|refusal| &refusal.entry));
        let holding = offer.accepted.as_ref().filter(|_| !offer.resumed).map(|accept| self.holding(offer, accept));
        Some(OfferRow {
            report: 0,
            place: 0,
            peer: peer.clone(),
            is_outgoing,
            stand: self.stand(offer, holding.as_ref()),
            at: self.ts(&offer.entry)?,
            answered_at: answer.and_then(|entry| self.ts(entry)),
            acted_at: holding.as_ref().and_then(|holding| holding.acted_at),
            gone_at: holding.as_ref().and_then(|holding| holding.gone_at),
            country: offer.country,
        })
    }

    fn stand(&self, offer: &Offer, holding: Option<&Holding>) -> Stand {
        let state = self.fold.map(|fold| fold.state);
        let is_last = self.fold.and_then(|fold| fold.offers.last()).is_some_and(|last| last.entry == offer.entry);
        match holding {
            Some(holding) if holding.gone_at.is_some() => Stand::Gone,
            Some(holding) if holding.not_illegal => Stand::NotIllegal,
            Some(holding) if holding.passed_on => Stand::PassedOn,
            Some(_) if state == Some(State::Withdrawn) => Stand::Withdrawn,
            Some(_) => Stand::Held,
            None if offer.refusal.is_some() => Stand::Refused,
            None if offer.resumed || !is_last => Stand::Over,
            None if matches!(state, Some(State::Offered | State::Moved)) => Stand::Open,
            None => Stand::Over,
        }
    }

    /// Returns the target's acts from its accept until somebody else took the report over from it.
    fn holding(&self, offer: &Offer, accept: &Hash) -> Holding {
        let counted: &[Hash] = self.fold.map_or(&[], |fold| &fold.counted);
        let begin = self.counted_at.get(accept).map_or(counted.len(), |place| place + 1);
        let mut holding = Holding::default();
        for entry in counted[begin..].iter().filter_map(|hash| self.entry(hash)) {
            if entry.content.entry_type == EntryType::Accept {
                holding.passed_on = true;
                break;
            }
            if entry.log == offer.target && entry.content.entry_type == EntryType::Status {
                holding.take(entry);
            }
        }
        holding
    }

    /// An entry between this hotline and another that offers or answers, and counts for nothing.
    fn stray(&self, entry: &Recorded) -> Option<OfferRow> {
        let content = &entry.content;
        let is_stray = !self.in_walk.contains(&entry.hash);
        let (peer, is_outgoing, stand) = match content.entry_type {
            EntryType::Create | EntryType::Transfer if is_stray => {
                let (peer, is_outgoing) = self.pair(&entry.log, content.target.as_ref()?)?;
                (peer, is_outgoing, Stand::StrayOffer)
            }
            EntryType::Accept | EntryType::Refuse if is_stray => {
                let (peer, is_outgoing) = self.pair(self.offerer(entry)?, &entry.log)?;
                (peer, is_outgoing, Stand::StrayAnswer)
            }
            _ => return None,
        };
        let at = stamp(entry)?;
        Some(OfferRow {
            report: 0,
            place: 0,
            peer: peer.clone(),
            is_outgoing,
            stand,
            at,
            answered_at: (stand == Stand::StrayAnswer).then_some(at),
            acted_at: None,
            gone_at: None,
            country: content.hosting(),
        })
    }

    /// Returns the author of the entry that an answer names; where that is not here, the report's origin as the
    /// possible author.
    fn offerer<'a>(&self, answer: &'a Recorded) -> Option<&'a NodeId>
    where
        't: 'a,
    {
        let named =
            answer.content.of.and_then(|of| self.by_name.get_or_init(|| by_name(self.entries)).get(&of).copied());
        named.map_or(answer.content.org.as_ref(), |entry| Some(&entry.log))
    }
}

/// Entries by each hash that names them: those that they have, and those that they had before they were said again.
fn by_name<'e>(entries: &[&'e Recorded]) -> HashMap<Hash, &'e Recorded> {
    let former = entries.iter().flat_map(|entry| entry.content.was.iter().map(move |former| (former.hash, *entry)));
    former.chain(entries.iter().map(|entry| (entry.hash, *entry))).collect()
}

/// The acts of a target while it held the report.
#[derive(Debug, Default)]
struct Holding {
    acted_at: Option<i64>,
    gone_at: Option<i64>,
    not_illegal: bool,
    passed_on: bool,
}

impl Holding {
    fn take(&mut self, entry: &Recorded) {
        let at = stamp(entry);
        let Some(status) = &entry.content.status else { return };
        match status {
            Status::Reopened => {
                (self.gone_at, self.not_illegal) = (None, false);
                return;
            }
            Status::Removed | Status::Unavailable => {
                self.gone_at = self.gone_at.or(at);
                self.not_illegal = false;
            }
            status if status.is_terminal() => (self.gone_at, self.not_illegal) = (None, true),
            _ => {}
        }
        self.acted_at = match (self.acted_at, at) {
            (Some(known), Some(at)) => Some(known.min(at)),
            (known, at) => known.or(at),
        };
    }
}

fn flag<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    u8::deserialize(deserializer).map(|stored| stored > 0)
}

#[cfg(test)]
mod tests;

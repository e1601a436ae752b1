//! Effects of a fold beyond the report's row.

use std::collections::BTreeMap;

use hotline_protocol::bytes::Hash;
use hotline_protocol::entitlement::{opened_of, opened_to};
use hotline_protocol::id::NodeId;
use hotline_protocol::log::Position;
use hotline_protocol::state::{Fold, Seen};

use super::entry_set::{ByHash, Recorded};
use super::rejection::{Flood, Receipt, Standstill};
use crate::context::Context;
use crate::report::entry_repository::BodyState;
use crate::report::error::ReportError;
use crate::report::lifecycle::WorkTaken;

/// Effects of the fold beyond the rows.
#[derive(Debug, Default)]
pub struct FoldEffects {
    /// Bodies that an offer opens to this node and that are not here: log, place, hash.
    pub wanted: Vec<(NodeId, Position, Hash)>,
    /// Bodies of our own log that an offer opens to another: log, place, reader.
    pub opened: Vec<(NodeId, Position, NodeId)>,
    /// Receipts that this node owes for entries that it cannot apply.
    pub receipts: Vec<Receipt>,
    /// Reports that stand still from now on.
    pub standstills: Vec<Standstill>,
    /// Reports with unreadable content here.
    pub faults: BTreeMap<i64, ReportError>,
    /// Authors that have written more about a report than counts, from now on.
    pub floods: Vec<Flood>,
    /// Reports at work in this hotline that their origin took back, withdrew or changed.
    pub work_taken: Vec<WorkTaken>,
}

/// Offers after the first open earlier bodies to their targets; the first names its target in `to`.
pub(super) fn collect_effects(context: &Context, fold: &Fold, entries: &[Recorded], effects: &mut FoldEffects) {
    if fold.offers.iter().all(|offer| offer.entry == fold.create) {
        return;
    }
    let seen: Vec<Seen<'_>> = entries.iter().map(Recorded::seen).collect();
    let by_hash = ByHash::of(entries);
    let place = |entry: &Recorded| Position { epoch: entry.place.0, seq: entry.place.1 };
    let to_us = opened_to(&context.own, fold, &seen);
    let lacking = to_us.iter().filter_map(|hash| by_hash.get(hash));
    let lacking = lacking.filter(|entry| entry.content.body().is_some() && entry.body_state != BodyState::Here);
    effects.wanted.extend(lacking.map(|entry| (entry.log.clone(), place(entry), entry.hash)));
    for (hash, reader) in opened_of(&context.own, fold, &seen) {
        effects.opened.extend(by_hash.get(&hash).map(|entry| (entry.log.clone(), place(entry), reader)));
    }
}

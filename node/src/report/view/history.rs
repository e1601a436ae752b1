//! The history of a report: one row an entry, in the order of the walk.

use std::collections::HashMap;

use hotline_protocol::bytes::Hash;
use hotline_protocol::id::NodeId;
use serde::Serialize;

use crate::clock::time_of_seconds;
use crate::report::replay::{EntrySet, Recorded};

/// One entry of somebody's log.
#[derive(Debug, Serialize)]
pub struct HistoryView {
    /// The log.
    pub log: NodeId,
    /// Its epoch.
    pub epoch: u64,
    /// Its place.
    pub seq: u64,
    /// Its type's code.
    #[serde(rename = "type")]
    pub entry_type: String,
    /// The public status that it gives.
    pub status: Option<String>,
    /// The author's clock, RFC 3339.
    pub at: Option<String>,
    /// The hotline that is offered the report.
    pub target: Option<NodeId>,
    /// Its reason code.
    pub why: Option<String>,
    /// Whether it counts in the walk.
    pub counts: bool,
}

impl HistoryView {
    fn new(entry: &Recorded, counts: bool) -> Self {
        let content = &entry.content;
        Self {
            log: entry.log.clone(),
            epoch: entry.place.0,
            seq: entry.place.1,
            entry_type: content.entry_type.to_string(),
            status: content.status.as_ref().map(ToString::to_string),
            at: i64::try_from(content.ts).ok().and_then(time_of_seconds),
            target: content.target.clone(),
            why: content.why.as_deref().map(str::to_owned),
            counts,
        }
    }
}

/// Returns the walk in its order. An answer stands behind its offer, and entries that count for nothing at the end;
/// those that a new epoch left behind come last.
pub(super) fn history(ledger: &EntrySet, report: i64) -> Vec<HistoryView> {
    let fold = ledger.fold(report);
    let mut places: HashMap<Hash, (usize, u8)> = HashMap::new();
    if let Some(fold) = &fold {
        places.extend(fold.counted.iter().enumerate().map(|(place, hash)| (*hash, (place, 0))));
        let refused = fold.offers.iter().filter_map(|offer| {
            let (refusal, (place, _)) = (offer.refusal.as_ref()?, *places.get(&offer.entry)?);
            Some((refusal.entry, (place, 1)))
        });
        let refused: Vec<_> = refused.collect();
        places.extend(refused);
    }
    let place_of = |entry: &Recorded| places.get(&entry.hash).copied();
    let mut rows: Vec<_> = ledger.of(report).iter().map(|entry| (place_of(entry), entry)).collect();
    rows.sort_by_key(|(place, _)| (place.is_none(), *place));
    let left_behind = ledger.left_behind(report).iter().map(|entry| (None, entry));
    rows.into_iter().chain(left_behind).map(|(place, entry)| HistoryView::new(entry, place.is_some())).collect()
}

//! The history of a report: one row an entry, in the order of the walk.

use hotline_protocol::id::NodeId;
use hotline_protocol::state::Fold;
use serde::Serialize;

use crate::cli::output::{or_dash, time_of_seconds};
use crate::report::Recorded;

/// One entry of somebody's log.
#[derive(Debug, Serialize)]
pub struct HistoryView {
    /// Whose log.
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
    /// Whom it offers the report.
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

    /// For people.
    pub(super) fn row(&self) -> Vec<String> {
        let place = format!("{}.{}", self.epoch, self.seq);
        let status = self.status.as_ref().or(self.why.as_ref()).cloned();
        let status = status.or_else(|| self.target.as_ref().map(|target| format!("to {target}")));
        let stale = if self.counts { "" } else { "counts for nothing" };
        vec![
            self.log.to_string(),
            place,
            self.entry_type.clone(),
            or_dash(status),
            or_dash(self.at.as_ref()),
            stale.into(),
        ]
    }
}

/// The walk in its order; an answer stands behind its offer, and what counts for nothing at the end.
pub(super) fn history(entries: &[Recorded], fold: Option<&Fold>) -> Vec<HistoryView> {
    let place_of = |entry: &Recorded| {
        let fold = fold?;
        let counted = |hash| fold.counted.iter().position(|counted| *counted == hash);
        let refused = |hash| fold.offers.iter().find(|offer| offer.refusal.as_ref().is_some_and(|no| no.entry == hash));
        match counted(entry.hash) {
            Some(place) => Some((place, 0)),
            None => refused(entry.hash).and_then(|offer| counted(offer.entry)).map(|place| (place, 1)),
        }
    };
    let mut rows: Vec<_> = entries.iter().map(|entry| (place_of(entry), entry)).collect();
    rows.sort_by_key(|(place, _)| (place.is_none(), *place));
    rows.into_iter().map(|(place, entry)| HistoryView::new(entry, place.is_some())).collect()
}

//! A reader's findings in logs: the fold, the receipts that are owed, and the readers that offers entitle.

use std::collections::{BTreeMap, BTreeSet};

use hotline_protocol::bytes::Hash;
use hotline_protocol::entitlement::opened_to;
use hotline_protocol::entry::Header;
use hotline_protocol::id::NodeId;
use hotline_protocol::state::{Fold, Seen, Unapplied, addressee, fold};
use serde_json::{Value, json};

use crate::tale::{ORIGIN, RID};

/// The entries about the report that count for their logs: entries that an epoch left behind are not among them.
pub(crate) fn told(logs: &BTreeMap<String, Vec<String>>) -> Vec<(Hash, Header)> {
    let mut told = Vec::new();
    for lines in logs.values() {
        let mut own: Vec<(Hash, Header)> = Vec::new();
        for line in lines {
            let header = Header::parse(line.as_bytes()).expect("a header");
            if let Some(from) = header.opens_epoch() {
                own.retain(|(_, earlier)| earlier.position() <= from.position());
            }
            own.push((Header::hash_line(line.as_bytes()), header));
        }
        let is_of_report = |header: &Header| {
            let report = header.content.report().filter(|_| header.content.concerns_report());
            report.is_some_and(|report| report.to_string() == format!("{ORIGIN}/{RID}"))
        };
        told.extend(own.into_iter().filter(|(_, header)| is_of_report(header)));
    }
    told
}

pub(crate) fn seen(told: &[(Hash, Header)]) -> Vec<Seen<'_>> {
    told.iter().map(|(hash, header)| Seen::sealed(*hash, header)).collect()
}

/// All that a reader finds in the logs.
pub(crate) fn outcome(logs: &BTreeMap<String, Vec<String>>) -> Value {
    let told = told(logs);
    let seen = seen(&told);
    let found = fold(&seen);
    let unapplied = Unapplied::among(&seen, found.as_ref());
    let mut receipts: Vec<(String, Value)> = seen
        .iter()
        .filter_map(|entry| {
            let (why, by) = (unapplied.why(entry)?, addressee(entry, found.as_ref())?);
            let hash = entry.hash.to_string();
            Some((hash.clone(), json!({"entry": hash, "why": why.code(), "by": by})))
        })
        .collect();
    receipts.sort_by(|one, other| one.0.cmp(&other.0));
    let receipts: Vec<Value> = receipts.into_iter().map(|(_, receipt)| receipt).collect();
    json!({"fold": found.as_ref().map(shown), "receipts": receipts, "opened": opened(found.as_ref(), &seen)})
}

/// The readers that offers entitle to bodies beyond the `to` of their entries.
pub(crate) fn opened(fold: Option<&Fold>, seen: &[Seen<'_>]) -> Vec<Value> {
    let Some(fold) = fold else { return Vec::new() };
    let readers: BTreeSet<&NodeId> = fold.offers.iter().map(|offer| &offer.target).collect();
    let of_reader = |reader: &NodeId| {
        opened_to(reader, fold, seen).into_iter().map(|entry| (entry, reader.clone())).collect::<Vec<_>>()
    };
    let mut opened: Vec<(Hash, NodeId)> = readers.into_iter().flat_map(of_reader).collect();
    opened.sort();
    opened.iter().map(|(entry, reader)| json!({"entry": entry.to_string(), "reader": reader})).collect()
}

pub(crate) fn shown(fold: &Fold) -> Value {
    let sorted = |hashes: &[Hash]| {
        let mut sorted: Vec<String> = hashes.iter().map(ToString::to_string).collect();
        sorted.sort();
        sorted
    };
    let counted: Vec<String> = fold.counted.iter().map(ToString::to_string).collect();
    json!({
        "state": fold.state.code(), "holder": fold.holder, "hold": fold.hold.to_string(), "tenure": fold.tenure,
        "last": fold.last.to_string(), "hosting": fold.country, "not": fold.not, "counted": counted,
        "stale": sorted(&fold.stale), "waiting": sorted(&fold.waiting),
    })
}

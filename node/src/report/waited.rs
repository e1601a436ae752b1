//! Bodies that came before the entries without which their own do not count: whoever passes a report on may be heard
//! before its origin is.

use std::collections::{HashMap, HashSet};

use hotline_protocol::bytes::Hash;
use hotline_protocol::id::NodeId;

use super::entry_repository::{BodyState, bodies_about};
use super::error::ReportError;
use super::kept_body::Told;
use super::ledger::{Ledger, Recorded};
use super::sealed_body::open_body;
use crate::context::Context;
use crate::storage::Write;

/// What such a body tells.
pub(super) struct Waited {
    /// The report's key.
    pub(super) report: i64,
    /// Whose entry it is.
    pub(super) author: NodeId,
    /// What it tells.
    pub(super) told: Told,
}

/// What bodies tell whose entries were here and count only since the entries `fresh` came; of the reports `keys`, in the
/// order of the ledger.
pub(super) async fn waited(
    context: &Context,
    write: &Write<'_>,
    (ledger, keys): (&Ledger, &[i64]),
    (fresh, heard): (&HashSet<Hash>, &HashSet<Hash>),
) -> Result<Vec<Waited>, ReportError> {
    let mut since: Vec<(i64, &Recorded)> = Vec::new();
    for key in keys {
        let about = ledger.of(*key);
        let counts_now = |entry: &&Recorded| {
            let was_here = entry.body_state == BodyState::Here && !fresh.contains(&entry.hash);
            was_here && heard.contains(&entry.hash) && leads_through(entry, about, fresh)
        };
        since.extend(about.iter().filter(counts_now).map(|entry| (*key, entry)));
    }
    if since.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<i64> = since.iter().map(|(key, _)| *key).collect();
    let bodies = bodies_about(&**write, &keys).await?;
    let sealed: HashMap<Hash, Vec<u8>> = bodies.into_iter().map(|body| (body.hash, body.sealed)).collect();
    let mut told = Vec::with_capacity(since.len());
    for (report, entry) in since {
        let Some(sealed) = sealed.get(&entry.hash) else { continue };
        if let Ok(body) = open_body(&context.seal, entry.content.body(), sealed)?.body() {
            told.push(Waited { report, author: entry.log.clone(), told: Told::new(&entry.content.entry_type, body) });
        }
    }
    Ok(told)
}

/// Whether an entry names one of `fresh`, or one that does, and so on.
fn leads_through(entry: &Recorded, about: &[Recorded], fresh: &HashSet<Hash>) -> bool {
    let mut named = entry.content.reference;
    // No path is longer than there are entries.
    for _ in 0..about.len() {
        let Some(hash) = named else { return false };
        if fresh.contains(&hash) {
            return true;
        }
        named = about.iter().find(|entry| entry.hash == hash).and_then(|entry| entry.content.reference);
    }
    false
}

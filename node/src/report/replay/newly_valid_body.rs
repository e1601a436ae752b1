//! Contents of stored bodies that became valid only because other entries arrived. A hotline that passes a report on
//! may be heard before the report's origin.

use std::collections::{HashMap, HashSet};

use hotline_protocol::bytes::Hash;
use hotline_protocol::id::NodeId;

use super::entry_set::{ByHash, EntrySet, Recorded};
use super::received_body::Told;
use crate::context::Context;
use crate::report::entry_repository::{BodyState, bodies_at};
use crate::report::error::ReportError;
use crate::report::sealed_body::open_body;
use crate::storage::Write;

/// The content of such a body.
pub(super) struct EarlyBody {
    /// The report's key.
    pub(super) report: i64,
    /// The author of the entry.
    pub(super) author: NodeId,
    /// Its content.
    pub(super) told: Told,
}

/// Contents of stored bodies that became valid only because `fresh` arrived; of the reports `keys`, in the order of the
/// ledger.
pub(super) async fn waited(
    context: &Context,
    write: &Write<'_>,
    (ledger, keys): (&EntrySet, &[i64]),
    (fresh, heard): (&HashSet<Hash>, &HashSet<Hash>),
) -> Result<Vec<EarlyBody>, ReportError> {
    let mut since: Vec<(i64, &Recorded)> = Vec::new();
    for key in keys {
        let about = ledger.of(*key);
        let was_heard = |entry: &&Recorded| {
            entry.body_state == BodyState::Here && !fresh.contains(&entry.hash) && heard.contains(&entry.hash)
        };
        let mut waiting = about.iter().filter(was_heard).peekable();
        if waiting.peek().is_some() {
            let mut paths = Paths::new(about, fresh);
            since.extend(waiting.filter(|entry| paths.lead_through(entry)).map(|entry| (*key, entry)));
        }
    }
    if since.is_empty() {
        return Ok(Vec::new());
    }
    let places: Vec<(&NodeId, (u64, u64))> = since.iter().map(|(_, entry)| (&entry.log, entry.place)).collect();
    let bodies = bodies_at(&**write, &places).await?;
    let sealed: HashMap<Hash, Vec<u8>> = bodies.into_iter().map(|body| (body.hash, body.sealed)).collect();
    let mut told = Vec::with_capacity(since.len());
    for (report, entry) in since {
        let Some(sealed) = sealed.get(&entry.hash) else { continue };
        if let Ok(body) = open_body(&context.seal, entry.content.body(), sealed)?.body() {
            told.push(EarlyBody {
                report,
                author: entry.log.clone(),
                told: Told::new(&entry.content.entry_type, body),
            });
        }
    }
    Ok(told)
}

/// The `ref` paths of entries about one report, each gone through once.
struct Paths<'e> {
    by_hash: ByHash<'e>,
    fresh: &'e HashSet<Hash>,
    /// Of entries that were gone through, whether their paths lead through one of `fresh`.
    known: HashMap<Hash, bool>,
}

impl<'e> Paths<'e> {
    fn new(about: &'e [Recorded], fresh: &'e HashSet<Hash>) -> Self {
        Self { by_hash: ByHash::of(about), fresh, known: HashMap::new() }
    }

    /// Whether an entry names one of `fresh`, or one that does, and so on.
    fn lead_through(&mut self, entry: &Recorded) -> bool {
        let (mut gone, mut named) = (Vec::new(), entry.content.reference);
        let leads = loop {
            let Some(hash) = named else { break false };
            if self.fresh.contains(&hash) {
                break true;
            }
            if let Some(known) = self.known.get(&hash) {
                break *known;
            }
            // A path that comes back to itself leads nowhere.
            self.known.insert(hash, false);
            gone.push(hash);
            named = self.by_hash.get(&hash).and_then(|entry| entry.content.reference);
        };
        self.known.extend(gone.into_iter().map(|hash| (hash, leads)));
        leads
    }
}

//! All entries about some reports, sealed and drafted, and the fold over them.

use std::collections::HashMap;

use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::{Content, Header, draft_link, draft_of_link};
use hotline_protocol::id::NodeId;
use hotline_protocol::state::{Fold, Seen, fold};

use super::error::ReportError;
use super::repository::{self, BodyState, EntryRow};
use crate::storage::ConnectionTrait;

/// One entry or draft about a report.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// Its hash, or its draft's link.
    pub hash: Hash,
    /// Its author.
    pub log: NodeId,
    /// Epoch and sequence number; a draft stands after everything sealed.
    pub place: (u64, u64),
    /// What it says.
    pub content: Content,
    /// Whether its body is here.
    pub body_state: BodyState,
}

impl Recorded {
    /// For the fold.
    #[must_use]
    pub const fn seen(&self) -> Seen<'_> {
        Seen { hash: self.hash, log: &self.log, place: self.place, content: &self.content }
    }

    /// A draft of this node.
    #[must_use]
    pub fn draft(own: &NodeId, number: i64, content: Content, has_body: bool) -> Self {
        let number = number.unsigned_abs();
        let body_state = if has_body { BodyState::Here } else { BodyState::None };
        Self { hash: draft_link(number), log: own.clone(), place: (u64::MAX, number), content, body_state }
    }

    /// Whether it is not sealed yet.
    #[must_use]
    pub const fn is_draft(&self) -> bool {
        self.place.0 == u64::MAX
    }
}

/// The entries about some reports, by the report's key.
#[derive(Debug, Default)]
pub struct Ledger {
    entries: HashMap<i64, Vec<Recorded>>,
}

impl Ledger {
    /// Loads everything about the reports `keys`: two queries, whatever their number.
    pub async fn load<C: ConnectionTrait>(connection: &C, own: &NodeId, keys: &[i64]) -> Result<Self, ReportError> {
        let mut ledger = Self::default();
        let mut sealed_drafts: HashMap<u64, Hash> = HashMap::new();
        for row in repository::entries_about(connection, keys).await? {
            if let Some(draft) = row.draft {
                sealed_drafts.insert(draft.unsigned_abs(), row.hash);
            }
            let Some(report) = row.report else { continue };
            ledger.add(report, Recorded::of_row(&row)?);
        }
        for draft in repository::drafts_about(connection, keys).await? {
            let Some(report) = draft.report else { continue };
            let mut content = Content::of_tail(&draft.tail)?;
            for link in [&mut content.reference, &mut content.hold, &mut content.of].into_iter().flatten() {
                if let Some(hash) = draft_of_link(link).and_then(|number| sealed_drafts.get(&number)) {
                    *link = *hash;
                }
            }
            ledger.add(report, Recorded::draft(own, draft.number, content, draft.body.is_some()));
        }
        Ok(ledger)
    }

    /// Adds one entry.
    pub fn add(&mut self, report: i64, entry: Recorded) {
        self.entries.entry(report).or_default().push(entry);
    }

    /// The entries about one report.
    #[must_use]
    pub fn of(&self, report: i64) -> &[Recorded] {
        self.entries.get(&report).map_or(&[], Vec::as_slice)
    }

    /// The fold over one report's entries; `None` while its create is not here.
    #[must_use]
    pub fn fold(&self, report: i64) -> Option<Fold> {
        let seen: Vec<Seen<'_>> = self.of(report).iter().map(Recorded::seen).collect();
        fold(&seen)
    }
}

impl Recorded {
    /// Reads a stored entry.
    pub fn of_row(row: &EntryRow) -> Result<Self, ReportError> {
        let header = Header::parse(row.header.as_bytes())?;
        Ok(Self {
            hash: row.hash,
            log: header.log,
            place: (header.epoch, header.seq),
            content: header.content,
            body_state: row.body_state,
        })
    }
}

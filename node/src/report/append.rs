//! This hotline's own entries: numbered and chained in the transaction that records their content.
//!
//! Writers take turns, so the order of commits is the order of the log, and every reference to an entry knows its hash.
//! Nothing is sent before `exchange::log::Sealer` has signed it; entries not signed yet are the log's open end.

use hotline_protocol::entry::{Content, Header};
use hotline_protocol::log::{Cursor, Position};

use super::entry_repository::{self, BodyState, EntryToStore};
use super::replay::Recorded;
use crate::context::Context;
use crate::storage::{StorageError, Write};

/// Writes an entry about no report into our own log. Gives its place.
pub async fn record_own_entry(
    context: &Context,
    write: &Write<'_>,
    content: Content,
) -> Result<Position, StorageError> {
    let mut journal = Journal::open(context, write).await?;
    let Recorded { place: (epoch, seq), .. } = journal.push(None, content, None);
    journal.save(write).await?;
    Ok(Position { epoch, seq })
}

/// The open end of our own log, in one transaction.
pub(super) struct Journal<'c> {
    context: &'c Context,
    head: Cursor,
    entries: Vec<EntryToStore>,
}

impl<'c> Journal<'c> {
    /// Begins where our log ends.
    pub(super) async fn open(context: &'c Context, write: &Write<'_>) -> Result<Self, StorageError> {
        let head = entry_repository::head(&**write, &context.own).await?;
        Ok(Self { context, head, entries: Vec::new() })
    }

    /// Adds an entry about a report, with its body sealed. The content must commit to the body.
    pub(super) fn add(&mut self, report: i64, content: Content, sealed: Option<Vec<u8>>) -> Recorded {
        self.push(Some(report), content, sealed)
    }

    fn push(&mut self, report: Option<i64>, content: Content, sealed: Option<Vec<u8>>) -> Recorded {
        let own = &self.context.own;
        let (epoch, seq) = (self.head.epoch, self.head.seq + 1);
        let header = Header::write_line(own, epoch, seq, &self.head.hash, &content.to_tail());
        let hash = Header::hash_line(header.as_bytes());
        self.head = Cursor { epoch, seq, hash };
        let body_state = if sealed.is_some() { BodyState::Here } else { BodyState::None };
        self.entries.push(EntryToStore {
            log: own.clone(),
            place: self.head.position(),
            hash,
            report,
            header,
            body: sealed,
            body_state,
        });
        Recorded { hash, log: own.clone(), place: (epoch, seq), content, body_state }
    }

    /// Writes the entries and the log's new end. Gives how many there were.
    pub(super) async fn save(self, write: &Write<'_>) -> Result<usize, StorageError> {
        let count = self.entries.len();
        if count > 0 {
            entry_repository::insert_entries(write, self.entries).await?;
            entry_repository::set_head(&**write, &self.context.own, &self.head, self.context.now_micros()).await?;
        }
        Ok(count)
    }
}

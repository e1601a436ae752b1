//! Sealing our own log: signs the committed entries, run after run. Nothing is sent before.
//!
//! Entries are numbered and chained by the transaction that records them (`report::Journal`). Sealing flushes the
//! high-water mark to disk, then signs. So an entry once signed is never numbered again, regardless of the fate of
//! the database. After a crash in between, the next round signs the entries that are there.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hotline_protocol::log::{Checkpoint, Cursor, KeyHistory, RUN_BYTES_LIMIT, RUN_ENTRIES_LIMIT, SignedCheckpoint};
use hotline_protocol::signature::SigningKey;
use tokio::sync::watch;

use super::high_water::HighWater;
use crate::context::Context;
use crate::exchange::log::error::LogError;
use crate::exchange::log::repository;
use crate::exchange::log::repository::EntryToSign;
use crate::report::head;
use crate::trust::own::OwnSigningKeys;
use crate::trust::peer::load_keys;

/// Runs that are signed in one round; a round is one transaction.
const RUNS_AT_ONCE: usize = 8;
/// Most entries of a round.
pub(crate) const ROUND_ENTRIES: u64 = (RUNS_AT_ONCE * RUN_ENTRIES_LIMIT) as u64;

/// Result of one round of sealing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sealed {
    /// Entries sealed.
    pub entries: usize,
    /// Where the signed log now ends.
    pub head: Cursor,
}

/// The sealer of this node's log.
pub struct Sealer {
    context: Context,
    keys: Arc<OwnSigningKeys>,
    boot: String,
    high_water: HighWater,
    head: watch::Sender<Cursor>,
    /// The last round failed: how far the log is signed is read from the database again.
    in_doubt: AtomicBool,
}

impl Sealer {
    /// Prepares sealing; nothing happens before [`Sealer::seal_once`].
    pub async fn new(
        context: Context,
        keys: Arc<OwnSigningKeys>,
        boot: String,
        high_water: HighWater,
    ) -> Result<Self, LogError> {
        let head = repository::signed_head(context.database.read(), &context.own).await?;
        Ok(Self { context, keys, boot, high_water, head: watch::Sender::new(head), in_doubt: AtomicBool::new(false) })
    }

    /// The signed end of the log; changes with every round.
    #[must_use]
    pub fn head(&self) -> watch::Receiver<Cursor> {
        self.head.subscribe()
    }

    /// Writes the high-water file where it is missing, once the signed end is known: the next start compares with it.
    pub async fn keep_high_water(&self) -> Result<(), LogError> {
        if self.high_water.read()?.is_some() {
            return Ok(());
        }
        let head = repository::signed_head(self.context.database.read(), &self.context.own).await?;
        self.write_high_water(head).await
    }

    async fn write_high_water(&self, head: Cursor) -> Result<(), LogError> {
        let high_water = self.high_water.clone();
        tokio::task::spawn_blocking(move || high_water.write(&head)).await.expect("writing a file does not panic")
    }

    /// Seals the waiting entries, some runs at most; nothing where none wait. Refuses a log that ends before the signed
    /// end, or there with another entry: its database was put back under the running node.
    pub async fn seal_once(&self) -> Result<Option<Sealed>, LogError> {
        if self.in_doubt.load(Ordering::Acquire) {
            let head = repository::signed_head(self.context.database.read(), &self.context.own).await?;
            self.in_doubt.store(false, Ordering::Release);
            self.head.send_if_modified(|known| std::mem::replace(known, head) != head);
        }
        let signed = *self.head.borrow();
        let end = head(self.context.database.read(), &self.context.own).await?;
        let first = if end.epoch == signed.epoch { signed } else { Cursor { epoch: end.epoch, ..Cursor::START } };
        if end.position() < signed.position() || (end.position() == signed.position() && end != signed) {
            return Err(repository::INCONSISTENT.into());
        }
        let mut ends = Vec::new();
        let mut after = first;
        while after != end && ends.len() < RUNS_AT_ONCE {
            let Some(last) = self.end_of_run(after, end).await? else { break };
            ends.push((after.seq + 1, last));
            after = last;
        }
        let Some((_, head)) = ends.last().copied() else { return Ok(None) };
        self.in_doubt.store(true, Ordering::Release);
        self.sign(&ends, head).await?;
        self.in_doubt.store(false, Ordering::Release);
        Ok(Some(Sealed { entries: usize::try_from(head.seq - first.seq).unwrap_or(usize::MAX), head }))
    }

    /// Where the next run ends: mostly with all that waits, and then no entry is looked at by itself.
    async fn end_of_run(&self, after: Cursor, end: Cursor) -> Result<Option<Cursor>, LogError> {
        let (connection, own) = (self.context.database.read(), &self.context.own);
        if end.seq - after.seq <= RUN_ENTRIES_LIMIT as u64 {
            let (bytes, closes) = repository::size_to_sign(connection, own, after.position(), end.seq).await?;
            if bytes <= RUN_BYTES_LIMIT && !closes {
                return Ok(Some(end));
            }
        }
        let waiting = repository::entries_to_sign(connection, own, after.position()).await?;
        let last = run_length(&waiting).checked_sub(1).and_then(|last| waiting.get(last));
        Ok(last.map(|last| last.cursor))
    }

    /// Signs runs, each from its first position to its end; the log is then signed up to `head`.
    async fn sign(&self, runs: &[(u64, Cursor)], head: Cursor) -> Result<(), LogError> {
        let history = load_keys(self.context.database.read(), &self.context.own).await?;
        let keys = runs.iter().map(|(_, end)| self.key_at(&history, end)).collect::<Result<Vec<_>, _>>()?;
        self.write_high_water(head).await?;
        let signed = runs.iter().zip(&keys);
        let signed: Vec<_> =
            signed.map(|((first_seq, end), key)| (*first_seq, *end, self.checkpoint(end, key))).collect();
        let write = self.context.database.write("sign_runs").await?;
        for (first_seq, end, checkpoint) in &signed {
            repository::insert_run(&*write, &self.context.own, *first_seq, end, checkpoint).await?;
        }
        write.commit().await?;
        self.head.send_replace(head);
        Ok(())
    }

    /// The key that may sign a run ending at `end`. A switch to another one ends its run.
    fn key_at(&self, history: &KeyHistory, end: &Cursor) -> Result<Arc<SigningKey>, LogError> {
        let bound = history.keys().iter().find(|bound| bound.may_sign(end.position()));
        bound.and_then(|bound| self.keys.get(&bound.key.kid())).ok_or(LogError::SigningKeyMissing(end.seq))
    }

    fn checkpoint(&self, end: &Cursor, key: &SigningKey) -> SignedCheckpoint {
        let checkpoint = Checkpoint {
            net: self.context.network.clone(),
            log: self.context.own.clone(),
            ep: end.epoch,
            seq: end.seq,
            h: end.hash,
            ts: u64::try_from(self.context.clock.unix_seconds()).unwrap_or(0),
            boot: self.boot.clone(),
        };
        checkpoint.sign(key)
    }
}

/// How many of the entries that wait are one run: up to the one that closes it, or as many as it takes.
fn run_length(waiting: &[EntryToSign]) -> usize {
    let mut bytes = 0;
    for (count, entry) in waiting.iter().enumerate() {
        bytes += entry.bytes;
        if bytes > RUN_BYTES_LIMIT && count > 0 {
            return count;
        }
        if entry.closes_run {
            return count + 1;
        }
    }
    waiting.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(bytes: &[usize], closing: Option<usize>) -> Vec<EntryToSign> {
        let entry = |(place, bytes): (usize, &usize)| EntryToSign {
            cursor: Cursor { seq: place as u64 + 1, ..Cursor::START },
            bytes: *bytes,
            closes_run: closing == Some(place),
        };
        bytes.iter().enumerate().map(entry).collect()
    }

    #[test]
    fn a_run_ends_where_it_is_closed_and_before_it_is_too_large() {
        assert_eq!(run_length(&[]), 0);
        assert_eq!(run_length(&waiting(&[500, 500, 500], None)), 3);
        assert_eq!(run_length(&waiting(&[500, 500, 500], Some(1))), 2);
        assert_eq!(run_length(&waiting(&[RUN_BYTES_LIMIT, 1], None)), 1);
        assert_eq!(run_length(&waiting(&[RUN_BYTES_LIMIT + 1, 1], None)), 1);
        assert_eq!(run_length(&waiting(&[1, RUN_BYTES_LIMIT], Some(1))), 1);
    }
}

//! The processes that write one SQLite file, `serve` and commands beside it, take turns.
//!
//! SQLite lets a process write that asks at the right moment, and a long-waiting process asks ever more rarely. One
//! process that writes without a pause (an import) would keep all others waiting to its end. PostgreSQL's lock is a
//! queue already.
//!
//! Two files beside the database are locked in a fixed order. The writer holds `turn`; the next writer holds `next`
//! until then, so that the last writer must wait behind it. No write rests on these files: where they cannot be made,
//! SQLite's own lock decides.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::Instant;

/// How soon a waiting process notices that it is its turn; the timer knows no shorter time.
const POLL: Duration = Duration::from_millis(1);
/// How long a turn is waited for. A process that has waited for so long writes as soon as SQLite lets it.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where turns are taken. Tasks of one process wait for each other in the order of their arrival.
#[derive(Debug, Clone)]
pub(in crate::storage) struct Writers(Arc<Mutex<Files>>);

#[derive(Debug)]
struct Files {
    next: File,
    turn: File,
}

/// The turn to write, until it is dropped.
#[derive(Debug)]
pub(super) struct WriterTurn(OwnedMutexGuard<Files>);

impl Writers {
    /// Makes the files beside a database; `None` where they cannot be made.
    pub(in crate::storage) fn beside(database: &Path) -> Option<Self> {
        let open = |end: &str| {
            let mut name = database.as_os_str().to_owned();
            name.push(end);
            // A file that is only read can be locked, too.
            let new = || OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&name);
            File::open(&name).or_else(|_| new())
        };
        match (open("-next.lock"), open("-turn.lock")) {
            (Ok(next), Ok(turn)) => Some(Self(Arc::new(Mutex::new(Files { next, turn })))),
            (Err(cause), _) | (_, Err(cause)) => {
                tracing::warn!(%cause, "the lock files beside the database cannot be used: writers may keep each other waiting");
                None
            }
        }
    }

    /// Waits for the turn; `None` where that took too long.
    pub(super) async fn take_turn(&self) -> Option<WriterTurn> {
        self.take_within(PATIENCE).await
    }

    async fn take_within(&self, patience: Duration) -> Option<WriterTurn> {
        let deadline = Instant::now() + patience;
        let files = tokio::time::timeout_at(deadline, Arc::clone(&self.0).lock_owned()).await.ok()?;
        let place_in_line = Locked(&files.next);
        lock(place_in_line.0, deadline).await?;
        lock(&files.turn, deadline).await?;
        drop(place_in_line);
        Some(WriterTurn(files))
    }
}

/// Unlocked again, however the wait ends.
struct Locked<'f>(&'f File);

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        unlock(self.0);
    }
}

impl Drop for WriterTurn {
    fn drop(&mut self) {
        unlock(&self.0.turn);
    }
}

/// A file that cannot be unlocked is free when the process ends.
fn unlock(file: &File) {
    let _ = file.unlock();
}

/// `None` when somebody else held the file to the deadline.
async fn lock(file: &File, deadline: Instant) -> Option<()> {
    let mut timer = None;
    while let Err(TryLockError::WouldBlock) = file.try_lock() {
        if Instant::now() >= deadline {
            return None;
        }
        timer.get_or_insert_with(|| tokio::time::interval_at(Instant::now() + POLL, POLL)).tick().await;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn processes(folder: &Path) -> [Writers; 3] {
        // Each opens the files for itself, as a process does.
        [(); 3].map(|()| Writers::beside(&folder.join("node.sqlite")).expect("made"))
    }

    #[tokio::test]
    async fn who_has_written_waits_behind_who_is_waiting() {
        let folder = tempfile::tempdir().expect("a folder");
        let [first, second, _] = processes(folder.path());
        for _ in 0..20 {
            let turn = first.take_turn().await.expect("free");
            let waiting = second.take_turn();
            tokio::pin!(waiting);
            assert!(futures_util::poll!(waiting.as_mut()).is_pending(), "somebody writes");
            drop(turn);
            let again = first.take_turn();
            tokio::pin!(again);
            assert!(futures_util::poll!(again.as_mut()).is_pending(), "the other is first");
            let turn = waiting.await.expect("its turn");
            drop(turn);
            again.await.expect("its turn");
        }
    }

    #[tokio::test]
    async fn a_turn_that_nobody_waits_for_any_more_is_free_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let [first, second, third] = processes(folder.path());
        let turn = first.take_turn().await.expect("free");
        assert!(second.take_within(Duration::ZERO).await.is_none(), "it is not waited for");
        let mut given_up = Box::pin(second.take_turn());
        assert!(futures_util::poll!(given_up.as_mut()).is_pending(), "somebody writes");
        drop(given_up);
        drop(turn);
        third.take_turn().await.expect("free");
        drop(second);
        first.take_turn().await.expect("free");
    }
}

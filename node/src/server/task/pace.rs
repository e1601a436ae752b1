//! The interval of the loops, the size of a step, and the loops' wake-ups.

use std::time::Duration;

use crate::shutdown::Stop;

/// Steps that nothing nudges run at least so often.
pub(super) const SLOW_TICK: Duration = Duration::from_secs(2);

/// After an error of ours (the database was busy, say), a loop pauses for so long.
pub(super) const PAUSE: Duration = Duration::from_millis(200);

/// Reports that one step takes at once.
pub(super) const STEP_LIMIT: u64 = 2_000;

/// Taking in comes before answering: offers are answered once nothing was committed for so long …
const QUIET: Duration = Duration::from_millis(250);

/// … and at the latest after this time. Those that came together are then answered together.
const ANSWER_AT_LATEST: Duration = Duration::from_secs(15);

/// Waits until something was committed here, or a tick has passed (another process may have written), or the stop.
pub(super) async fn committed(seen: &mut tokio::sync::watch::Receiver<u64>, tick: Duration, stop: &Stop) {
    tokio::select! {
        _ = seen.changed() => {}
        _ = stop.wait(tick) => {}
    }
}

/// Waits until nothing is committed any more, for a while at most.
pub(super) async fn quiet(changes: &mut tokio::sync::watch::Receiver<u64>, stop: &Stop) {
    let at_latest = tokio::time::Instant::now() + ANSWER_AT_LATEST;
    while !stop.is_stopping() && tokio::time::Instant::now() < at_latest {
        changes.mark_unchanged();
        if tokio::time::timeout(QUIET, changes.changed()).await.is_err() {
            return;
        }
    }
}

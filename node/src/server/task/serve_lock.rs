//! One `serve` a database server: the lock is looked at again and again, since a server that was away has forgotten it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::shutdown::{Tasks, Waited};
use crate::storage::{ServeLock, ServeLockState};

/// Between two looks.
const ROUND: Duration = Duration::from_secs(2);

/// Keeps the lock until the stop. Where another process has taken it, this node stops, and the flag that is given says
/// so: two that sign and send would contradict each other.
pub(crate) fn keep(tasks: &Tasks, lock: Option<ServeLock>) -> Arc<AtomicBool> {
    let taken_over = Arc::new(AtomicBool::new(false));
    let Some(mut lock) = lock else { return taken_over };
    let told = Arc::clone(&taken_over);
    tasks.spawn("serve lock", move |stop| async move {
        while stop.wait(ROUND).await == Waited::Elapsed {
            match lock.keep().await {
                Ok(ServeLockState::Held) => {}
                Ok(ServeLockState::TakenOver) => {
                    tracing::error!("another serve has taken over this node's database; this one stops");
                    told.store(true, Ordering::Release);
                    stop.stop();
                }
                Err(error) => tracing::debug!(%error, "the lock of this serve is looked at again"),
            }
        }
        if let Err(error) = lock.release().await {
            tracing::debug!(%error, "the lock of this serve ends with its connection");
        }
    });
    taken_over
}

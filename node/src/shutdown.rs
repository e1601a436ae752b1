//! Background tasks that end with the node, and the signal that ends them.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

/// The signal to stop: clones tell the same thing, and it is never taken back.
#[derive(Clone, Debug, Default)]
pub struct Stop(CancellationToken);

/// The cause that ended a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waited {
    /// The time is over.
    Elapsed,
    /// The node stops.
    Stopping,
}

impl Stop {
    /// Returns when the node stops; at once if it already does.
    pub async fn stopped(&self) {
        self.0.cancelled().await;
    }

    /// Whether the node stops.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Gives the signal.
    pub fn stop(&self) {
        self.0.cancel();
    }

    /// Waits for `duration`, or until the node stops. The only timer: everything that sleeps can be woken.
    #[expect(clippy::disallowed_methods, reason = "this is the timer that a stop interrupts")]
    pub async fn wait(&self, duration: Duration) -> Waited {
        tokio::select! {
            biased;
            () = self.stopped() => Waited::Stopping,
            () = tokio::time::sleep(duration) => Waited::Elapsed,
        }
    }
}

/// The node's background tasks. Clones share them.
///
/// A task that panics is logged and stops the node: its work would silently be left undone.
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    stop: Stop,
    /// Cancelled at the deadline: a task still running is dropped.
    dropped: CancellationToken,
    panicked: Arc<AtomicBool>,
}

/// How the tasks ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Every task returned.
    Clean,
    /// A task had panicked.
    Panicked,
    /// At the deadline these many still ran; they were dropped where they waited.
    Late(usize),
}

impl Tasks {
    /// No task yet, and no signal.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The signal that the tasks get.
    #[must_use]
    pub fn stop_signal(&self) -> Stop {
        self.stop.clone()
    }

    /// Starts a task under its name; the name stands in its lines of the log. It is given the signal and returns soon
    /// after it, with its current work finished.
    pub fn spawn<F>(&self, name: &'static str, task: impl FnOnce(Stop) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let running = AssertUnwindSafe(task(self.stop.clone())).catch_unwind();
        let (stop, dropped, panicked) = (self.stop.clone(), self.dropped.clone(), Arc::clone(&self.panicked));
        let watched = async move {
            // The panic's own text stays out of the log: it may hold a value that nobody expected. Its place was
            // logged by the hook of `telemetry`.
            if let Some(Err(_)) = dropped.run_until_cancelled(running).await {
                panicked.store(true, Ordering::Release);
                tracing::error!(task = name, "a background task panicked; the node stops");
                stop.stop();
            }
        };
        self.tracker.spawn(watched.instrument(tracing::info_span!("task", task = name)));
    }

    /// Gives the signal, and waits for every task, at most until `deadline` has passed.
    pub async fn stop(&self, deadline: Duration) -> Ended {
        self.stop.stop();
        self.tracker.close();
        let in_time = tokio::time::timeout(deadline, self.tracker.wait()).await.is_ok();
        if !in_time {
            let late = self.tracker.len();
            self.dropped.cancel();
            tracing::warn!(late, "tasks did not end before the deadline");
            return Ended::Late(late);
        }
        if self.panicked.load(Ordering::Acquire) { Ended::Panicked } else { Ended::Clean }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_hours(1);

    #[tokio::test]
    async fn a_stop_ends_the_tasks_and_their_waits() {
        let tasks = Tasks::new();
        let (sender, receiver) = tokio::sync::oneshot::channel();
        tasks.spawn("waiting", async move |stop| {
            sender.send(stop.wait(LONG).await).expect("the test listens");
        });
        assert_eq!(tasks.stop(LONG).await, Ended::Clean);
        assert_eq!(receiver.await, Ok(Waited::Stopping));
        assert!(tasks.stop_signal().is_stopping());
    }

    #[tokio::test]
    async fn a_wait_ends_by_itself() {
        assert_eq!(Stop::default().wait(Duration::from_millis(1)).await, Waited::Elapsed);
    }

    #[tokio::test]
    async fn a_panic_in_one_task_stops_the_others() {
        let tasks = Tasks::new();
        tasks.spawn("panicking", async |_| panic!("on purpose"));
        tasks.spawn("waiting", async |stop| stop.stopped().await);
        tasks.stop_signal().stopped().await;
        assert_eq!(tasks.stop(LONG).await, Ended::Panicked);
    }

    #[tokio::test]
    async fn a_task_that_does_not_listen_is_dropped_at_the_deadline() {
        let tasks = Tasks::new();
        tasks.spawn("deaf", async |_| std::future::pending().await);
        assert_eq!(tasks.stop(Duration::from_millis(1)).await, Ended::Late(1));
        tasks.tracker.wait().await;
    }
}

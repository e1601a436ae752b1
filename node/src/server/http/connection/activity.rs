//! A connection's activity, and its end once it has been idle, or left an answer unread, for too long.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

/// How long a connection may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// For its first request, and for the head of each.
    pub(in crate::server) head: Duration,
    /// Between two requests.
    pub(in crate::server) idle: Duration,
    /// To read an answer to its end.
    pub(in crate::server) answer: Duration,
}

/// Why a connection ends before its other side ends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    /// It asked for nothing.
    Idle,
    /// It did not read an answer.
    Unread,
}

/// The activity of one connection.
#[derive(Debug)]
pub(super) struct Activity {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug)]
struct State {
    /// Requests that were begun, for the names of those under way.
    begun: u64,
    /// Requests under way; once there is an answer, with the deadline for reading it.
    under_way: BTreeMap<u64, Option<Instant>>,
    /// When the last one ended.
    idle_since: Instant,
}

/// A request under way, from its head until its answer is read; dropped, it is over.
#[derive(Debug)]
pub(super) struct UnderWay {
    activity: Arc<Activity>,
    number: u64,
}

impl Activity {
    pub(super) fn new(now: Instant) -> Arc<Self> {
        let state = State { begun: 0, under_way: BTreeMap::new(), idle_since: now };
        Arc::new(Self { state: Mutex::new(state), changed: Notify::new() })
    }

    /// The way in is over: the time for the first request begins.
    pub(super) fn is_let_in(&self) {
        self.lock().idle_since = Instant::now();
    }

    /// A request begins.
    pub(super) fn begin(self: &Arc<Self>) -> UnderWay {
        let mut state = self.lock();
        state.begun += 1;
        let number = state.begun;
        state.under_way.insert(number, None);
        drop(state);
        self.changed.notify_one();
        UnderWay { activity: Arc::clone(self), number }
    }

    /// Since when nothing is asked; `None` while something is.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        let state = self.lock();
        state.under_way.is_empty().then_some(state.idle_since)
    }

    /// Returns when the other side has taken too long.
    pub(super) async fn over(&self, patience: Patience) -> Over {
        loop {
            let (until, over) = self.next(patience);
            if timeout_at(until, self.changed.notified()).await.is_err() {
                // It may have changed at the very end.
                let (now_until, _) = self.next(patience);
                if now_until <= until {
                    return over;
                }
            }
        }
    }

    /// When it is over if nothing happens before, and why.
    fn next(&self, patience: Patience) -> (Instant, Over) {
        /// Requests under way have limits of their own.
        const LONG: Duration = Duration::from_hours(1);
        let state = self.lock();
        if state.under_way.is_empty() {
            let limit = if state.begun == 0 { patience.head } else { patience.idle };
            return (state.idle_since + limit, Over::Idle);
        }
        let first = state.under_way.values().flatten().min();
        (first.copied().unwrap_or_else(|| Instant::now() + LONG), Over::Unread)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl UnderWay {
    /// The answer is there, and must be read by then.
    pub(super) fn is_answered(&self, until: Instant) {
        self.activity.lock().under_way.insert(self.number, Some(until));
        self.activity.changed.notify_one();
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut state = self.activity.lock();
        state.under_way.remove(&self.number);
        state.idle_since = Instant::now();
        drop(state);
        self.activity.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Patience =
        Patience { head: Duration::from_secs(10), idle: Duration::from_mins(1), answer: Duration::from_secs(30) };

    #[test]
    fn a_connection_without_a_request_ends_with_the_time_for_a_head_and_one_between_two_later() {
        let began = Instant::now();
        let activity = Activity::new(began);
        assert_eq!(activity.next(PATIENCE), (began + PATIENCE.head, Over::Idle));
        drop(activity.begin());
        let (until, over) = activity.next(PATIENCE);
        assert!(over == Over::Idle && until >= began + PATIENCE.idle && until <= Instant::now() + PATIENCE.idle);
    }

    #[test]
    fn a_request_at_work_is_waited_for_and_the_first_answer_that_is_not_read_ends_it() {
        let began = Instant::now();
        let activity = Activity::new(began);
        let (first, second) = (activity.begin(), activity.begin());
        assert!(activity.idle_since().is_none() && activity.next(PATIENCE).0 > began + PATIENCE.idle);
        second.is_answered(began + PATIENCE.answer * 2);
        first.is_answered(began + PATIENCE.answer);
        assert_eq!(activity.next(PATIENCE), (began + PATIENCE.answer, Over::Unread));
        drop(first);
        assert_eq!(activity.next(PATIENCE), (began + PATIENCE.answer * 2, Over::Unread));
        drop(second);
        assert!(activity.idle_since().is_some_and(|since| since >= began));
    }

    #[tokio::test]
    async fn it_is_over_when_the_time_is() {
        let soon = Duration::from_millis(1);
        let activity = Activity::new(Instant::now());
        assert_eq!(activity.over(Patience { head: soon, ..PATIENCE }).await, Over::Idle);
        let under_way = activity.begin();
        under_way.is_answered(Instant::now() + soon);
        assert_eq!(activity.over(PATIENCE).await, Over::Unread);
    }
}

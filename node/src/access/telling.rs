//! Which alerts were told on which channel, and when each is told again.

use std::time::Duration;

use super::alert::Alert;
use super::repository;
use crate::storage::{Database, StorageError, Write};

/// A way on which people are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// By mail.
    Mail,
    /// By a JSON document that is posted to a program.
    Webhook,
}

impl Channel {
    /// As it is shown.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Webhook => "webhook",
        }
    }
}

/// What was tried with an alert on one channel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tries {
    /// The last try, microseconds since 1970.
    pub tried_at: Option<i64>,
    /// How many tries in a row failed, the last one included.
    pub failures: u32,
}

/// The pause after a first failure …
const SHORTEST_PAUSE: Duration = Duration::from_mins(1);
/// … which doubles with each further one up to this.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);
/// What is due within this part of the time between two messages goes along, so that alerts that were raised one after
/// the other come in one message from the second time on.
const GOES_ALONG: u32 = 24;

impl Tries {
    /// When the next try is due, microseconds since 1970; `None` where it is at once. A last try that lies in the future
    /// was noted by a clock that has been put back since: it must not silence an alert.
    fn due_at(self, now: i64, repeat: Duration) -> Option<i64> {
        let tried_at = self.tried_at.filter(|at| *at <= now)?;
        let pause = match self.failures {
            0 => repeat,
            failures => SHORTEST_PAUSE.saturating_mul(1 << (failures - 1).min(6)).min(LONGEST_PAUSE),
        };
        Some(tried_at.saturating_add(micros(pause)))
    }
}

/// What is to be told now of all that is open: nothing while nothing is due; else also what will be soon.
#[must_use]
pub fn to_tell(open: Vec<(Alert, Tries)>, now: i64, repeat: Duration) -> Vec<Alert> {
    let within = |tries: Tries, time: i64| tries.due_at(now, repeat).is_none_or(|due| due <= time);
    if !open.iter().any(|(_, tries)| within(*tries, now)) {
        return Vec::new();
    }
    let soon = now.saturating_add(micros(repeat / GOES_ALONG));
    open.into_iter().filter(|(_, tries)| within(*tries, soon)).map(|(alert, _)| alert).collect()
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// Every alert that nobody acknowledged, oldest first, with what was tried on the channel.
pub async fn list_open_with_tries(database: &Database, channel: Channel) -> Result<Vec<(Alert, Tries)>, StorageError> {
    repository::open_alerts_with_tries(database.read(), channel).await
}

/// Notes a try at `at` (microseconds since 1970), and whether it was taken.
pub async fn note_try(
    write: &Write<'_>,
    channel: Channel,
    ids: &[i64],
    at: i64,
    taken: bool,
) -> Result<(), StorageError> {
    repository::note_try(write, channel, ids, at, taken).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::alert::raise;
    use crate::clock::Clock;

    const DAY: Duration = Duration::from_hours(24);
    const MINUTE: i64 = 60_000_000;
    const NOW: i64 = 1_764_000_000_000_000;

    fn tries(minutes_ago: i64, failures: u32) -> Tries {
        Tries { tried_at: Some(NOW - minutes_ago * MINUTE), failures }
    }

    fn told(open: &[Tries], repeat: Duration) -> Vec<i64> {
        let alert = |id| Alert { id, raised_at: 0, kind: String::new(), subject: String::new(), text: String::new() };
        let open = (1..).map(alert).zip(open.iter().copied()).collect();
        to_tell(open, NOW, repeat).iter().map(|alert| alert.id).collect()
    }

    #[test]
    fn an_alert_is_told_at_once_and_then_every_day() {
        for (tries, is_told) in [
            (Tries::default(), true),
            (tries(0, 0), false),
            (tries(24 * 60 - 1, 0), false),
            (tries(24 * 60, 0), true),
            // The clock was put back.
            (tries(-1, 0), true),
        ] {
            assert_eq!(!told(&[tries], DAY).is_empty(), is_told, "{tries:?}");
        }
    }

    #[test]
    fn what_was_not_taken_is_tried_again_after_a_pause_that_grows_to_an_hour() {
        for (failures, minutes) in [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 32), (7, 60), (8, 60), (u32::MAX, 60)]
        {
            assert!(told(&[tries(minutes - 1, failures)], DAY).is_empty(), "{failures}");
            assert_eq!(told(&[tries(minutes, failures)], DAY), [1], "{failures}");
        }
    }

    #[test]
    fn what_is_due_soon_goes_along() {
        let (new, failed, today, yesterday) = (Tries::default(), tries(1, 6), tries(12 * 60, 0), tries(23 * 60, 0));
        assert_eq!(told(&[failed, today, yesterday], DAY), [0; 0]);
        assert_eq!(told(&[failed, today, yesterday, new], DAY), [1, 3, 4]);
        // With a short time between two messages, a new alert does not bring all others again.
        assert_eq!(told(&[tries(30, 0), new], Duration::from_hours(1)), [2]);
    }

    #[tokio::test]
    async fn tries_are_noted_for_each_channel_by_itself() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}/node.sqlite", folder.path().display());
        let database = Database::create_or_migrate(&url).await.expect("a database");
        let clock = Clock::system();
        let write = database.write("raise").await.expect("a turn");
        for subject in ["de-example", "it-example"] {
            assert!(raise(&write, &clock, "peer_behind", subject, "").await.expect("raised"));
        }
        note_try(&write, Channel::Mail, &[1], 5, false).await.expect("noted");
        note_try(&write, Channel::Mail, &[1, 2], 6, false).await.expect("noted");
        note_try(&write, Channel::Mail, &[2], 7, true).await.expect("noted");
        note_try(&write, Channel::Mail, &[3], 7, true).await.expect_err("there is no such alert");
        write.commit().await.expect("committed");
        let noted = async |channel| {
            let open = list_open_with_tries(&database, channel).await.expect("readable");
            open.into_iter().map(|(_, tries)| (tries.tried_at, tries.failures)).collect::<Vec<_>>()
        };
        assert_eq!(noted(Channel::Mail).await, [(Some(6), 2), (Some(7), 0)]);
        assert_eq!(noted(Channel::Webhook).await, [(None, 0), (None, 0)]);
    }
}

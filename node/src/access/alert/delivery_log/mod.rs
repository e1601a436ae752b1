//! The recipients of each alert on each channel, and the time of the next message to each.

mod repository;

use std::collections::HashMap;
use std::time::Duration;

use super as alert;
pub use super::Note;
use super::{Alert, AlertState, Held};
use crate::storage::{Database, StorageError, Write};

/// A way of telling people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

/// The tries to tell one person of an alert.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Telling {
    /// The alert's number.
    pub alert: i64,
    /// The recipient. Empty for the webhook, and for everybody where nothing is known of one person.
    pub recipient: String,
    /// The last try, microseconds since 1970.
    pub tried_at: i64,
    /// How many tries in a row failed, the last one included.
    pub failures: u32,
    /// When it was last taken.
    pub told_at: Option<i64>,
    /// When its end was taken.
    pub end_told_at: Option<i64>,
}

/// The pause after a first failure …
const SHORTEST_PAUSE: Duration = Duration::from_mins(1);
/// … and the longest one: the pause doubles with each further failure up to this.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);
/// Alerts due within this part of the time between two messages go along. So alerts raised one after the other come in
/// one message from the second time on.
const GOES_ALONG: u32 = 24;

impl Telling {
    /// Returns the state after a try.
    fn after(before: Option<Self>, note: &Note) -> Self {
        let before =
            before.unwrap_or_else(|| Self { alert: note.alert, recipient: note.recipient.clone(), ..Self::default() });
        let at = Some(note.at);
        Self {
            tried_at: note.at,
            failures: if note.taken { 0 } else { before.failures.saturating_add(1) },
            told_at: if note.taken && !note.of_end { at } else { before.told_at },
            end_told_at: if note.taken && note.of_end { at } else { before.end_told_at },
            ..before
        }
    }

    /// When the next try is due, microseconds since 1970; `None` where it is at once. A last try that lies in the future
    /// was noted by a clock that has been put back since: it must not silence an alert.
    fn due_at(&self, alert: &Alert, now: i64, repeat: Duration) -> Option<i64> {
        let pause = match self.failures {
            // The end is told as soon as it has come.
            0 if alert.resolved_at.is_some() => return None,
            0 => repeat,
            failures => SHORTEST_PAUSE.saturating_mul(1 << (failures - 1).min(6)).min(LONGEST_PAUSE),
        };
        (self.tried_at <= now).then(|| self.tried_at.saturating_add(micros(pause)))
    }
}

/// An alert, and the tries to tell one person of it.
pub type Told = (Alert, Option<Telling>);

/// Returns the alerts to tell one person now: open ones, and the end of those that the person was told of. Empty while
/// nothing is due; else it holds also the alerts that are due soon.
#[must_use]
pub fn to_tell(alerts: Vec<Told>, now: i64, repeat: Duration) -> Vec<Alert> {
    let concerns = |(alert, telling): &Told| match (alert.state(), telling) {
        (AlertState::Open, _) => true,
        (AlertState::Resolved, Some(telling)) => {
            !alert.superseded && telling.told_at.is_some() && telling.end_told_at.is_none()
        }
        _ => false,
    };
    let within = |(alert, telling): &Told, time: i64| {
        telling.as_ref().is_none_or(|telling| telling.due_at(alert, now, repeat).is_none_or(|due| due <= time))
    };
    let alerts: Vec<Told> = alerts.into_iter().filter(concerns).collect();
    if !alerts.iter().any(|told| within(told, now)) {
        return Vec::new();
    }
    let soon = now.saturating_add(micros(repeat / GOES_ALONG));
    alerts.into_iter().filter(|told| within(told, soon)).map(|(alert, _)| alert).collect()
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// Everything that was tried on a channel.
pub async fn tellings(database: &Database, channel: Channel) -> Result<Vec<Telling>, StorageError> {
    repository::tellings(database.read(), channel).await
}

/// Writes a try down.
pub async fn write_note(write: &Write<'_>, note: &Note) -> Result<(), StorageError> {
    repository::write_note(write, note).await
}

/// Every alert that somebody may have to be told of on a channel, and the tries, including those held in memory.
#[derive(Debug, Default, Clone)]
pub struct Ledger {
    alerts: Vec<Alert>,
    tellings: HashMap<(i64, String), Telling>,
}

impl Ledger {
    /// Reads it from the database alone.
    pub async fn read(database: &Database, channel: Channel) -> Result<Self, StorageError> {
        let tellings = tellings(database, channel).await?;
        let mut alerts = alert::repository::to_tell(database.read()).await?;
        let ended: Vec<i64> = tellings
            .iter()
            .filter(|telling| telling.told_at.is_some() && telling.end_told_at.is_none())
            .map(|telling| telling.alert)
            .filter(|id| alerts.iter().all(|alert| alert.id != *id))
            .collect();
        if !ended.is_empty() {
            alerts.extend(alert::repository::with_numbers(database.read(), ended).await?);
        }
        let keyed = tellings.into_iter().map(|telling| ((telling.alert, telling.recipient.clone()), telling));
        Ok(Self { alerts, tellings: keyed.collect() })
    }

    /// Adds the alerts and tries that could not be written.
    pub fn add_held(&mut self, held: &Held, channel: Channel) {
        self.alerts.extend(held.alerts());
        for note in held.notes().iter().filter(|note| note.channel == channel) {
            let key = (note.alert, note.recipient.clone());
            let before = self.tellings.get(&key).cloned();
            self.tellings.insert(key, Telling::after(before, note));
        }
    }

    /// Of one person.
    #[must_use]
    pub fn of(&self, recipient: &str) -> Vec<Told> {
        let telling = |alert: &Alert| {
            let own = self.tellings.get(&(alert.id, recipient.to_owned()));
            own.or_else(|| self.tellings.get(&(alert.id, String::new()))).cloned()
        };
        self.alerts.iter().map(|alert| (alert.clone(), telling(alert))).collect()
    }

    /// How many alerts were not taken by somebody at the last try, of all that are open.
    #[must_use]
    pub fn not_taken(&self) -> usize {
        let failed =
            |alert: &&Alert| self.tellings.values().any(|telling| telling.alert == alert.id && telling.failures > 0);
        self.alerts.iter().filter(|alert| alert.state() == AlertState::Open).filter(failed).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::alert::{AlertKind, Cause};

    const DAY: Duration = Duration::from_hours(24);
    const MINUTE: i64 = 60_000_000;
    const NOW: i64 = 1_764_000_000_000_000;

    #[expect(clippy::unnecessary_wraps, reason = "the tables below hold no try at all, too")]
    fn tries(minutes_ago: i64, failures: u32) -> Option<Telling> {
        let told_at = (failures == 0).then_some(NOW - minutes_ago * MINUTE);
        Some(Telling { tried_at: NOW - minutes_ago * MINUTE, failures, told_at, ..Telling::default() })
    }

    fn alert(id: i64) -> Alert {
        Alert {
            id,
            raised_at: 0,
            kind: AlertKind::PeerBehind.code().into(),
            subject: String::new(),
            stage: String::new(),
            text: String::new(),
            details: Cause::new(AlertKind::PeerBehind, "", "").details,
            acknowledged_at: None,
            gone_since: None,
            resolved_at: None,
            superseded: false,
        }
    }

    fn told(open: &[Option<Telling>], repeat: Duration) -> Vec<i64> {
        let open = (1..).map(alert).zip(open.iter().cloned()).collect();
        to_tell(open, NOW, repeat).iter().map(|alert| alert.id).collect()
    }

    #[test]
    fn an_alert_is_told_at_once_and_then_every_day() {
        for (tries, is_told) in [
            (None, true),
            (tries(0, 0), false),
            (tries(24 * 60 - 1, 0), false),
            (tries(24 * 60, 0), true),
            // The clock was put back.
            (tries(-1, 0), true),
        ] {
            assert_eq!(!told(std::slice::from_ref(&tries), DAY).is_empty(), is_told, "{tries:?}");
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
        let (new, failed, today, yesterday) = (None, tries(1, 6), tries(12 * 60, 0), tries(23 * 60, 0));
        assert_eq!(told(&[failed.clone(), today.clone(), yesterday.clone()], DAY), [0; 0]);
        assert_eq!(told(&[failed, today, yesterday, new.clone()], DAY), [1, 3, 4]);
        // With a short time between two messages, a new alert does not bring all others again.
        assert_eq!(told(&[tries(30, 0), new], Duration::from_hours(1)), [2]);
    }

    #[test]
    fn the_end_is_told_once_to_whom_was_told_of_the_beginning() {
        let ended = Alert { resolved_at: Some(NOW), ..alert(1) };
        let acknowledged = Alert { acknowledged_at: Some(NOW), ..ended.clone() };
        let superseded = Alert { superseded: true, ..ended.clone() };
        let end_told = tries(5, 0).map(|telling| Telling { end_told_at: Some(NOW), ..telling });
        let refused = tries(0, 1).map(|telling| Telling { told_at: Some(NOW), ..telling });
        for (alert, telling, is_told) in [
            (&ended, tries(5, 0), true),
            (&acknowledged, tries(5, 0), true),
            (&superseded, tries(5, 0), false),
            (&ended, None, false),
            (&ended, tries(5, 2), false),
            (&ended, end_told, false),
            (&ended, refused, false),
        ] {
            let told = to_tell(vec![(alert.clone(), telling.clone())], NOW, DAY);
            assert_eq!(!told.is_empty(), is_told, "{alert:?} {telling:?}");
        }
    }

    #[test]
    fn tries_are_counted_for_each_person_and_begin_from_what_is_known_of_everybody() {
        let note = |at, taken, of_end| Note {
            alert: 1,
            channel: Channel::Mail,
            recipient: "ada@hotline.example".into(),
            at,
            taken,
            of_end,
        };
        let mut telling = None;
        for (note, expected) in [
            (note(1, false, false), (1, None, None)),
            (note(2, false, false), (2, None, None)),
            (note(3, true, false), (0, Some(3), None)),
            (note(4, false, true), (1, Some(3), None)),
            (note(5, true, true), (0, Some(3), Some(5))),
        ] {
            let after = Telling::after(telling, &note);
            assert_eq!((after.failures, after.told_at, after.end_told_at), expected, "{note:?}");
            assert_eq!((after.alert, after.tried_at), (1, note.at));
            telling = Some(after);
        }
        let mut ledger = Ledger { alerts: vec![alert(1)], tellings: HashMap::new() };
        ledger.tellings.insert((1, String::new()), Telling { alert: 1, ..tries(5, 0).expect("tries") });
        let held = Held::default();
        held.note(&[note(NOW, false, false)]);
        ledger.add_held(&held, Channel::Mail);
        let failures = |recipient: &str| ledger.of(recipient)[0].1.as_ref().map(|telling| telling.failures);
        assert_eq!((failures("ada@hotline.example"), failures("bob@hotline.example")), (Some(1), Some(0)));
        assert_eq!(ledger.not_taken(), 1);
    }
}

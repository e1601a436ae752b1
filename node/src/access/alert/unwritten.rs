//! Alerts, and tries to tell them, that could not be written: kept in memory until there is room.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::delivery_log::Channel;
use super::model::{Alert, Cause};

/// A try to tell somebody of an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The alert's number.
    pub alert: i64,
    /// The channel.
    pub channel: Channel,
    /// The recipient.
    pub recipient: String,
    /// When, microseconds since 1970.
    pub at: i64,
    /// Whether it was taken.
    pub taken: bool,
    /// Whether the end was told.
    pub of_end: bool,
}

/// Alerts and tries that could not be written. Shared by the observer of causes and the senders of alerts.
#[derive(Debug, Default)]
pub struct Held(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    alerts: Vec<Alert>,
    notes: Vec<Note>,
    /// The database numbers of alerts that were held before.
    written: HashMap<i64, i64>,
    /// How many alerts were ever held.
    count: i64,
}

impl Held {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The alerts that are not in the database.
    #[must_use]
    pub fn alerts(&self) -> Vec<Alert> {
        self.lock().alerts.clone()
    }

    /// The tries that are not in the database, oldest first.
    #[must_use]
    pub fn notes(&self) -> Vec<Note> {
        self.lock().notes.clone()
    }

    /// Holds an alert.
    pub(super) fn open(&self, cause: Cause, now: i64) {
        let mut state = self.lock();
        state.count += 1;
        let alert = Alert::held(-state.count, now, cause);
        state.alerts.push(alert);
    }

    /// Ends alerts that are held, and returns those with an end to be told. One that ended already is passed over.
    pub(super) fn resolve(&self, ids: &[(i64, bool)], now: i64) -> Vec<Alert> {
        let mut state = self.lock();
        let mut ended = Vec::new();
        for alert in state.alerts.iter_mut().filter(|alert| alert.resolved_at.is_none()) {
            let Some((_, superseded)) = ids.iter().find(|(id, _)| *id == alert.id) else { continue };
            alert.resolved_at = Some(now);
            alert.superseded = *superseded;
            if !superseded {
                ended.push(alert.clone());
            }
        }
        ended
    }

    /// Holds tries.
    pub fn note(&self, notes: &[Note]) {
        let mut state = self.lock();
        for note in notes {
            let alert = state.written.get(&note.alert).copied().unwrap_or(note.alert);
            state.notes.push(Note { alert, ..note.clone() });
        }
    }

    /// Drops the alerts and tries written meanwhile; `written` maps held alerts to their new numbers.
    pub(super) fn release(&self, written: &HashMap<i64, i64>, notes: usize) {
        let mut state = self.lock();
        state.alerts.retain(|alert| !written.contains_key(&alert.id));
        // Tries are only ever added at the end.
        state.notes.drain(..notes);
        for note in &mut state.notes {
            note.alert = written.get(&note.alert).copied().unwrap_or(note.alert);
        }
        state.written.extend(written);
    }
}

//! Checks causes again: opens alerts, ends them, and holds in memory those that cannot be written.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use super::kind::AlertKind;
use super::model::{Alert, Cause};
use super::state_change::{Plan, plan};
use super::unwritten::Held;
use super::{delivery_log as telling, repository};
use crate::clock::Clock;
use crate::storage::{Database, StorageError, Write};

/// Changes made to alerts.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Causes of the alerts that were raised.
    pub opened: Vec<Cause>,
    /// Alerts that ended by themselves; not those that only came to another stage.
    pub resolved: Vec<Alert>,
}

/// Result of an observation, also while the database takes no writes.
#[derive(Debug, Default)]
pub struct Observed {
    /// The changes: written, or held in memory.
    pub changes: Changes,
    /// The reason why nothing could be written; new alerts are held in memory then.
    pub fault: Option<StorageError>,
}

/// Remembers the alerts and causes that it needs while the database is away. One for a node that serves.
#[derive(Debug, Default)]
pub struct Observer {
    held: Arc<Held>,
    /// The alerts that were unresolved when the database last answered.
    known: Mutex<Vec<Alert>>,
    /// When each cause was first found, of those that are there still.
    since: Mutex<BTreeMap<(AlertKind, String), i64>>,
}

impl Observer {
    /// Returns the alerts and tries that could not be written, for the senders.
    #[must_use]
    pub fn held(&self) -> Arc<Held> {
        Arc::clone(&self.held)
    }

    /// Holds all causes of `kinds` that there are now against the alerts that are open. `also` is done in the same
    /// transaction, where there is one; with `must_write` there is.
    ///
    /// Where the database takes no writes, new alerts are held in memory, and the fault is returned beside the changes.
    pub async fn observe(
        &self,
        database: &Database,
        clock: &Clock,
        kinds: &[AlertKind],
        causes: &[Cause],
        must_write: bool,
        also: impl AsyncFnOnce(&Write<'_>) -> Result<(), StorageError>,
    ) -> Observed {
        let now = clock.now().timestamp_micros();
        let causes = self.those_that_last(causes, now);
        let planned = match repository::unresolved(database.read()).await {
            Ok(unresolved) => {
                self.remember(&unresolved);
                let found = plan(&self.with_held(unresolved), kinds, &causes, now);
                if found.is_empty() && !must_write && self.held.alerts().is_empty() && self.held.notes().is_empty() {
                    return Observed::default();
                }
                self.write(database, now, (kinds, &causes), also).await
            }
            Err(error) => Err(error),
        };
        match planned {
            Ok(changes) => Observed { changes, fault: None },
            Err(fault) => Observed { changes: self.hold(kinds, &causes, now), fault: Some(fault) },
        }
    }

    async fn write(
        &self,
        database: &Database,
        now: i64,
        (kinds, causes): (&[AlertKind], &[Cause]),
        also: impl AsyncFnOnce(&Write<'_>) -> Result<(), StorageError>,
    ) -> Result<Changes, StorageError> {
        let write = database.write("observe_alerts").await?;
        let (alerts, notes) = (self.held.alerts(), self.held.notes());
        let mut written = HashMap::new();
        for alert in &alerts {
            written.insert(alert.id, repository::insert(&write, alert).await?);
        }
        for note in &notes {
            let id = written.get(&note.alert).copied().unwrap_or(note.alert);
            telling::write_note(&write, &super::unwritten::Note { alert: id, ..note.clone() }).await?;
        }
        let unresolved = repository::unresolved(&*write).await?;
        let found = plan(&unresolved, kinds, causes, now);
        apply(&write, &found, now).await?;
        also(&write).await?;
        write.commit().await?;
        self.held.release(&written, notes.len());
        let ended = |alert: &Alert| found.resolve.contains(&(alert.id, false));
        let resolved = unresolved.into_iter().filter(ended).collect();
        Ok(Changes { opened: found.open, resolved })
    }

    /// Makes the changes in memory, from the alerts that were known last.
    fn hold(&self, kinds: &[AlertKind], causes: &[Cause], now: i64) -> Changes {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let unresolved = self.with_held(known);
        let Plan { open, resolve, .. } = plan(&unresolved, kinds, causes, now);
        let resolved = self.held.resolve(&resolve, now);
        for cause in &open {
            self.held.open(cause.clone(), now);
        }
        Changes { opened: open, resolved }
    }

    fn with_held(&self, mut unresolved: Vec<Alert>) -> Vec<Alert> {
        unresolved.extend(self.held.alerts().into_iter().filter(|alert| alert.resolved_at.is_none()));
        unresolved
    }

    fn remember(&self, unresolved: &[Alert]) {
        unresolved.clone_into(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Leaves out causes that have not lasted long enough to call anybody.
    fn those_that_last(&self, causes: &[Cause], now: i64) -> Vec<Cause> {
        let mut since = self.since.lock().unwrap_or_else(PoisonError::into_inner);
        let key = |cause: &Cause| (cause.kind, cause.subject.clone());
        let first = causes.iter().map(|cause| (key(cause), since.get(&key(cause)).copied().unwrap_or(now))).collect();
        *since = first;
        let lasts = |cause: &&Cause| {
            let after = i64::try_from(cause.kind.opens_after().as_micros()).unwrap_or(i64::MAX);
            since.get(&key(cause)).is_some_and(|first| now.saturating_sub(*first) >= after)
        };
        causes.iter().filter(lasts).cloned().collect()
    }
}

async fn apply(write: &Write<'_>, found: &Plan, now: i64) -> Result<(), StorageError> {
    for (id, superseded) in &found.resolve {
        repository::resolve(write, *id, now, *superseded).await?;
    }
    for id in &found.gone {
        repository::set_gone(write, *id, Some(now)).await?;
    }
    for id in &found.back {
        repository::set_gone(write, *id, None).await?;
    }
    for cause in &found.open {
        repository::insert(write, &Alert::held(0, now, cause.clone())).await?;
    }
    Ok(())
}

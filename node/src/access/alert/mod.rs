//! Matters that need a person: until the cause ends, or until somebody acknowledges the alert.
//!
//! - A *cause* is a fault that was found, or an event that happened; [`AlertKind`] tells the two apart.
//! - A cause that *lasts* is checked again and again by an [`Observer`], together with all others. The observer opens
//!   alerts for new causes, and by itself ends those of causes that are gone. The next outage is a new alert, even if
//!   somebody acknowledged the last one.
//! - An *event* is raised by [`raise`] in the transaction that finds it, and ends when a person acknowledges it.
//!
//! An alert that cannot be written, because the disk is full or the database is away, is held in memory and told all
//! the same; it is written as soon as that works.

pub mod delivery_log;
mod kind;
mod model;
mod observer;
pub(super) mod repository;
mod state_change;
mod tally;
mod unwritten;

pub use kind::{AlertKind, Nature};
pub use model::{Alert, AlertState, Cause, Details};
pub use observer::{Changes, Observed, Observer};
pub use tally::{Tally, raise_tally};
pub use unwritten::{Held, Note};

use super::act::{Act, ActOrigin};
use super::audit::record_act;
use crate::clock::Clock;
use crate::storage::{Database, StorageError, Write};

/// Raises an alert for an event, in the caller's transaction; returns whether it is new. While an alert of the same
/// kind about the same subject is open, nothing is added: a step may raise it at every run.
pub async fn raise(write: &Write<'_>, clock: &Clock, cause: Cause) -> Result<bool, StorageError> {
    if repository::is_open(write, &cause).await? {
        return Ok(false);
    }
    let alert = Alert::held(0, clock.now().timestamp_micros(), cause);
    repository::insert(write, &alert).await?;
    Ok(true)
}

/// [`raise`], where such an alert was never raised before, acknowledged or not: for an event that happens once.
pub async fn raise_once(write: &Write<'_>, clock: &Clock, cause: Cause) -> Result<bool, StorageError> {
    if repository::was_raised(write, &cause).await? { Ok(false) } else { raise(write, clock, cause).await }
}

/// Every alert that waits for a person, oldest first.
pub async fn list_open(database: &Database) -> Result<Vec<Alert>, StorageError> {
    repository::open(database.read()).await
}

/// The newest alerts of every state, oldest first.
pub async fn list_all(database: &Database, limit: u64) -> Result<Vec<Alert>, StorageError> {
    repository::newest(database.read(), limit).await
}

/// The alerts that a person acknowledges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// Those with these numbers.
    Numbers(Vec<i64>),
    /// All of this kind that are open now.
    Kind(String),
}

/// Acknowledges alerts, and records the person for each alert by itself. Returns those that were open, oldest first: a
/// number that no open alert has is left out.
pub async fn acknowledge(
    database: &Database,
    clock: &Clock,
    which: &Which,
    (who, origin): (&str, ActOrigin),
) -> Result<Vec<Alert>, StorageError> {
    let write = database.write("acknowledge_alert").await?;
    let open = repository::open(&*write).await?;
    let is_meant = |alert: &Alert| match which {
        Which::Numbers(ids) => ids.contains(&alert.id),
        Which::Kind(kind) => alert.kind == *kind,
    };
    let mut meant: Vec<Alert> = open.into_iter().filter(is_meant).collect();
    let now = clock.now().timestamp_micros();
    for alert in &mut meant {
        repository::acknowledge(&write, alert.id, now, who).await?;
        alert.acknowledged_at = Some(now);
        let what = format!("{} {} {}", alert.id, alert.kind, alert.subject);
        record_act(&write, clock, Act { who, act: "acknowledge_alert", what, origin }).await?;
    }
    if !meant.is_empty() {
        write.commit().await?;
    }
    Ok(meant)
}

#[cfg(test)]
mod tests;

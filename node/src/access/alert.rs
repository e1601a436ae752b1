//! What needs a person, until somebody acknowledges it.

use super::audit::{Act, ActOrigin, record_act};
use super::repository;
use crate::clock::Clock;
use crate::storage::{Database, StorageError, Write};

/// An alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Number.
    pub id: i64,
    /// Microseconds since 1970.
    pub raised_at: i64,
    /// Code, such as `offer_unanswered`.
    pub kind: String,
    /// What it is about: a node id, with what of it where that matters, or a report's id; never a URL.
    pub subject: String,
    /// One sentence for people.
    pub text: String,
}

/// Raises an alert in the caller's transaction; gives whether it is new. While an alert of the same kind about the
/// same subject is open, nothing is added: a step may raise it at every run.
pub async fn raise(
    write: &Write<'_>,
    clock: &Clock,
    kind: &str,
    subject: &str,
    text: &str,
) -> Result<bool, StorageError> {
    if repository::is_alert_open(write, kind, subject).await? {
        return Ok(false);
    }
    let at = clock.now().timestamp_micros();
    repository::insert_alert(write, at, (kind, subject, text)).await?;
    Ok(true)
}

/// [`raise`], where such an alert was never raised before, acknowledged or not: for what happens once.
pub async fn raise_once(
    write: &Write<'_>,
    clock: &Clock,
    kind: &str,
    subject: &str,
    text: &str,
) -> Result<bool, StorageError> {
    if repository::was_alert_raised(write, kind, subject).await? {
        return Ok(false);
    }
    raise(write, clock, kind, subject, text).await
}

/// Every alert that nobody acknowledged, oldest first.
pub async fn list_open(database: &Database) -> Result<Vec<Alert>, StorageError> {
    repository::open_alerts(database.read()).await
}

/// Takes note of an alert, and records who did; gives it, or `None` where no open alert has this number.
pub async fn acknowledge(
    database: &Database,
    clock: &Clock,
    id: i64,
    (who, origin): (&str, ActOrigin),
) -> Result<Option<Alert>, StorageError> {
    let write = database.write("acknowledge_alert").await?;
    let Some(alert) = repository::open_alert(&write, id).await? else { return Ok(None) };
    repository::close_alert(&write, id, clock.now().timestamp_micros(), who).await?;
    let what = format!("{id} {} {}", alert.kind, alert.subject);
    record_act(&write, clock, Act { who, act: "acknowledge_alert", what, origin }).await?;
    write.commit().await?;
    Ok(Some(alert))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_alert_is_raised_once_until_it_is_acknowledged() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}/node.sqlite", folder.path().display());
        let database = Database::create_or_migrate(&url).await.expect("a database");
        let clock = Clock::system();
        let write = database.write("raise").await.expect("a turn");
        assert!(raise(&write, &clock, "peer_silent", "de-example", "One.").await.expect("raised"));
        assert!(!raise(&write, &clock, "peer_silent", "de-example", "Two.").await.expect("known"));
        assert!(raise(&write, &clock, "peer_silent", "it-example", "Three.").await.expect("raised"));
        write.commit().await.expect("committed");
        let open = list_open(&database).await.expect("readable");
        assert_eq!(open.iter().map(|alert| alert.text.as_str()).collect::<Vec<_>>(), ["One.", "Three."]);

        let first = acknowledge(&database, &clock, open[0].id, ("ada", ActOrigin::Cli)).await.expect("written");
        assert_eq!(first.as_ref(), Some(&open[0]));
        let again = acknowledge(&database, &clock, open[0].id, ("bob", ActOrigin::Cli)).await.expect("read");
        assert_eq!(again, None);
        let write = database.write("raise").await.expect("a turn");
        assert!(!raise_once(&write, &clock, "peer_silent", "de-example", "Once.").await.expect("known"));
        assert!(raise_once(&write, &clock, "certificate_ends", "de-example", "Once.").await.expect("raised"));
        assert!(raise(&write, &clock, "peer_silent", "de-example", "Again.").await.expect("raised"));
        write.commit().await.expect("committed");
    }
}

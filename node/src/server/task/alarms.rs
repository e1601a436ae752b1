//! One round over the list of checks: raises an alert for each trouble found, and tells its end.

use hotline_protocol::id::NodeId;

use crate::access::alert::{AlertKind, Cause, Nature, Observed};
use crate::exchange::Link;
use crate::health::patience;
use crate::pipeline::{Overdue, mark_called, overdue};
use crate::server::shared::{Shared, peer_picture};
use crate::storage::StorageError;

/// Holds everything that is wrong now against the alerts that are open.
pub(super) async fn look_for_alarms(shared: &Shared) -> Result<(), StorageError> {
    let hub = &shared.hub;
    let findings = shared.examine().await;
    let causes: Vec<Cause> = findings.checks.iter().flat_map(|check| check.causes(hub.context.own.as_str())).collect();
    let kinds = if findings.is_complete { lasting() } else { Vec::new() };
    let overdue = if findings.is_complete { overdue_offers(shared).await? } else { Vec::new() };
    let must_write = overdue.iter().any(|offers| offers.is_new);
    let also = async |write: &crate::storage::Write<'_>| mark_called(write, &hub.context, &overdue).await;
    let (database, clock) = (&hub.context.database, &hub.context.clock);
    let Observed { changes, fault } = shared.observer.observe(database, clock, &kinds, &causes, must_write, also).await;
    // Alerts that are open already, here or in the database, were told when they were raised.
    for Cause { kind, subject, text, .. } in changes.opened {
        tracing::warn!(kind = kind.code(), subject, "an alert is raised: {text}");
    }
    for alert in changes.resolved {
        tracing::info!(alert = alert.id, kind = alert.kind, subject = alert.subject, "an alert has ended by itself");
    }
    fault.map_or(Ok(()), Err)
}

fn lasting() -> Vec<AlertKind> {
    AlertKind::ALL.iter().copied().filter(|kind| kind.nature() == Nature::Lasting).collect()
}

/// Offers may also wait for an answer of a peer that was suspended or removed since.
async fn overdue_offers(shared: &Shared) -> Result<Vec<Overdue>, StorageError> {
    let hub = &shared.hub;
    let (peers, _) = peer_picture(&hub.context).await?;
    let targets: Vec<(NodeId, Link)> =
        peers.into_iter().map(|peer| (peer.id.clone(), hub.links.of(&peer.id))).collect();
    overdue(&hub.context, patience(&shared.config.exchange), &targets).await
}

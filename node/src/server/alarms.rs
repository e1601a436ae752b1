//! What is found wrong calls a person, and the end of it is told: one round over the list of checks.

use std::collections::BTreeMap;

use hotline_protocol::id::NodeId;

use super::node::{Shared, peer_picture};
use crate::access::alert::{AlertKind, Cause, Changes, Nature};
use crate::exchange::Link;
use crate::health::patience;
use crate::pipeline::{Overdue, mark_called, overdue};
use crate::storage::StorageError;

/// What this start of the node has written into its log, with how far it had gone.
#[derive(Default)]
pub(super) struct Logged(BTreeMap<(AlertKind, String), String>);

/// Holds everything that is wrong now against the alerts that are open.
pub(super) async fn look_for_alarms(shared: &Shared, logged: &mut Logged) -> Result<(), StorageError> {
    let hub = &shared.hub;
    let findings = shared.examine().await;
    let causes: Vec<Cause> = findings.checks.iter().flat_map(|check| check.causes(hub.context.own.as_str())).collect();
    logged.note(&causes, findings.is_complete);
    let kinds = if findings.is_complete { lasting() } else { Vec::new() };
    let overdue = if findings.is_complete { overdue_offers(shared).await? } else { Vec::new() };
    let must_write = overdue.iter().any(|offers| offers.is_new);
    let also = async |write: &crate::storage::Write<'_>| mark_called(write, &hub.context, &overdue).await;
    let (database, clock) = (&hub.context.database, &hub.context.clock);
    let Changes { resolved, .. } = shared.observer.observe(database, clock, &kinds, &causes, must_write, also).await?;
    for alert in resolved {
        tracing::info!(alert = alert.id, kind = alert.kind, subject = alert.subject, "an alert has ended by itself");
    }
    Ok(())
}

fn lasting() -> Vec<AlertKind> {
    AlertKind::ALL.iter().copied().filter(|kind| kind.nature() == Nature::Lasting).collect()
}

/// Offers may wait for an answer of somebody who was suspended or removed since, too.
async fn overdue_offers(shared: &Shared) -> Result<Vec<Overdue>, StorageError> {
    let hub = &shared.hub;
    let (peers, _) = peer_picture(&hub.context).await?;
    let targets: Vec<(NodeId, Link)> =
        peers.into_iter().map(|peer| (peer.id.clone(), hub.links.of(&peer.id))).collect();
    overdue(&hub.context, patience(&shared.config.exchange), &targets).await
}

impl Logged {
    /// A line for each cause that is new or has gone further, since this start.
    fn note(&mut self, causes: &[Cause], is_complete: bool) {
        for cause in causes {
            let key = (cause.kind, cause.subject.clone());
            if self.0.get(&key) != Some(&cause.stage) {
                let (kind, subject) = (cause.kind.code(), &cause.subject);
                tracing::warn!(kind, subject, "a person is called: {}", cause.text);
                self.0.insert(key, cause.stage.clone());
            }
        }
        if is_complete {
            self.0.retain(|(kind, subject), _| causes.iter().any(|it| it.kind == *kind && it.subject == *subject));
        }
    }
}

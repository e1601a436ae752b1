//! Whether the node can do its work, and if not, why.

use serde::Serialize;

use super::node::Shared;
use crate::exchange::log::SealState;

/// The answer of `/readyz`.
#[derive(Debug, Serialize)]
pub struct Readiness {
    /// Whether reports are taken, sealed and sent.
    pub ready: bool,
    /// What stands in the way, or is to be mended: one sentence each.
    pub reasons: Vec<String>,
}

/// Looks at the database, at sealing, and at the location data.
pub async fn readiness(shared: &Shared) -> Readiness {
    let mut reasons = Vec::new();
    let mut ready = true;
    if let Err(error) = crate::exchange::log::heads(shared.hub.context.database.read()).await {
        ready = false;
        reasons.push(error.to_string());
    }
    let state = shared.hub.seal_state();
    if state != SealState::Open {
        ready = false;
        reasons.push(state.reason());
    }
    let now = shared.hub.context.clock.now();
    reasons.extend(shared.geolocator.warnings(now).iter().map(ToString::to_string));
    let days = (shared.certificate_not_after - now.timestamp()) / 86_400;
    if days < 60 {
        reasons.push(format!("this node's certificate ends in {days} days"));
    }
    Readiness { ready, reasons }
}

//! Whether the node can do its work, and if not, why.

use std::time::Duration;

use serde::Serialize;

use super::node::{Shared, authority_warnings};
use crate::exchange::log::SealState;
use crate::storage::StorageError;
use crate::trust::{Ending, days_left, says_days_left};

/// Whoever asks for readiness waits for some seconds; a database that takes longer is not ready.
const DATABASE_ANSWERS: Duration = Duration::from_secs(2);

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
    let heads = crate::exchange::log::heads(shared.hub.context.database.read());
    match tokio::time::timeout(DATABASE_ANSWERS, heads).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => {
            ready = false;
            reasons.push(error.to_string());
        }
        Err(_) => {
            ready = false;
            reasons.push(StorageError::Busy("it does not answer").to_string());
        }
    }
    let state = shared.hub.seal_state();
    if state != SealState::Open {
        ready = false;
        reasons.push(state.reason());
    }
    let now = shared.hub.context.clock.now();
    reasons.extend(shared.geolocator.warnings(now).iter().map(ToString::to_string));
    reasons.extend(authority_warnings(shared).iter().map(ToString::to_string));
    let days = days_left(shared.hub.shown.not_after(), now.timestamp());
    if Ending::of(days).is_some() {
        reasons.push(format!("this node's certificate {}", says_days_left(days)));
    }
    Readiness { ready, reasons }
}

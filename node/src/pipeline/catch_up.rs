//! Fetching what did not come by itself: a silent peer's log, from it or from another member.

use std::sync::Arc;
use std::time::Duration;

use hotline_protocol::id::NodeId;
use hotline_protocol::log::{RunRefused, UnverifiedRun};

use super::apply::{PreparedRun, apply_run};
use super::deliver::DeliverFault;
use crate::context::Context;
use crate::exchange::log::{self, LogError};
use crate::exchange::{Hub, PeerClient};
use crate::trust::load_keys;

/// Verifies a received text as a run of `log`, and prepares it to be applied. `held` is held until that work is done,
/// even where nobody waits for it any more.
pub async fn verify_run(
    context: &Context,
    log: &NodeId,
    text: Arc<str>,
    held: impl Send + 'static,
) -> Result<PreparedRun, LogError> {
    let keys = load_keys(context.database.read(), log).await?;
    if keys.keys().is_empty() {
        return Err(LogError::UnknownLog);
    }
    let (verifying, name) = (context.clone(), log.clone());
    let verify = move || {
        let run = UnverifiedRun::parse(text)?.verify(&verifying.network, &name, &keys)?;
        let prepared = PreparedRun::new(&verifying, run);
        drop(held);
        Ok::<_, RunRefused>(prepared)
    };
    Ok(tokio::task::spawn_blocking(verify).await.map_err(|_| RunRefused::Form)??)
}

/// Pulls one run of `log` from a peer, waiting for it up to `wait`. Gives how many entries were new.
pub async fn pull_run(hub: &Hub, client: &PeerClient, log: &NodeId, wait: Duration) -> Result<usize, DeliverFault> {
    let after = log::head(hub.context.database.read(), log).await.map_err(LogError::from)?;
    let Some(text) = client.pull(log, &after, wait, hub.settings.run_entries).await? else { return Ok(0) };
    let run = verify_run(&hub.context, log, text.into(), ()).await?;
    let applied = apply_run(&hub.context, &run).await?;
    if applied.changes_keys {
        hub.reload_peers().await.map_err(LogError::from)?;
    }
    Ok(applied.new)
}

/// Logs that have been silent for so long that they may be fetched from `peer`, who shows newer entries of them.
pub async fn silent_logs(hub: &Hub, peer: &NodeId) -> Result<Vec<NodeId>, LogError> {
    let context = &hub.context;
    let here = log::heads(context.database.read()).await?;
    let silent_before = context.now_micros() - i64::try_from(hub.settings.poll_silence.as_micros()).unwrap_or(i64::MAX);
    let mut silent = Vec::new();
    for (node, shown) in hub.links.of(peer).heads {
        let (held, moved_at) = here.get(&node).copied().unwrap_or((hotline_protocol::log::Cursor::START, 0));
        let is_newer = shown.position() > held.position();
        let last_inbound = hub.links.of(&node).last_inbound.unwrap_or(0);
        if is_newer && moved_at.max(last_inbound) <= silent_before {
            silent.push(node);
        }
    }
    Ok(silent)
}

//! Fetches entries that did not come by themselves: a silent peer's log, from it or from another member.

use std::sync::Arc;
use std::time::Duration;

use hotline_protocol::id::NodeId;
use hotline_protocol::log::{Cursor, Position, RunRefused, UnverifiedRun};
use hotline_protocol::problem::Problem;

use super::apply::{AppliedRun, PreparedRun, apply_run};
use super::deliver::DeliverFault;
use crate::context::Context;
use crate::exchange::log::{self, LogError};
use crate::exchange::{Hub, PeerClient, SendFault, note_parted};
use crate::trust::peer::load_keys;

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

/// Applies a run that a peer gave. One that is refused as another telling is noted.
pub async fn apply_given_run(hub: &Hub, peer: &NodeId, prepared: &PreparedRun) -> Result<AppliedRun, LogError> {
    let applied = apply_run(&hub.context, prepared).await;
    if matches!(applied, Err(LogError::Diverged(_))) {
        let run = prepared.run();
        note_parted(hub, peer, &run.checkpoint().checkpoint().log, Some(run)).await?;
    }
    applied
}

/// Pulls one run of `log` from a peer, waiting for it up to `wait`. Gives how many entries were new.
pub async fn pull_run(
    hub: &Hub,
    (peer, client): (&NodeId, &PeerClient),
    log: &NodeId,
    wait: Duration,
) -> Result<usize, DeliverFault> {
    if !log::has_room_today(&hub.context, log).await.map_err(LogError::from)? {
        return Ok(0);
    }
    let after = crate::report::head(hub.context.database.read(), log).await.map_err(LogError::from)?;
    let pulled = client.pull(log, &after, wait, hub.settings.run_entries).await;
    if let Err(SendFault::Problem { problem: Some(Problem::CursorDiverged), .. }) = pulled {
        note_parted(hub, peer, log, None).await?;
    }
    let Some(text) = pulled? else { return Ok(0) };
    let run = verify_run(&hub.context, log, text.into(), ()).await?;
    let applied = match apply_given_run(hub, peer, &run).await {
        // Its author's day is used up; the relaying peer is not at fault.
        Err(LogError::DayUsedUp { .. }) => return Ok(0),
        applied => applied?,
    };
    if applied.changes_keys {
        hub.reload_peers().await.map_err(LogError::from)?;
    }
    Ok(applied.new)
}

/// Logs that have been silent so long that they may be fetched from `peer`, as it shows newer entries of them. One that
/// brought nothing is asked again after such a time.
pub async fn silent_logs(hub: &Hub, peer: &NodeId) -> Result<Vec<NodeId>, LogError> {
    let (context, link) = (&hub.context, hub.links.of(peer));
    let here = log::heads(context.database.read()).await?;
    let forks = log::fork::standing_forks(context.database.read()).await?;
    let now = context.now_micros();
    let pause = i64::try_from(hub.settings.poll_silence.as_micros()).unwrap_or(i64::MAX);
    let mut silent = Vec::new();
    for (node, shown) in link.heads {
        let (held, moved_at) = here.get(&node).copied().unwrap_or((Cursor::START, 0));
        let is_newer = shown.position() > held.position() && goes_on(forks.get(&node), &shown);
        // The relaying peer is not at fault: nothing is asked for, and nobody's word is doubted.
        if is_newer && !log::has_room_today(context, &node).await? {
            continue;
        }
        let may_be_asked = link.ahead.get(&node).is_none_or(|ahead| ahead.may_be_asked(now, pause));
        let last_inbound = hub.links.of(&node).last_inbound.unwrap_or(0);
        if is_newer && may_be_asked && moved_at.max(last_inbound) <= now - pause {
            silent.push(node);
        }
    }
    Ok(silent)
}

/// Whether there may be something to take of a peer's own log: one that is forked stands still here, until the peer shows
/// that it goes on in a new epoch.
pub async fn may_move(hub: &Hub, peer: &NodeId) -> Result<bool, LogError> {
    let forks = log::fork::standing_forks(hub.context.database.read()).await?;
    let Some(fork) = forks.get(peer) else { return Ok(true) };
    Ok(hub.links.of(peer).heads.get(peer).is_some_and(|shown| goes_on(Some(fork), shown)))
}

/// Whether a head shows a log behind its fork: in a later epoch alone.
fn goes_on(fork: Option<&Position>, shown: &Cursor) -> bool {
    fork.is_none_or(|fork| shown.epoch > fork.epoch)
}

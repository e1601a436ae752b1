//! What is looked after twice a second: links to the database, changes of peers made by the command line, location files,
//! the check at the start, and alarms; and by itself, without the database, who is trusted still.

use std::sync::Arc;
use std::time::Duration;

use super::node::{Shared, authority_warnings, peer_picture};
use crate::access::alert;
use crate::exchange::Hub;
use crate::exchange::log::{EPOCH_SETTING, SEAL_SETTING, SealState};
use crate::exchange::rotation::RotationError;
use crate::intake::forget_answers;
use crate::pipeline::{Alarms, ToldEnds, ToldWarnings, raise_alarms, tell_authority_warnings, tell_certificate_ends};
use crate::shutdown::{Stop, Waited};
use crate::storage::{StorageError, leave_setting, take_setting};
use crate::trust::{Peer, PeerStanding};

/// One round.
const ROUND: Duration = Duration::from_millis(500);
/// A start where nobody can be reached goes on sealing after this time.
const NOBODY_REACHED: Duration = Duration::from_mins(1);
/// Alarms count in minutes: every tenth round is often enough to look for them.
const ALARM_ROUNDS: u64 = 10;
/// Every five minutes: what is to be forgotten was kept for a day.
const FORGETTING_ROUNDS: u64 = 600;

/// What people were told since the start.
#[derive(Default)]
struct Told {
    ends: ToldEnds,
    authority: ToldWarnings,
    /// Why nothing is sealed.
    seal: Option<String>,
}

/// Goes round until the stop.
pub(super) async fn upkeep_loop(shared: Arc<Shared>, stop: Stop) {
    let hub = &shared.hub;
    let mut version = String::new();
    let mut alarms = Alarms::default();
    // What keeps keys from being exchanged is said once, not twice a second.
    let mut key_fault: Option<String> = None;
    let mut told = Told::default();
    let mut round: u64 = 0;
    let began = hub.context.now_micros();
    while stop.wait(ROUND).await == Waited::Elapsed {
        if let Err(error) = upkeep(&shared, &mut version).await {
            tracing::warn!(%error, "upkeep failed; it is tried again");
        }
        let fault = shared.rotation.advance(hub).await.err();
        let said = fault.as_ref().map(ToString::to_string);
        if let Some(error) = fault.filter(|_| said != key_fault) {
            tracing::error!(%error, "this node's keys cannot be exchanged; those in use stay");
            call_for_keys(&shared, &error).await;
        }
        key_fault = said;
        if round.is_multiple_of(ALARM_ROUNDS)
            && let Err(error) = look_for_alarms(&shared, &mut alarms, &mut told).await
        {
            tracing::warn!(%error, "alarms could not be raised; it is tried again");
        }
        if round.is_multiple_of(FORGETTING_ROUNDS)
            && let Err(error) = forget_answers(&hub.context).await
        {
            tracing::warn!(%error, "answers of the public API could not be forgotten; it is tried again");
        }
        round += 1;
        let waited = hub.context.now_micros() - began;
        if waited > i64::try_from(NOBODY_REACHED.as_micros()).unwrap_or(i64::MAX) {
            hub.gate().nobody_reached();
        }
    }
}

/// Whose certificate is over, or was revoked by the authority, is cut off, whatever the database does meanwhile.
pub(super) async fn trust_loop(shared: Arc<Shared>, stop: Stop) {
    while stop.wait(ROUND).await == Waited::Elapsed {
        let directory = Arc::clone(&shared.hub.directory);
        let read = tokio::task::spawn_blocking(move || {
            directory.refresh_authority();
            directory.notice_time();
        });
        let _ = read.await;
    }
}

async fn upkeep(shared: &Shared, version: &mut String) -> Result<(), StorageError> {
    let hub = &shared.hub;
    hub.context.database.retry_write().await?;
    hub.links.store(&hub.context).await?;
    let (peers, certificates) = peer_picture(&hub.context).await?;
    let head = *hub.sealer.head().borrow();
    for peer in &peers {
        let owed = (peer.standing == PeerStanding::Active).then_some(&head);
        hub.links.note_behind(&peer.id, owed, hub.context.now_micros());
    }
    let now = format!("{peers:?}{certificates:?}");
    if *version != now {
        hub.reload_peers().await?;
        *version = now;
    }
    if take_setting(&hub.context.database, "seal_anyway").await?.is_some() {
        hub.gate().seal_anyway();
    }
    if let Some(epoch) = take_setting(&hub.context.database, EPOCH_SETTING).await? {
        hub.gate().epoch_opened(epoch.parse().unwrap_or(0));
    }
    let geolocator = Arc::clone(&shared.geolocator);
    let _ = tokio::task::spawn_blocking(move || geolocator.refresh()).await;
    // Last: nothing else waits for what only makes queries faster.
    hub.context.database.inform_planner().await
}

/// Calls a person, once: what stands in the way is mended by nobody else.
async fn call_for_keys(shared: &Shared, error: &RotationError) {
    let context = &shared.hub.context;
    if matches!(error, RotationError::Storage(_)) {
        return;
    }
    let text = format!("this node's keys cannot be exchanged: {error}; hotline-node doctor says more");
    let raised = async {
        let write = context.database.write("raise_alert").await?;
        alert::raise(&write, &context.clock, "own_keys", context.own.as_str(), &text).await?;
        write.commit().await
    };
    if let Err(error) = raised.await {
        tracing::warn!(%error, "an alert could not be raised; it is tried again");
    }
}

/// Says why nothing is sealed and sent, in the log and to a person, and leaves it for `doctor`. That a start waits for a
/// peer for a minute is nothing to tell.
async fn tell_seal_state(hub: &Hub, told: &mut Option<String>) -> Result<(), StorageError> {
    let state = hub.seal_state();
    let reason = match state {
        SealState::Open | SealState::WaitsForOnePeer => String::new(),
        _ => state.reason(),
    };
    if told.as_ref() == Some(&reason) {
        return Ok(());
    }
    let context = &hub.context;
    let write = context.database.write("tell_seal_state").await?;
    leave_setting(&write, SEAL_SETTING, &reason).await?;
    if !reason.is_empty() {
        tracing::error!(%reason, "nothing is sealed or sent");
        alert::raise(&write, &context.clock, "nothing_is_sealed", &reason, &reason).await?;
    }
    write.commit().await?;
    *told = Some(reason);
    Ok(())
}

/// Offers may wait for an answer of somebody who was suspended or removed since, too.
async fn look_for_alarms(shared: &Shared, alarms: &mut Alarms, told: &mut Told) -> Result<(), StorageError> {
    let hub = &shared.hub;
    tell_certificate_ends(&hub.context, hub.shown.not_after(), &mut told.ends).await?;
    tell_authority_warnings(&hub.context, &authority_warnings(shared), &mut told.authority).await?;
    tell_seal_state(hub, &mut told.seal).await?;
    let with_link = |peer: Peer| {
        let link = hub.links.of(&peer.id);
        (peer.id, link)
    };
    let active: Vec<_> = hub.directory.active().into_iter().map(with_link).collect();
    let (all, _) = peer_picture(&hub.context).await?;
    let targets: Vec<_> = all.into_iter().map(with_link).collect();
    raise_alarms(&hub.context, &hub.settings, &active, &targets, alarms).await?;
    Ok(())
}

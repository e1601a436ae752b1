//! What is looked after twice a second: links to the database, changes of peers made by the command line, location files,
//! the check at the start, and alarms; and by itself, without the database, who is trusted still.

use std::sync::Arc;
use std::time::Duration;

use super::alarms::{Logged, look_for_alarms};
use super::node::{Shared, peer_picture};
use super::write_watch::{OncePerFault, watch_writing};
use crate::exchange::Hub;
use crate::exchange::log::{EPOCH_SETTING, SEAL_SETTING, SealState};
use crate::exchange::rotation::RotationError;
use crate::health::{Check, CheckName};
use crate::intake::forget_answers;
use crate::shutdown::{Stop, Waited};
use crate::storage::{StorageError, leave_setting, take_setting};
use crate::trust::PeerStanding;

/// One round.
const ROUND: Duration = Duration::from_millis(500);
/// A start where nobody can be reached goes on sealing after this time.
const NOBODY_REACHED: Duration = Duration::from_mins(1);
/// Alarms count in minutes: every tenth round is often enough to look for them.
const ALARM_ROUNDS: u64 = 10;
/// Every five minutes: what is to be forgotten was kept for a day.
const FORGETTING_ROUNDS: u64 = 600;

/// Goes round until the stop.
pub(super) async fn upkeep_loop(shared: Arc<Shared>, stop: Stop) {
    let hub = &shared.hub;
    let mut version = String::new();
    let mut logged = Logged::default();
    let mut seal_told: Option<String> = None;
    let mut failing = OncePerFault::default();
    let mut troubles_ended = hub.context.database.troubles_ended();
    let mut round: u64 = 0;
    let began = hub.context.now_micros();
    while stop.wait(ROUND).await == Waited::Elapsed {
        let kept = upkeep(&shared, &mut version).await;
        failing.say("upkeep failed; it is tried again", kept.err().map(|error| error.to_string()));
        let fault = shared.rotation.advance(hub).await.err();
        note_key_fault(&shared, fault.as_ref());
        watch_writing(&shared, &mut troubles_ended).await;
        if round.is_multiple_of(ALARM_ROUNDS) {
            let alarms = look_for_alarms(&shared, &mut logged).await;
            failing.say("alerts cannot be written; they are told all the same", alarms.err().map(|it| it.to_string()));
            let told = leave_seal_state(hub, &mut seal_told).await;
            failing.say("the state of sealing cannot be left; it is tried again", told.err().map(|it| it.to_string()));
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
        let shared = Arc::clone(&shared);
        let read = tokio::task::spawn_blocking(move || {
            let directory = &shared.hub.directory;
            directory.refresh_authority();
            directory.notice_time();
            shared.web.refresh(shared.hub.context.clock.unix_seconds());
        });
        let _ = read.await;
    }
}

async fn upkeep(shared: &Shared, version: &mut String) -> Result<(), StorageError> {
    let hub = &shared.hub;
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

/// What keeps keys from being exchanged is mended by nobody but a person.
fn note_key_fault(shared: &Shared, error: Option<&RotationError>) {
    // The database has a check of its own.
    let fault = error.filter(|error| !matches!(error, RotationError::Storage(_)));
    let text = fault.map(|error| format!("this node's keys cannot be exchanged: {error}"));
    let check = text.map(|text| Check::fault(CheckName::AnnouncedKey, text, "hotline-node doctor says more"));
    if shared.troubles.set(CheckName::AnnouncedKey, check)
        && let Some(error) = fault
    {
        tracing::error!(%error, "this node's keys cannot be exchanged; those in use stay");
    }
}

/// Leaves why nothing is sealed for `doctor`, which may look when nobody serves. That a start waits for a peer for a
/// minute is nothing to tell.
async fn leave_seal_state(hub: &Hub, told: &mut Option<String>) -> Result<(), StorageError> {
    let state = hub.seal_state();
    let reason = match state {
        SealState::Open | SealState::WaitsForOnePeer => String::new(),
        _ => state.reason(),
    };
    if told.as_ref() == Some(&reason) {
        return Ok(());
    }
    let context = &hub.context;
    let write = context.database.write("leave_seal_state").await?;
    leave_setting(&write, SEAL_SETTING, &reason).await?;
    write.commit().await?;
    if !reason.is_empty() {
        tracing::error!(%reason, "nothing is sealed or sent");
    }
    *told = Some(reason);
    Ok(())
}

//! The work done twice a second: links to the database, changes of peers made by the command line, location files, the
//! check at the start, and alarms. A loop of its own, without the database, looks at trust in peers.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::alarms::look_for_alarms;
use super::write_watch::watch_writing;
use crate::exchange::Hub;
use crate::exchange::log::epoch::EPOCH_SETTING;
use crate::exchange::log::seal::{CLAIMS_SECONDS, SEAL_SETTING, SealState};
use crate::exchange::rotation::RotationError;
use crate::health::{Check, CheckName};
use crate::intake::forget_answers;
use crate::server::shared::{PeerPicture, Shared, peer_picture};
use crate::shutdown::{Stop, Waited};
use crate::storage::{StorageError, leave_setting, take_setting};
use crate::trust::peer::PeerStanding;

/// One round.
const ROUND: Duration = Duration::from_millis(500);
/// A start where nobody can be reached goes on sealing after this time.
const NOBODY_REACHED: Duration = Duration::from_mins(1);
/// Alarms count in minutes: so often is often enough to look for them.
const ALARMS: Duration = Duration::from_secs(5);
/// Data due to be forgotten was kept for a day.
const FORGETTING: Duration = Duration::from_mins(5);

/// The memory of upkeep from round to round.
#[derive(Default)]
struct Remembered {
    /// Peers and certificates as they were last read.
    peers: Option<PeerPicture>,
    seal_told: Option<String>,
    /// When alarms were last looked for.
    looked: Option<Instant>,
    /// When answers of the public API were last forgotten.
    forgot: Option<Instant>,
}

/// Goes round until the stop.
pub(super) async fn upkeep_loop(shared: Arc<Shared>, stop: Stop) {
    let hub = &shared.hub;
    let mut remembered = Remembered::default();
    let mut troubles_ended = hub.context.database.troubles_ended();
    let began = hub.context.now_micros();
    while stop.wait(ROUND).await == Waited::Elapsed {
        every_round(&shared, &mut remembered.peers, &mut troubles_ended).await;
        // Rounds are long while the database is away, and that is when somebody is to be called.
        if is_due(&mut remembered.looked, ALARMS) {
            every_few_seconds(&shared, &mut remembered.seal_told).await;
        }
        if is_due(&mut remembered.forgot, FORGETTING) {
            let forgotten = forget_answers(&hub.context).await;
            shared.failing.note("answers of the public API could not be forgotten; it is tried again", &forgotten);
            remembered.forgot = remembered.forgot.filter(|_| forgotten.is_ok());
        }
        let waited = hub.context.now_micros() - began;
        if waited > i64::try_from(NOBODY_REACHED.as_micros()).unwrap_or(i64::MAX) {
            hub.gate().nobody_reached();
        }
        if waited > i64::try_from(CLAIMS_SECONDS * 1_000_000).unwrap_or(i64::MAX) {
            hub.gate().claims_are_over();
        }
    }
}

/// Whether so much time has passed since the last time; then it counts from now.
fn is_due(last: &mut Option<Instant>, every: Duration) -> bool {
    let is_due = last.is_none_or(|at| at.elapsed() >= every);
    if is_due {
        *last = Some(Instant::now());
    }
    is_due
}

/// Each task runs even if others fail, and none waits for another's wait for the database.
async fn every_round(shared: &Shared, peers: &mut Option<PeerPicture>, troubles_ended: &mut u64) {
    let (hub, failing) = (&shared.hub, &shared.failing);
    let geolocator = Arc::clone(&shared.geolocator);
    let (stored, looked, told, rotated, (), _) = tokio::join!(
        hub.links.store(&hub.context),
        look_at_peers(hub, peers),
        take_word(hub),
        shared.rotation.advance(hub),
        watch_writing(shared, troubles_ended),
        tokio::task::spawn_blocking(move || geolocator.refresh()),
    );
    failing.note("how peers stand could not be written down; it is tried again", &stored);
    failing.note("peers could not be read anew; they are looked at again", &looked);
    failing.note("what commands leave for the sealing could not be taken; it is looked at again", &told);
    note_key_fault(shared, rotated.as_ref().err());
    // Last: this only makes queries faster, and nothing else waits for it.
    let informed = hub.context.database.inform_planner().await;
    failing.note("the database's planner could not be informed; it is tried again", &informed);
}

async fn every_few_seconds(shared: &Shared, seal_told: &mut Option<String>) {
    let alarms = look_for_alarms(shared).await;
    shared.failing.note("alerts cannot be written; they are told all the same", &alarms);
    let told = leave_seal_state(&shared.hub, seal_told).await;
    shared.failing.note("the state of sealing cannot be left; it is tried again", &told);
}

/// Cuts off every peer with an expired certificate or one revoked by the authority, regardless of the state of the
/// database.
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

/// Notes the peers that lack entries of ours, and reads peers anew where a command has changed them.
async fn look_at_peers(hub: &Hub, known: &mut Option<PeerPicture>) -> Result<(), StorageError> {
    let now = peer_picture(&hub.context).await?;
    let (peers, _) = &now;
    let head = *hub.sealer.head().borrow();
    for peer in peers {
        let owed = (peer.standing == PeerStanding::Active).then_some(&head);
        hub.links.note_behind(&peer.id, owed, hub.context.now_micros());
    }
    if known.as_ref() != Some(&now) {
        hub.reload_peers().await?;
        *known = Some(now);
    }
    Ok(())
}

/// Takes the commands' settings: to seal in any case, or in a new epoch.
async fn take_word(hub: &Hub) -> Result<(), StorageError> {
    let database = &hub.context.database;
    let anyway = take_setting(database, "seal_anyway").await;
    if let Ok(Some(_)) = anyway {
        hub.gate().seal_anyway();
    }
    let epoch = take_setting(database, EPOCH_SETTING).await;
    if let Ok(Some(epoch)) = &epoch {
        hub.gate().epoch_opened(epoch.parse().unwrap_or(0));
    }
    anyway.and(epoch).map(drop)
}

/// Only a person can mend a fault that prevents the exchange of keys.
fn note_key_fault(shared: &Shared, error: Option<&RotationError>) {
    // The database has a check of its own.
    let fault = error.filter(|error| !error.is_of_storage());
    let text = fault.map(|error| format!("this node's keys cannot be exchanged: {error}"));
    let check = text.map(|text| Check::fault(CheckName::AnnouncedKey, text, "hotline-node doctor says more"));
    if shared.troubles.set(CheckName::AnnouncedKey, check)
        && let Some(error) = fault
    {
        tracing::error!(%error, "this node's keys cannot be exchanged; those in use stay");
    }
}

/// Leaves the reason for a sealing stop in the database for `doctor`, as `doctor` may look when no `serve` runs. That a
/// start waits for a peer for a minute is nothing to tell.
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

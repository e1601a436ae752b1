//! The background work: sealing, a sender and a fetcher for each peer, alerts, and the steps of the pipeline.
//!
//! Each loop registers for its nudge before it looks, does the work it finds, and waits: for the nudge, a timer, or the
//! stop. Loops notice writes of other processes (the command line) within [`TICK`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use hotline_protocol::hello::AcceptMode;
use hotline_protocol::id::NodeId;
use hotline_protocol::problem::Problem;

use super::locate_again::locate_again_loop;
use super::locator::locator;
use super::pace::{PAUSE, SLOW_TICK, STEP_LIMIT, committed, quiet};
use super::recheck_due::DoubtsDue;
use super::refresh_rollups::{days_loop, years_loop};
use super::repeated_failure::Fault as _;
use super::reroute::second_tries_loop;
use super::running_peer::RunningPeer;
use super::{alert_delivery, housekeeping as upkeep};
use crate::exchange::log::LogError;
use crate::exchange::log::seal::SealState;
use crate::exchange::{HelloRefused, Hub, PeerClient, SendFault};
use crate::health::{Check, CheckName};
use crate::pipeline::{
    AskedForProof, DeliverFault, HeldBack, PipelineError, RefusedBodies, answer_offers, deliver, fetch_bodies,
    fetch_proofs, greet, may_move, pull_run, silent_logs,
};
use crate::server::shared::Shared;
use crate::shutdown::{Stop, Tasks, Waited};
use crate::trust::peer::Peer;

/// The longest time until writes of another process are noticed.
const TICK: Duration = Duration::from_millis(25);
/// A peer's hello comes about as often as the silence that is waited for; one that is a little late is no silence.
const HELLO_SLACK_MICROS: i64 = 5_000_000;
/// The whole database is read so often.
const CLOSE_LOOK: Duration = Duration::from_hours(24);
/// A long poll waits so long for something new.
const LONG_POLL: Duration = Duration::from_secs(25);

/// Starts everything.
pub(crate) fn start(tasks: &Tasks, shared: &Arc<Shared>) {
    for warning in shared.geolocator.warnings(shared.hub.context.clock.now()) {
        tracing::warn!(%warning, "location data needs attention");
    }
    spawn(tasks, shared, "sealer", seal_loop);
    spawn(tasks, shared, "answers", answer_loop);
    spawn(tasks, shared, "second tries", second_tries_loop);
    spawn(tasks, shared, "not yet located", locate_again_loop);
    spawn(tasks, shared, "days", days_loop);
    spawn(tasks, shared, "years", years_loop);
    spawn(tasks, shared, "upkeep", upkeep::upkeep_loop);
    spawn(tasks, shared, "trust", upkeep::trust_loop);
    spawn(tasks, shared, "close look", close_look_loop);
    alert_delivery::start(tasks, shared);
    let (peers, shared) = (tasks.clone(), Arc::clone(shared));
    tasks.spawn("peers", move |stop| peers_loop(peers, shared, stop));
}

/// Reads the whole database at the start and once a day: a file that is damaged, or a trail that was changed, is not
/// found by daily work.
async fn close_look_loop(shared: Arc<Shared>, stop: Stop) {
    while !stop.is_stopping() {
        tokio::select! {
            () = shared.examiner.look_closely(&shared.hub.context) => {}
            () = stop.stopped() => return,
        }
        stop.wait(CLOSE_LOOK).await;
    }
}

fn spawn<F>(tasks: &Tasks, shared: &Arc<Shared>, name: &'static str, work: fn(Arc<Shared>, Stop) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let shared = Arc::clone(shared);
    tasks.spawn(name, move |stop| work(shared, stop));
}

async fn seal_loop(shared: Arc<Shared>, stop: Stop) {
    let hub = &shared.hub;
    let mut changes = hub.context.database.changes();
    let mut has_file = false;
    while !stop.is_stopping() {
        changes.mark_unchanged();
        if hub.seal_state() == SealState::Open {
            let sealed = seal_all(&shared, &mut has_file, &stop).await;
            note_sealing(&shared, sealed.as_ref().err());
            if sealed.is_err() {
                stop.wait(PAUSE).await;
            }
        }
        committed(&mut changes, TICK, &stop).await;
    }
}

/// Says once that nothing can be sealed, and once that it goes on.
fn note_sealing(shared: &Shared, fault: Option<&LogError>) {
    // A database that is away or takes nothing has a check of its own.
    let fault = fault.filter(|error| !error.is_database_away()).map(ToString::to_string);
    let advice = "put this right: what was taken in waits, and nothing is sent meanwhile";
    let check = fault.as_ref().map(|fault| Check::stop(CheckName::Sealing, format!("sealing fails: {fault}"), advice));
    if shared.troubles.set(CheckName::Sealing, check) {
        if let Some(fault) = fault {
            tracing::error!(%fault, "sealing failed; it is tried again");
        } else {
            tracing::info!("sealing goes on");
        }
    }
}

async fn seal_all(shared: &Shared, has_file: &mut bool, stop: &Stop) -> Result<(), LogError> {
    if !*has_file {
        shared.hub.sealer.keep_high_water().await?;
        *has_file = true;
    }
    while !stop.is_stopping() && shared.hub.sealer.seal_once().await?.is_some() {}
    Ok(())
}

async fn answer_loop(shared: Arc<Shared>, stop: Stop) {
    let context = &shared.hub.context;
    let mut changes = context.database.changes();
    if shared.hub.settings.accept == AcceptMode::Manual {
        return;
    }
    let (mut doubts, mut again) = (DoubtsDue::default(), false);
    let mut held_back = HeldBack::new(shared.config.exchange.hour_maximum_refusals);
    while !stop.is_stopping() {
        changes.mark_unchanged();
        again |= doubts.are_due(&shared.geolocator);
        let answered = answer_all(&shared, again, &mut held_back, &stop).await;
        shared.failing.note("offers could not be answered; they are looked at again", &answered);
        again &= answered.is_err();
        if answered.is_err() {
            stop.wait(PAUSE).await;
        }
        committed(&mut changes, SLOW_TICK, &stop).await;
        quiet(&mut changes, &stop).await;
    }
}

async fn answer_all(shared: &Shared, again: bool, held_back: &mut HeldBack, stop: &Stop) -> Result<(), PipelineError> {
    let locator = locator(shared).await?;
    let mut after = 0;
    while !stop.is_stopping() {
        let (_, last) = answer_offers(&shared.hub.context, &locator, (after, STEP_LIMIT), (again, held_back)).await?;
        match last {
            Some(last) => after = last,
            None => break,
        }
    }
    Ok(())
}

/// Keeps a sender and a fetcher for every active peer. Their connections end with them, so they begin anew where those
/// may stand under a certificate that counts no more.
async fn peers_loop(tasks: Tasks, shared: Arc<Shared>, stop: Stop) {
    let directory = &shared.hub.directory;
    let mut changes = directory.changes();
    let mut running: BTreeMap<NodeId, RunningPeer> = BTreeMap::new();
    let mut authority = directory.authority_version();
    loop {
        changes.mark_unchanged();
        if authority != directory.authority_version() {
            authority = directory.authority_version();
            // No record links a peer's certificates to its connections: all calls begin anew, under the pins that count
            // now.
            running.retain(|_, running| running.goes_on(None, BTreeSet::new()));
        }
        let active = directory.active();
        running.retain(|id, running| {
            let peer = active.iter().find(|peer| peer.id == *id);
            running.goes_on(peer, directory.counting_pins(id))
        });
        for peer in active {
            if running.contains_key(&peer.id) {
                continue;
            }
            let new = RunningPeer::new(&peer, directory.counting_pins(&peer.id));
            let peer_stop = new.stop_signal();
            running.insert(peer.id.clone(), new);
            start_peer(&tasks, &shared, peer, peer_stop);
        }
        tokio::select! {
            _ = changes.changed() => {}
            () = stop.stopped() => return,
        }
    }
}

fn start_peer(tasks: &Tasks, shared: &Arc<Shared>, peer: Peer, peer_stop: Stop) {
    let Ok(client) = shared.hub.client(&peer) else {
        tracing::error!(peer = %peer.id, "no client can be made for this peer: its card's address is no https URL");
        return;
    };
    let (sender, fetcher) = (Arc::clone(shared), Arc::clone(shared));
    let (peer_again, client_again, stop_again) = (peer.clone(), client.clone(), peer_stop.clone());
    tasks.spawn("sender", move |stop| async move {
        tokio::select! {
            () = peer_stop.stopped() => {}
            () = send_loop(&sender, &peer, &client, &stop) => {}
        }
    });
    tasks.spawn("fetcher", move |stop| async move {
        tokio::select! {
            () = stop_again.stopped() => {}
            () = fetch_loop(&fetcher, &peer_again, &client_again, &stop) => {}
        }
    });
}

/// Whether a peer may be tried now; if not, waits until it may, or until it was heard from.
async fn may_try(shared: &Shared, peer: &NodeId, stop: &Stop) {
    let mut changes = shared.hub.links.changes();
    loop {
        changes.mark_unchanged();
        let now = shared.hub.context.now_micros();
        let wait = match shared.hub.links.of(peer).next_try {
            Some(next) if next > now => Duration::from_micros(u64::try_from(next - now).unwrap_or(0)),
            _ => return,
        };
        tokio::select! {
            waited = stop.wait(wait) => if waited == Waited::Stopping { return },
            _ = changes.changed() => {}
        }
    }
}

async fn send_loop(shared: &Shared, peer: &Peer, client: &PeerClient, stop: &Stop) {
    let hub = &shared.hub;
    let mut head = hub.sealer.head();
    let mut to_greet = hub.links.to_greet();
    while !stop.is_stopping() {
        may_try(shared, &peer.id, stop).await;
        head.mark_unchanged();
        to_greet.mark_unchanged();
        let result = send_all(shared, peer, client, stop).await;
        let is_another = result.as_ref().is_err_and(is_another_copy);
        if is_another != hub.links.of(&peer.id).copy_differs && (is_another || result.is_ok()) {
            hub.links.update(&peer.id, |link| link.copy_differs = is_another);
        }
        if is_ours(shared, &peer.id, &result, stop).await {
            continue;
        }
        note(shared, &peer.id, result);
        if hub.links.of(&peer.id).next_try.is_some() {
            continue;
        }
        let hello_due = hub.links.of(&peer.id).last_hello.map_or(Duration::ZERO, |at| {
            let passed = u64::try_from(hub.context.now_micros() - at).unwrap_or(0);
            hub.settings.hello.saturating_sub(Duration::from_micros(passed))
        });
        tokio::select! {
            _ = head.changed() => {}
            _ = to_greet.changed() => {}
            _ = stop.wait(hello_due.max(Duration::from_millis(1))) => {}
        }
    }
}

async fn send_all(shared: &Shared, peer: &Peer, client: &PeerClient, stop: &Stop) -> Result<(), DeliverFault> {
    let hub = &shared.hub;
    let now = hub.context.now_micros();
    let hello_every = i64::try_from(hub.settings.hello.as_micros()).unwrap_or(i64::MAX);
    if hub.links.of(&peer.id).last_hello.is_none_or(|at| now - at >= hello_every) {
        greet(hub, peer, client).await?;
    }
    deliver(hub, peer, client, stop).await
}

/// Whether the peer holds another log under our name: here or there, a hash tells.
const fn is_another_copy(fault: &DeliverFault) -> bool {
    matches!(
        fault,
        DeliverFault::Log(LogError::Diverged(_))
            | DeliverFault::Send(SendFault::Problem {
                problem: Some(Problem::CursorDiverged | Problem::LogForked),
                ..
            })
    )
}

/// Whether a fault is ours, and says nothing of the peer. Logs the fault and waits: the caller tries again after a
/// moment.
async fn is_ours(shared: &Shared, peer: &NodeId, result: &Result<(), DeliverFault>, stop: &Stop) -> bool {
    let Some(fault) = result.as_ref().err().filter(|fault| fault.is_ours()) else { return false };
    // That the database is away is told once, for all peers.
    if !fault.is_database_away() && shared.hub.links.is_new(peer, &fault.to_string()) {
        tracing::error!(%peer, %fault, "the exchange with a peer stands still on this side");
    }
    stop.wait(SLOW_TICK).await;
    true
}

/// Notes the result of calls to a peer, and the side at fault where they failed.
fn note(shared: &Shared, peer: &NodeId, result: Result<(), DeliverFault>) {
    let hub = &shared.hub;
    let fault = match result {
        Ok(()) => return hub.note(peer, &Ok(())),
        Err(fault) if is_another_copy(&fault) => SendFault::CopyDiffers,
        Err(DeliverFault::Send(fault)) => fault,
        Err(DeliverFault::Hello(HelloRefused::Problem(problem))) => SendFault::HelloNotTaken(problem),
        Err(error) => {
            if hub.links.is_new(peer, &error.to_string()) {
                tracing::warn!(%peer, %error, "the exchange with a peer failed");
            }
            SendFault::Malformed
        }
    };
    match &fault {
        // Nobody is told of one missed call.
        SendFault::Unreachable => tracing::debug!(%peer, "a peer is not reachable"),
        fault if !hub.links.is_new(peer, &fault.to_string()) => {
            tracing::debug!(%peer, %fault, "the exchange with a peer failed again");
        }
        SendFault::NoTls
        | SendFault::NoNode
        | SendFault::Refused(_)
        | SendFault::Handshake
        | SendFault::OwnCertificateOver => {
            tracing::error!(%peer, %fault, "TLS with a peer is refused: run hotline-node peer check");
        }
        fault => tracing::warn!(%peer, %fault, "the exchange with a peer failed"),
    }
    hub.note::<()>(peer, &Err(fault));
}

/// Missing bodies, and logs that have been silent.
async fn fetch_loop(shared: &Shared, peer: &Peer, client: &PeerClient, stop: &Stop) {
    let hub = &shared.hub;
    let mut changes = hub.links.changes();
    let mut fetched = Fetched::default();
    while !stop.is_stopping() {
        changes.mark_unchanged();
        may_try(shared, &peer.id, stop).await;
        let result = fetch_all(shared, peer, client, &mut fetched, stop).await;
        if result.is_err() {
            if !is_ours(shared, &peer.id, &result, stop).await {
                note(shared, &peer.id, result);
            }
            continue;
        }
        tokio::select! {
            _ = changes.changed() => { stop.wait(PAUSE).await; }
            _ = stop.wait(SLOW_TICK) => {}
        }
    }
}

/// The fetcher's memory from round to round.
#[derive(Default)]
struct Fetched {
    refused: RefusedBodies,
    asked: AskedForProof,
    /// Why others' logs cannot be fetched from this peer, as the log says it: each once.
    told: BTreeMap<NodeId, String>,
}

/// Pulls a run of another's log. A fault in that log is not the fault of the peer that relays it.
async fn pull_relayed(
    hub: &Hub,
    peer: &Peer,
    client: &PeerClient,
    log: &NodeId,
    told: &mut BTreeMap<NodeId, String>,
) -> Result<usize, DeliverFault> {
    let pulled = pull_run(hub, (&peer.id, client), log, Duration::ZERO).await;
    let is_refused = |error: &DeliverFault| {
        matches!(error, DeliverFault::Log(_) | DeliverFault::Send(SendFault::Problem { .. })) && !error.is_ours()
    };
    if matches!(pulled, Ok(0)) || pulled.as_ref().is_err_and(is_refused) {
        let now = hub.context.now_micros();
        hub.links.update(&peer.id, |link| link.ahead.get_mut(log).map(|ahead| ahead.note_asked(now)));
    }
    match pulled {
        Err(error) if is_refused(&error) => {
            if matches!(error, DeliverFault::Send(SendFault::Problem { problem: Some(Problem::CursorDiverged), .. })) {
                // Each side shows its signed head in hello: the longer copy proves against the author then.
                hub.links.greet(&peer.id);
            }
            let fault = error.to_string();
            if told.get(log) != Some(&fault) {
                tracing::warn!(peer = %peer.id, %log, fault, "a log cannot be fetched from this peer");
                told.insert(log.clone(), fault);
            }
            Ok(0)
        }
        pulled => {
            if pulled.is_ok() {
                told.remove(log);
            }
            pulled
        }
    }
}

async fn fetch_all(
    shared: &Shared,
    peer: &Peer,
    client: &PeerClient,
    fetched: &mut Fetched,
    stop: &Stop,
) -> Result<(), DeliverFault> {
    let hub = &shared.hub;
    fetch_proofs(hub, &peer.id, client, &mut fetched.asked).await?;
    fetch_bodies(hub, peer, client, &mut fetched.refused).await?;
    for log in silent_logs(hub, &peer.id).await? {
        while !stop.is_stopping() && pull_relayed(hub, peer, client, &log, &mut fetched.told).await? > 0 {}
    }
    let silence = i64::try_from(hub.settings.poll_silence.as_micros()).unwrap_or(i64::MAX);
    let quiet_since = hub.links.of(&peer.id).last_inbound.unwrap_or(shared.started_at);
    let is_silent = hub.context.now_micros() - quiet_since > silence.saturating_add(HELLO_SLACK_MICROS);
    if is_silent && may_move(hub, &peer.id).await? {
        tokio::select! {
            pulled = pull_run(hub, (&peer.id, client), &peer.id, LONG_POLL) => { pulled?; }
            () = stop.stopped() => {}
        }
    }
    Ok(())
}

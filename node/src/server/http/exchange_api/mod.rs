//! The protocol's routes (`/hxp/v1`), for authenticated peers alone.

mod bounded;
mod decimal;
mod refused;
mod turns;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Query, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Extension, Router};
use bounded::Plain;
use decimal::{Decimal, FromOne};
use hotline_protocol::bytes::Hash;
use hotline_protocol::hello::{Acknowledgement, HELLO_BYTES_LIMIT, Hello, RUN_MEDIA_TYPE, WANTS_LIMIT};
use hotline_protocol::id::NodeId;
use hotline_protocol::log::{Cursor, FORK_MEDIA_TYPE, Position};
use hotline_protocol::problem::{Document, Problem};
use refused::Refused;
pub(super) use refused::show_counters;
use serde::{Deserialize, Serialize};
pub(crate) use turns::Turns;
use turns::{Call, Turn};

use super::connection::Held;
use crate::exchange::log::{self, BodyAnswer, LogError, RunQuery};
use crate::exchange::{HelloRefused, make_hello, take_hello};
use crate::pipeline::{AppliedRun, PreparedRun, apply_given_run, verify_run};
use crate::problem::{Audience, ExchangeProblem, with_problems};
use crate::report::ReportError;
use crate::server::shared::Shared;
use crate::storage::StorageError;
use crate::trust::handshake::{Admission, AuthenticatedPeer};
use crate::trust::peer::DigestKeyError;

/// Longest wait of a long poll.
const WAIT_LIMIT_SECONDS: u64 = 25;

/// The routes.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    let routes = Router::new()
        .route("/hxp/v1/hello", post(hello))
        .route("/hxp/v1/logs/{log}/runs", put(push).get(pull))
        .route("/hxp/v1/logs/{log}/fork", get(fork))
        .route("/hxp/v1/bodies/{hash}", get(body))
        .with_state(Arc::clone(&shared));
    // Outermost: a suspended peer learns nothing more, not even the list of paths.
    with_problems(routes, Audience::Peers).layer(from_fn_with_state(shared, admit))
}

/// Asks at every request whether the peer may still be here.
async fn admit(
    State(shared): State<Arc<Shared>>,
    Extension(peer): Extension<AuthenticatedPeer>,
    request: Request,
    next: Next,
) -> Response {
    match shared.hub.directory.admit(&peer) {
        Admission::Active => {
            let (links, context) = (&shared.hub.links, &shared.hub.context);
            links.heard_from(peer.id(), context.now_micros(), true);
            let limit = Duration::from_secs(u64::from(shared.config.exchange.body_timeout_seconds));
            let Ok(response) = tokio::time::timeout(limit, next.run(request)).await else {
                return ExchangeProblem::from(Problem::Busy).into_response();
            };
            if response.status() == StatusCode::TOO_MANY_REQUESTS {
                links.note_limited(peer.id(), context.now_micros());
            }
            response
        }
        Admission::Suspended => ExchangeProblem::from(Problem::Suspended).into_response(),
        Admission::Gone => ExchangeProblem::from(Problem::NotEntitled).into_response(),
    }
}

/// The turn of a request that has a body. One that has none is not read: its bytes would lie here for nothing.
async fn take_turn(
    shared: &Shared,
    peer: &NodeId,
    call: Call,
    request: Request,
) -> Result<(Turn, Request), ExchangeProblem> {
    match shared.turns.take(peer, call) {
        Ok(turn) => Ok((turn, request)),
        Err(refused) => {
            bounded::pass_over(request.version(), request.into_body()).await;
            Err(refused)
        }
    }
}

/// An answer that may be long: its room is taken until the peer has read it.
fn long_answer(shared: &Shared, peer: &NodeId, kind: &'static str, body: String) -> Result<Response, ExchangeProblem> {
    let room = shared.budget.take(peer.clone(), body.len()).map_err(|full| Refused::from(full).of(peer))?;
    let mut response = ([(header::CONTENT_TYPE, kind)], body).into_response();
    response.extensions_mut().insert(Held::new(room));
    Ok(response)
}

fn json_answer(shared: &Shared, peer: &NodeId, answer: &impl Serialize) -> Result<Response, ExchangeProblem> {
    let text = serde_json::to_string(answer).map_err(|error| ExchangeProblem::internal("answer", &error))?;
    long_answer(shared, peer, "application/json", text)
}

async fn hello(
    State(shared): State<Arc<Shared>>,
    Extension(peer): Extension<AuthenticatedPeer>,
    request: Request,
) -> Result<Response, ExchangeProblem> {
    let (_turn, request) = take_turn(&shared, peer.id(), Call::Hello, request).await?;
    let body = bounded::read(request, &shared.budget, peer.id()).await?;
    if body.bytes.len() > HELLO_BYTES_LIMIT {
        return Err(Problem::TooLarge.into());
    }
    let told: Hello = serde_json::from_slice(&body.bytes).map_err(|_| Problem::Malformed)?;
    take_hello(&shared.hub, peer.id(), &told).await.map_err(hello_problem)?;
    let answer = make_hello(&shared.hub.context, &shared.hub.boot, &shared.hub.settings, peer.id())
        .await
        .map_err(hello_problem)?;
    json_answer(&shared, peer.id(), &answer)
}

async fn push(
    State(shared): State<Arc<Shared>>,
    Extension(peer): Extension<AuthenticatedPeer>,
    Path(log): Path<String>,
    request: Request,
) -> Result<Response, ExchangeProblem> {
    let (turn, request) = take_turn(&shared, peer.id(), Call::Push, request).await?;
    let is_run = request.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == RUN_MEDIA_TYPE);
    let Plain { bytes, room } = bounded::read(request, &shared.budget, peer.id()).await?;
    let is_own = log == shared.hub.context.own.as_str();
    if is_own || known_log(&shared, &log)? != *peer.id() {
        return Err(Document::new(Problem::NotEntitled).with_detail("Only its author pushes a log.").into());
    }
    let log = peer.id().clone();
    if !is_run {
        return Err(Document::new(Problem::Malformed).with_detail("A run is application/hxp-run.").into());
    }
    let text = String::from_utf8(bytes).map_err(|_| Problem::Malformed)?;
    let context = &shared.hub.context;
    // While the run is here, so is the turn, and the room that it takes.
    let under_way = (turn.clone(), Arc::new(room));
    // Runs are verified at once, and applied in their order of arrival.
    let (run, _first) = tokio::join!(verify_run(context, &log, text.into(), under_way.clone()), turn.first_in_line());
    let run = run.map_err(|error| log_problem("verify_run", error))?;
    let applied = apply_to_the_end(&shared, (peer.id(), run), under_way).await?;
    if applied.changes_keys {
        // Before the answer: its author may show the new certificate from then on.
        shared.hub.reload_peers().await.map_err(|error| log_problem("reload_peers", error.into()))?;
    }
    let wants = log::wants(context.database.read(), &log, WANTS_LIMIT as u64)
        .await
        .map_err(|error| log_problem("wants", error.into()))?;
    let wants = wants.into_iter().map(|(_, hash)| hash).collect();
    json_answer(&shared, peer.id(), &Acknowledgement { cursor: applied.cursor, wants })
}

/// Applies a run. One that opens an epoch may take longer than a request, and is applied to its end whether anybody waits
/// for it or not: given up and begun anew, it would never be done, and nobody could write meanwhile.
async fn apply_to_the_end(
    shared: &Arc<Shared>,
    (peer, run): (&NodeId, PreparedRun),
    under_way: impl Send + 'static,
) -> Result<AppliedRun, ExchangeProblem> {
    let refused = |error| log_problem("apply_run", error);
    if !run.opens_epoch() {
        return apply_given_run(&shared.hub, peer, &run).await.map_err(refused);
    }
    let (done, waits) = tokio::sync::oneshot::channel();
    let (applying, peer) = (Arc::clone(shared), peer.clone());
    shared.tasks.spawn("epoch", move |_| async move {
        let applied = apply_given_run(&applying.hub, &peer, &run).await;
        drop(under_way);
        // The caller may have gone.
        let _ = done.send(applied);
    });
    waits.await.map_err(|_| Problem::Busy)?.map_err(refused)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PullQuery {
    ep: FromOne,
    after: Decimal,
    hash: Hash,
    #[serde(default)]
    wait: Decimal,
    #[serde(default)]
    limit: Option<Decimal>,
}

async fn pull(
    State(shared): State<Arc<Shared>>,
    Extension(peer): Extension<AuthenticatedPeer>,
    Path(log): Path<String>,
    Query(query): Query<PullQuery>,
) -> Result<Response, ExchangeProblem> {
    let _turn = shared.turns.take(peer.id(), Call::Pull)?;
    let hub = &shared.hub;
    let log = if log == hub.context.own.as_str() { hub.context.own.clone() } else { known_log(&shared, &log)? };
    let after = Cursor { epoch: query.ep.number(), seq: query.after.number(), hash: query.hash };
    let limit = query.limit.map_or(usize::MAX, |limit| usize::try_from(limit.number()).unwrap_or(usize::MAX));
    let asked = RunQuery { log, after, limit: limit.min(hub.settings.run_entries), bytes: hub.settings.run_bytes };
    // Register before looking: an entry sealed in between wakes the wait.
    let mut changes = hub.context.database.changes();
    let wait = Duration::from_secs(query.wait.number().min(WAIT_LIMIT_SECONDS));
    let deadline = tokio::time::Instant::now() + wait;
    loop {
        changes.mark_unchanged();
        let found = log::read_run(&hub.context, peer.id(), &asked).await;
        if let Some(run) = found.map_err(|error| log_problem("read_run", error))? {
            return long_answer(&shared, peer.id(), RUN_MEDIA_TYPE, run.text);
        }
        match tokio::time::timeout_at(deadline, changes.changed()).await {
            Ok(Ok(())) => {}
            _ => return Ok(StatusCode::NO_CONTENT.into_response()),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ForkQuery {
    ep: FromOne,
}

/// The proof that an author has signed two entries under one place of an epoch of its log.
async fn fork(
    State(shared): State<Arc<Shared>>,
    Extension(peer): Extension<AuthenticatedPeer>,
    Path(log): Path<String>,
    Query(query): Query<ForkQuery>,
) -> Result<Response, ExchangeProblem> {
    let _turn = shared.turns.take(peer.id(), Call::Fork)?;
    let context = &shared.hub.context;
    let log = if log == context.own.as_str() { context.own.clone() } else { known_log(&shared, &log)? };
    let kept = log::fork::kept_fork(context.database.read(), &log, query.ep.number()).await;
    match kept.map_err(|error| log_problem("kept_fork", error.into()))? {
        Some(kept) => long_answer(&shared, peer.id(), FORK_MEDIA_TYPE, kept.proof),
        None => Ok(StatusCode::NO_CONTENT.into_response()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BodyQuery {
    ep: FromOne,
    seq: FromOne,
}

async fn body(
    State(shared): State<Arc<Shared>>,
    Extension(peer): Extension<AuthenticatedPeer>,
    Path(hash): Path<String>,
    Query(query): Query<BodyQuery>,
) -> Result<Response, ExchangeProblem> {
    let _turn = shared.turns.take(peer.id(), Call::Body)?;
    let hash: Hash = hash.parse().map_err(|_| Problem::Malformed)?;
    let place = Position { epoch: query.ep.number(), seq: query.seq.number() };
    let answer = log::read_body(&shared.hub.context, peer.id(), place, &hash).await;
    match answer.map_err(|error| log_problem("read_body", error))? {
        BodyAnswer::Body(line) => long_answer(&shared, peer.id(), "text/plain; charset=utf-8", line),
        BodyAnswer::NotEntitled => Err(Problem::NotEntitled.into()),
        BodyAnswer::Gone => Err(Problem::Gone.into()),
    }
}

fn known_log(shared: &Shared, name: &str) -> Result<NodeId, ExchangeProblem> {
    let log: NodeId = name.parse().map_err(|_| Problem::UnknownLog)?;
    if shared.hub.directory.keeps_log_of(&log) { Ok(log) } else { Err(Problem::UnknownLog.into()) }
}

fn hello_problem(refused: HelloRefused) -> ExchangeProblem {
    match refused {
        HelloRefused::Problem(problem) => problem.into(),
        HelloRefused::Log(error) => log_problem("take_hello", error),
        HelloRefused::Keys(DigestKeyError::Storage(error)) => log_problem("take_hello", error.into()),
        HelloRefused::Keys(error) => ExchangeProblem::internal("take_hello", &error),
    }
}

fn log_problem(act: &'static str, error: LogError) -> ExchangeProblem {
    let at = |problem, cursor: Cursor| {
        let cursor = serde_json::to_value(cursor).unwrap_or_default();
        ExchangeProblem::from(Document::new(problem).with_member("cursor", cursor))
    };
    match error {
        LogError::UnknownLog => Problem::UnknownLog.into(),
        LogError::Refused(refused) => refused.problem().into(),
        LogError::Gap(cursor) => at(Problem::Gap, cursor),
        LogError::Diverged(cursor) => at(Problem::CursorDiverged, cursor),
        LogError::EpochClosed(cursor) => at(Problem::EpochClosed, cursor),
        LogError::Forked(place) => {
            let place = serde_json::to_value(place).unwrap_or_default();
            Document::new(Problem::LogForked).with_member("fork", place).into()
        }
        LogError::DayUsedUp { seconds } => ExchangeProblem::from(Problem::RateLimited).retry_after(seconds),
        // A repeated run is safe: its entries are taken only once.
        LogError::Storage(StorageError::Busy(_) | StorageError::OutcomeUnknown) => {
            ExchangeProblem::from(Problem::Busy).retry_after(1)
        }
        LogError::Storage(fault) | LogError::Report(ReportError::Storage(fault)) if fault.takes_nothing_now() => {
            ExchangeProblem::from(Problem::Busy).retry_after(60)
        }
        error => ExchangeProblem::internal(act, &error),
    }
}

//! The protocol's routes (`/hxp/v1`), for authenticated peers alone.

mod bounded;
mod decimal;
mod turns;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Extension, Json, Router};
use hotline_protocol::bytes::Hash;
use hotline_protocol::hello::{Acknowledgement, HELLO_BYTES_LIMIT, Hello, RUN_MEDIA_TYPE, WANTS_LIMIT};
use hotline_protocol::id::NodeId;
use hotline_protocol::log::{Cursor, FORK_MEDIA_TYPE, Position};
use hotline_protocol::problem::{Document, Problem};
use serde::Deserialize;

use super::node::Shared;
use crate::exchange::log::{self, BodyAnswer, LogError, RunQuery};
use crate::exchange::{HelloRefused, make_hello, take_hello};
use crate::pipeline::{AppliedRun, PreparedRun, apply_run, verify_run};
use crate::problem::{Audience, ExchangeProblem, with_problems};
use crate::report::ReportError;
use crate::storage::StorageError;
use crate::trust::DigestKeyError;
use crate::trust::{Admission, AuthenticatedPeer};

use decimal::{Decimal, FromOne};
use turns::Call;
pub(super) use turns::Turns;

/// A compressed request may be as large as a plain one.
const REQUEST_LIMIT: usize = 16 * 1024 * 1024;
/// Longest wait of a long poll.
const WAIT_LIMIT_SECONDS: u64 = 25;

/// The routes.
pub(super) fn router(shared: Arc<Shared>) -> Router {
    let routes = Router::new()
        .route("/hxp/v1/hello", post(hello))
        .route("/hxp/v1/logs/{log}/runs", put(push).get(pull))
        .route("/hxp/v1/logs/{log}/fork", get(fork))
        .route("/hxp/v1/bodies/{hash}", get(body))
        .layer(DefaultBodyLimit::max(REQUEST_LIMIT))
        .with_state(Arc::clone(&shared));
    // Outermost: a suspended peer learns nothing more, not even which paths there are.
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
            shared.hub.links.heard_from(peer.id(), shared.hub.context.now_micros(), true);
            let limit = Duration::from_secs(u64::from(shared.config.exchange.body_timeout_seconds));
            match tokio::time::timeout(limit, next.run(request)).await {
                Ok(response) => response,
                Err(_) => ExchangeProblem::from(Problem::Busy).into_response(),
            }
        }
        Admission::Suspended => ExchangeProblem::from(Problem::Suspended).into_response(),
        Admission::Gone => ExchangeProblem::from(Problem::NotEntitled).into_response(),
    }
}

async fn hello(
    State(shared): State<Arc<Shared>>,
    Extension(peer): Extension<AuthenticatedPeer>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Hello>, ExchangeProblem> {
    let body = bounded::read(&headers, &body)?;
    if body.len() > HELLO_BYTES_LIMIT {
        return Err(Problem::TooLarge.into());
    }
    let told: Hello = serde_json::from_slice(&body).map_err(|_| Problem::Malformed)?;
    take_hello(&shared.hub, peer.id(), &told).await.map_err(hello_problem)?;
    let answer = make_hello(&shared.hub.context, &shared.hub.boot, &shared.hub.settings, peer.id())
        .await
        .map_err(hello_problem)?;
    Ok(Json(answer))
}

async fn push(
    State(shared): State<Arc<Shared>>,
    Extension(peer): Extension<AuthenticatedPeer>,
    Path(log): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Acknowledgement>, ExchangeProblem> {
    let turn = shared.turns.take(peer.id(), Call::Push)?;
    let is_own = log == shared.hub.context.own.as_str();
    if is_own || known_log(&shared, &log)? != *peer.id() {
        return Err(Document::new(Problem::NotEntitled).with_detail("Only its author pushes a log.").into());
    }
    let log = peer.id().clone();
    if headers.get(header::CONTENT_TYPE).is_none_or(|kind| kind != RUN_MEDIA_TYPE) {
        return Err(Document::new(Problem::Malformed).with_detail("A run is application/hxp-run.").into());
    }
    let text = String::from_utf8(bounded::read(&headers, &body)?).map_err(|_| Problem::Malformed)?;
    let context = &shared.hub.context;
    // Runs are verified at once, and applied in the order in which they came.
    let (run, _first) = tokio::join!(verify_run(context, &log, text.into(), turn.clone()), turn.first_in_line());
    let run = run.map_err(|error| log_problem("verify_run", error))?;
    let applied = apply_to_the_end(&shared, run, turn.clone()).await?;
    if applied.changes_keys {
        // Before the answer: its author may show the new certificate from then on.
        shared.hub.reload_peers().await.map_err(|error| log_problem("reload_peers", error.into()))?;
    }
    let wants = log::wants(context.database.read(), &log, WANTS_LIMIT as u64)
        .await
        .map_err(|error| log_problem("wants", error.into()))?;
    Ok(Json(Acknowledgement { cursor: applied.cursor, wants: wants.into_iter().map(|(_, hash)| hash).collect() }))
}

/// Applies a run. One that opens an epoch may take longer than a request, and is applied to its end whether anybody waits
/// for it or not: given up and begun anew, it would never be done, and nobody could write meanwhile.
async fn apply_to_the_end(
    shared: &Arc<Shared>,
    run: PreparedRun,
    turn: turns::Turn,
) -> Result<AppliedRun, ExchangeProblem> {
    let context = &shared.hub.context;
    let refused = |error| log_problem("apply_run", error);
    if !run.opens_epoch() {
        return apply_run(context, &run).await.map_err(refused);
    }
    let (done, waits) = tokio::sync::oneshot::channel();
    let applying = Arc::clone(shared);
    shared.tasks.spawn("epoch", move |_| async move {
        let applied = apply_run(&applying.hub.context, &run).await;
        drop(turn);
        // Whoever asked may have gone.
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
    // Registered before looking: what is sealed in between wakes the wait.
    let mut changes = hub.context.database.changes();
    let wait = Duration::from_secs(query.wait.number().min(WAIT_LIMIT_SECONDS));
    let deadline = tokio::time::Instant::now() + wait;
    loop {
        changes.mark_unchanged();
        let found = log::read_run(&hub.context, peer.id(), &asked).await;
        if let Some(run) = found.map_err(|error| log_problem("read_run", error))? {
            return Ok(([(header::CONTENT_TYPE, RUN_MEDIA_TYPE)], run.text).into_response());
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
    let kept = log::kept_fork(context.database.read(), &log, query.ep.number()).await;
    Ok(match kept.map_err(|error| log_problem("kept_fork", error.into()))? {
        Some(kept) => ([(header::CONTENT_TYPE, FORK_MEDIA_TYPE)], kept.proof).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    })
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
) -> Result<String, ExchangeProblem> {
    let _turn = shared.turns.take(peer.id(), Call::Body)?;
    let hash: Hash = hash.parse().map_err(|_| Problem::Malformed)?;
    let place = Position { epoch: query.ep.number(), seq: query.seq.number() };
    let answer = log::read_body(&shared.hub.context, peer.id(), place, &hash).await;
    match answer.map_err(|error| log_problem("read_body", error))? {
        BodyAnswer::Body(line) => Ok(line),
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
        // What came is taken once, however often it comes.
        LogError::Storage(StorageError::Busy(_) | StorageError::OutcomeUnknown) => {
            ExchangeProblem::from(Problem::Busy).retry_after(1)
        }
        LogError::Storage(fault) | LogError::Report(ReportError::Storage(fault)) if fault.takes_nothing_now() => {
            ExchangeProblem::from(Problem::Busy).retry_after(60)
        }
        error => ExchangeProblem::internal(act, &error),
    }
}

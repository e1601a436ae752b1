//! Health and metrics, for the machine's own supervisor: loopback by default.

use std::cmp::Reverse;
use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Json, Router};

use super::{connection, door, exchange_api, public_api};
use crate::access::account::credential::show_sign_ins;
use crate::health::{Check, Served, is_ready};
use crate::problem::{Audience, ForPeople, with_problems};
use crate::server::metrics::VERSION;
use crate::server::shared::Shared;
use crate::server::{metrics as figures, office_forms};

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    show_counters();
    let routes = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(readyz))
        .route("/checks", get(checks))
        .route("/metrics", get(metrics))
        .with_state(shared);
    with_problems(routes, Audience::Public)
}

/// Whether the node is ready, and a line for each check that is not well, first those that stop it.
async fn readyz(State(shared): State<Arc<Shared>>) -> Response {
    let mut checks = shared.examine().await.checks;
    let ready = is_ready(&checks);
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let mut text = if ready { "ready\n".to_owned() } else { "not ready\n".to_owned() };
    checks.sort_by_key(|check| Reverse((check.stops, check.status)));
    for reason in checks.iter().filter_map(Check::reason) {
        let _ = writeln!(text, "{reason}");
    }
    (status, Extension(ForPeople), text).into_response()
}

/// The whole list, for `doctor` in another process.
async fn checks(State(shared): State<Arc<Shared>>) -> Json<Served> {
    let checks = shared.examine().await.checks;
    let node = shared.hub.context.own.clone();
    Json(Served { node, version: VERSION.to_owned(), ready: is_ready(&checks), checks })
}

/// Prometheus' text form.
async fn metrics(State(shared): State<Arc<Shared>>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], figures::all(&shared).await).into_response()
}

/// Shows counters from the start: an absent counter looks to its viewer like a wrong name.
fn show_counters() {
    figures::describe();
    show_sign_ins();
    door::show_counters();
    connection::show_counters(&["exchange", "office", "public", "operations"]);
    exchange_api::show_counters();
    office_forms::show_counters();
    public_api::show_counters();
}

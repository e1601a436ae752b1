//! Health and metrics, for the machine's own supervisor: loopback by default.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};

use super::node::Shared;
use super::readiness::readiness;
use crate::problem::{Audience, ForPeople, with_problems};
use crate::telemetry;
use crate::trust::days_left;

pub(super) fn router(shared: Arc<Shared>) -> Router {
    let routes = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .with_state(shared);
    with_problems(routes, Audience::Public)
}

async fn readyz(State(shared): State<Arc<Shared>>) -> Response {
    let readiness = readiness(&shared).await;
    let status = if readiness.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let mut text = if readiness.ready { "ready\n".to_owned() } else { "not ready\n".to_owned() };
    for reason in readiness.reasons {
        let _ = writeln!(text, "{reason}");
    }
    (status, Extension(ForPeople), text).into_response()
}

/// Prometheus' text form. No label ever holds a URL or a host.
async fn metrics(State(shared): State<Arc<Shared>>) -> Response {
    let now = shared.hub.context.now_micros();
    let head = shared.hub.sealer.head().borrow().seq;
    metrics::gauge!("hotline_log_entries").set(exact(head));
    for (peer, link) in shared.hub.links.all() {
        let behind = head.saturating_sub(link.acknowledged.seq);
        metrics::gauge!("hotline_peer_behind_entries", "peer" => peer.to_string()).set(exact(behind));
        let silent = link.last_contact.map_or(0, |at| u64::try_from((now - at) / 1_000_000).unwrap_or(0));
        metrics::gauge!("hotline_peer_silent_seconds", "peer" => peer.to_string()).set(exact(silent));
        metrics::gauge!("hotline_peer_failures", "peer" => peer.to_string()).set(f64::from(link.failures));
    }
    let days = |end| exact(u64::try_from(days_left(end, now / 1_000_000)).unwrap_or(0));
    metrics::gauge!("hotline_certificate_days_left").set(days(shared.hub.shown.not_after()));
    for (peer, last_end) in shared.hub.directory.last_ends() {
        metrics::gauge!("hotline_peer_certificate_days_left", "peer" => peer.to_string())
            .set(last_end.map_or(0.0, days));
    }
    let handle = telemetry::metrics();
    handle.run_upkeep();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], handle.render()).into_response()
}

/// Counts are far below 2^53, where a float is exact.
fn exact(count: u64) -> f64 {
    u32::try_from(count).map_or_else(|_| f64::from(u32::MAX), f64::from)
}

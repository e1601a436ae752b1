//! Forms of the office: room is taken before anything of one is read, so that nobody fills the memory with forms that are
//! never sent to their end.

use std::net::IpAddr;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Router};

use super::http::door::counted_as;
use super::http::listener::Caller;
use super::http::public_api::{length_of, source_of};
use super::http::{Bounds, Budget};
use crate::web::shell::FORM_LIMIT_BYTES;

/// The count of requests that were sent away.
const REFUSED: &str = "hotline_requests_refused_total";
/// Forms that lie in memory, of all and of one address: at once 32 of the largest that there are. Typed forms are far
/// shorter: one is taken from an address with nothing in memory, regardless of the others' use.
const BOUNDS: Bounds = Bounds { all: 16 * 1_024 * 1_024, each: 32 * FORM_LIMIT_BYTES, always: 4 * 1_024 };

/// Lets in forms as there is room for them.
pub(super) fn bounded(router: Router) -> Router {
    router.layer(from_fn_with_state(Budget::new(BOUNDS), admit))
}

/// Shows the counter before its first event.
pub(super) fn show_counters() {
    metrics::counter!(REFUSED, "listener" => "office", "reason" => "room").increment(0);
}

/// Takes room for a form, and reads it whole before anybody works on it.
async fn admit(
    State(budget): State<Budget<IpAddr>>,
    Extension(caller): Extension<Caller>,
    request: Request,
    next: Next,
) -> Response {
    let source = counted_as(source_of(caller, request.headers()));
    let length = length_of(request.body(), FORM_LIMIT_BYTES);
    let Ok(_room) = budget.take(source, length) else {
        metrics::counter!(REFUSED, "listener" => "office", "reason" => "room").increment(1);
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let (head, body) = request.into_parts();
    match to_bytes(body, FORM_LIMIT_BYTES).await {
        Ok(form) => next.run(Request::from_parts(head, Body::from(form))).await,
        // Longer than it said, or broken off.
        Err(_) => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
    }
}

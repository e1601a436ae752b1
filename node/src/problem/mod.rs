//! Refusals as problem documents (RFC 9457): those of the protocol to peers, those of the public API to everybody.
//!
//! Every refusal is one, axum's own included: see [`refusal::with_problems`]. A fault of ours (5xx) never carries an
//! error's text: the log has the text, once.

mod exchange;
mod json;
mod other_path;
mod public;
mod refusal;

#[cfg(test)]
mod tests;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
pub use exchange::ExchangeProblem;
use hotline_protocol::problem::MEDIA_TYPE;
pub use json::Json;
pub use public::{FieldFault, PublicProblem};
pub use refusal::{Audience, ForPeople, with_problems};
use serde::Serialize;

/// The answer that carries a document.
fn respond(status: StatusCode, document: &impl Serialize, retry_after_seconds: Option<u32>) -> Response {
    let body = serde_json::to_vec(document).expect("a document holds texts and numbers under text keys");
    let fixed = [(header::CONTENT_TYPE, MEDIA_TYPE), (header::CACHE_CONTROL, "no-store")];
    let mut response = (status, fixed, body).into_response();
    if let Some(seconds) = retry_after_seconds {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// The same for a page: its answer is not a problem document.
pub(crate) fn log_page_fault(act: &'static str, error: &(dyn std::error::Error + 'static)) {
    log_fault(act, error);
}

/// Logs a fault of ours with its causes: the one place where it is written. `act` names the attempted act.
fn log_fault(act: &'static str, error: &(dyn std::error::Error + 'static)) {
    tracing::error!(act, error, "answered with an internal error");
}

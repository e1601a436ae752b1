//! The protocol's problems, as answers to peers.

use std::error::Error;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use hotline_protocol::problem::{Document, Problem};

use super::{log_fault, respond};

/// A problem of the protocol, as an answer.
#[derive(Clone, Debug)]
pub struct ExchangeProblem {
    document: Document,
    retry_after_seconds: Option<u32>,
}

impl ExchangeProblem {
    /// A fault of ours: logged here, with the attempted act; the answer tells nothing of it.
    #[must_use]
    pub fn internal(act: &'static str, error: &(dyn Error + 'static)) -> Self {
        log_fault(act, error);
        Problem::Internal.into()
    }

    /// Asks the peer to come back after so many seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    /// The problem.
    #[must_use]
    pub fn problem(&self) -> Problem {
        self.document.problem()
    }

    /// The problem for a refusal that axum or a layer made.
    pub(super) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => Problem::TooLarge,
            StatusCode::TOO_MANY_REQUESTS => Problem::RateLimited,
            StatusCode::REQUEST_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
                Problem::Busy
            }
            status if status.is_server_error() => Problem::Internal,
            _ => Problem::Malformed,
        }
        .into()
    }
}

impl From<Problem> for ExchangeProblem {
    fn from(problem: Problem) -> Self {
        Document::new(problem).into()
    }
}

impl From<Document> for ExchangeProblem {
    fn from(document: Document) -> Self {
        Self { document, retry_after_seconds: None }
    }
}

impl IntoResponse for ExchangeProblem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.problem().status()).expect("the table holds HTTP statuses");
        respond(status, &self.document, self.retry_after_seconds)
    }
}

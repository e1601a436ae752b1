//! The problems of the public API.

use std::borrow::Cow;
use std::error::Error;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::{log_fault, respond};

/// The beginning of `type`; the protocol between nodes has a family of its own.
const TYPE_PREFIX: &str = "urn:hotline-node:p:";

/// A fault of one field of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldFault {
    /// The field, such as `urls[2]`; empty for the whole document.
    pub field: String,
    /// The fault, in one sentence that does not repeat the value.
    pub fault: Cow<'static, str>,
}

macro_rules! problems {
    ($($(#[$doc:meta])+ $variant:ident = $name:literal, $status:ident, $title:literal;)+) => {
        /// Why the public API refuses a request.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        enum Kind { $($(#[$doc])+ $variant),+ }

        impl Kind {
            const ALL: &'static [Self] = &[$(Self::$variant),+];

            const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            const fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status),+ }
            }

            const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),+ }
            }
        }
    };
}

problems! {
    /// The request cannot be read.
    Malformed = "malformed", BAD_REQUEST, "The request cannot be read.";
    /// No secret, or not the right one.
    Unauthenticated = "unauthenticated", UNAUTHORIZED, "The secret is missing or wrong.";
    /// Nothing is here.
    NotFound = "not-found", NOT_FOUND, "There is nothing here.";
    /// Something is here, but not for this method.
    MethodNotAllowed = "method-not-allowed", METHOD_NOT_ALLOWED, "This is not done with this method.";
    /// The request did not come in time.
    Timeout = "timeout", REQUEST_TIMEOUT, "The request took too long.";
    /// The request is over a limit.
    PayloadTooLarge = "payload-too-large", PAYLOAD_TOO_LARGE, "The request is too large.";
    /// The body is not JSON.
    UnsupportedMediaType = "unsupported-media-type", UNSUPPORTED_MEDIA_TYPE, "The body must be application/json.";
    /// Fields are wrong.
    Validation = "validation", UNPROCESSABLE_ENTITY, "Some fields cannot be taken as they are.";
    /// The same request is at work.
    AtWork = "at-work", CONFLICT, "The same request is being worked on; send it again for its answer.";
    /// Another request came under this key.
    KeyTaken = "key-taken", UNPROCESSABLE_ENTITY, "Another report was sent under this Idempotency-Key.";
    /// The client asks too often.
    TooManyRequests = "too-many-requests", TOO_MANY_REQUESTS, "You ask too often.";
    /// A fault of ours.
    Internal = "internal", INTERNAL_SERVER_ERROR, "Something went wrong here.";
    /// The node has no room for the request now.
    Busy = "busy", SERVICE_UNAVAILABLE, "There is no room for this request now.";
    /// The database went away while the report was being written.
    OutcomeUnknown = "outcome-unknown", SERVICE_UNAVAILABLE,
        "It is not known whether this was taken in. Send it again with the same Idempotency-Key, if it had one.";
}

/// A problem of the public API, as an answer.
#[derive(Clone, Debug)]
pub struct PublicProblem {
    kind: Kind,
    faults: Vec<FieldFault>,
    retry_after_seconds: Option<u32>,
}

impl PublicProblem {
    const fn new(kind: Kind) -> Self {
        Self { kind, faults: Vec::new(), retry_after_seconds: None }
    }

    /// 400: the request cannot be read.
    #[must_use]
    pub const fn malformed() -> Self {
        Self::new(Kind::Malformed)
    }

    /// 401: no secret, or not the right one. The same answer whether the case exists or not.
    #[must_use]
    pub const fn unauthenticated() -> Self {
        Self::new(Kind::Unauthenticated)
    }

    /// 404.
    #[must_use]
    pub const fn not_found() -> Self {
        Self::new(Kind::NotFound)
    }

    /// 408: the request did not come in time.
    #[must_use]
    pub const fn timeout() -> Self {
        Self::new(Kind::Timeout)
    }

    /// 413.
    #[must_use]
    pub const fn payload_too_large() -> Self {
        Self::new(Kind::PayloadTooLarge)
    }

    /// 422: these fields are wrong.
    #[must_use]
    pub const fn validation(faults: Vec<FieldFault>) -> Self {
        Self { kind: Kind::Validation, faults, retry_after_seconds: None }
    }

    /// 409: the same request is at work; its answer is there in a moment.
    #[must_use]
    pub const fn at_work() -> Self {
        Self { kind: Kind::AtWork, faults: Vec::new(), retry_after_seconds: Some(1) }
    }

    /// 422: another request came under this key.
    #[must_use]
    pub const fn key_taken() -> Self {
        Self::new(Kind::KeyTaken)
    }

    /// 429: come back after so many seconds.
    #[must_use]
    pub const fn too_many_requests(retry_after_seconds: u32) -> Self {
        Self { kind: Kind::TooManyRequests, faults: Vec::new(), retry_after_seconds: Some(retry_after_seconds) }
    }

    /// 503: come back after so many seconds.
    #[must_use]
    pub const fn busy(retry_after_seconds: u32) -> Self {
        Self { kind: Kind::Busy, faults: Vec::new(), retry_after_seconds: Some(retry_after_seconds) }
    }

    /// 503: nobody can tell whether the request was done. Without `Retry-After`: a client that comes back by itself
    /// would do it twice.
    #[must_use]
    pub const fn outcome_unknown() -> Self {
        Self::new(Kind::OutcomeUnknown)
    }

    /// 500: a fault of ours, logged here with the attempted act; the answer tells nothing of it.
    #[must_use]
    pub fn internal(act: &'static str, error: &(dyn Error + 'static)) -> Self {
        log_fault(act, error);
        Self::new(Kind::Internal)
    }

    /// The problem for a refusal that axum or a layer made.
    pub(super) fn of_status(status: StatusCode) -> Self {
        let same = Kind::ALL.iter().copied().find(|kind| kind.status() == status);
        let near = if status.is_server_error() { Kind::Internal } else { Kind::Malformed };
        Self::new(same.unwrap_or(near))
    }
}

impl IntoResponse for PublicProblem {
    fn into_response(self) -> Response {
        #[derive(Serialize)]
        struct Document<'a> {
            r#type: String,
            title: &'a str,
            status: u16,
            #[serde(skip_serializing_if = "<[FieldFault]>::is_empty")]
            faults: &'a [FieldFault],
        }
        let (kind, status) = (self.kind, self.kind.status());
        let document = Document {
            r#type: format!("{TYPE_PREFIX}{}", kind.name()),
            title: kind.title(),
            status: status.as_u16(),
            faults: &self.faults,
        };
        respond(status, &document, self.retry_after_seconds)
    }
}

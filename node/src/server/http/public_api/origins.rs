//! The hotline's own site may ask from a browser (CORS): exactly the origins that the configuration names.
//!
//! Nothing is sent with cookies, so an origin gets no right that a program lacks. It only may read the answers to its
//! own requests.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;

use super::request_key;
use crate::config::value::Origin;

/// The methods and headers that a browser may send, and how long it need not ask again.
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST");
const SECONDS: HeaderValue = HeaderValue::from_static("600");
const ASKED: HeaderValue =
    HeaderValue::from_static("origin, access-control-request-method, access-control-request-headers");

/// Adds the headers for browsers to every answer, refusals included.
pub(super) fn with_origins(router: Router, origins: &[Origin]) -> Router {
    if origins.is_empty() {
        return router;
    }
    let origins: Arc<[String]> = origins.iter().map(ToString::to_string).collect();
    router.layer(from_fn_with_state(origins, answer))
}

async fn answer(State(origins): State<Arc<[String]>>, request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN).filter(|asked| origins.iter().any(|it| it == *asked)).cloned();
    let asks_before =
        request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = match (&origin, asks_before) {
        (Some(_), true) => permission(),
        _ => next.run(request).await,
    };
    let headers = response.headers_mut();
    headers.append(header::VARY, if asks_before { ASKED } else { HeaderValue::from_static("origin") });
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, names(&[header::RETRY_AFTER]));
    }
    response
}

/// The permission that a browser asks for before it sends a request.
fn permission() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers: &mut HeaderMap = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    let taken = [header::AUTHORIZATION, header::CONTENT_TYPE, request_key::HEADER];
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, names(&taken));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, SECONDS);
    response
}

fn names(names: &[HeaderName]) -> HeaderValue {
    let text = names.iter().map(HeaderName::as_str).collect::<Vec<_>>().join(", ");
    HeaderValue::from_str(&text).expect("names of headers are ASCII")
}

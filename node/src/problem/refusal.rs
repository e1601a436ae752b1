//! Refusals that no handler wrote: of the router, of extractors, of layers.

use axum::Router;
use axum::http::{StatusCode, Uri, header};
use axum::middleware::map_response;
use axum::response::{IntoResponse as _, Response};
use hotline_protocol::problem::MEDIA_TYPE;

use super::{ExchangeProblem, PublicProblem, other_path};

/// The clients of a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Other nodes: `urn:hxp:p:…`.
    Peers,
    /// Everybody else: `urn:hotline-node:p:…`.
    Public,
}

/// Stands in the extensions of a refusal with a text that a handler wrote for people.
#[derive(Debug, Clone, Copy)]
pub struct ForPeople;

/// Turns every refusal of `router` and of the layers inside it into a problem document. To be applied last, when all
/// routes and layers are there. Pages in HTML, and refusals marked [`ForPeople`], stay as they are.
pub fn with_problems<S>(router: Router<S>, audience: Audience) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    // The fallback is named so that a nested router's default cannot answer with an empty body outside the layer.
    router
        .fallback(move |uri: Uri| async move {
            match audience {
                Audience::Peers => other_path::answer(&uri).into_response(),
                Audience::Public => StatusCode::NOT_FOUND.into_response(),
            }
        })
        .layer(map_response(move |response| async move { in_form(response, audience) }))
}

fn in_form(response: Response, audience: Audience) -> Response {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || is_written(&response) {
        return response;
    }
    let mut problem = match audience {
        Audience::Peers => ExchangeProblem::of_status(status).into_response(),
        Audience::Public => PublicProblem::of_status(status).into_response(),
    };
    // Headers that a client needs beside the document: the allowed methods, and when to come back.
    for name in [header::ALLOW, header::RETRY_AFTER, header::WWW_AUTHENTICATE] {
        if let Some(value) = response.headers().get(&name) {
            problem.headers_mut().insert(name, value.clone());
        }
    }
    problem
}

/// Whether a handler wrote it: a problem document, a page, or a text.
fn is_written(response: &Response) -> bool {
    if response.extensions().get::<ForPeople>().is_some() {
        return true;
    }
    let media_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    media_type.is_some_and(|media_type| media_type.starts_with(MEDIA_TYPE) || media_type.starts_with("text/html"))
}

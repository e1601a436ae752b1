//! From a cookie to the viewer.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::cookie::cookie;
use crate::access::account::{Session, Viewer, Visit};
use crate::web::shell::error::{PageError, as_page};
use crate::web::shell::layout::Frame;
use crate::web::shell::local_path::LocalPath;
use crate::web::shell::state::Office;

/// `__Host-`: the browser takes it from this host alone, over TLS, for all its paths.
const COOKIE: &str = "__Host-hotline-session";

/// Puts the viewer and the session into the request; the session goes on with the answer.
pub(crate) async fn identify(
    State(office): State<Arc<Office>>,
    frame: Frame,
    mut request: Request,
    next: Next,
) -> Response {
    // The same for everybody: no reason to read the database.
    let is_asset = request.uri().path().starts_with("/assets/");
    let Some(token) = cookie(request.headers(), COOKIE).filter(|_| !is_asset) else {
        return next.run(request).await;
    };
    match office.accounts.visit(token).await {
        Ok(Some(Visit { viewer, session, token })) => {
            request.extensions_mut().insert(viewer);
            request.extensions_mut().insert(session);
            let response = next.run(request).await;
            if sets_session(&response) { response } else { with_session(response, &token) }
        }
        Ok(None) => {
            let response = next.run(request).await;
            if sets_session(&response) { response } else { without_session(response) }
        }
        Err(error) => as_page(frame, PageError::from(error).into_response()),
    }
}

/// Lets only signed-in users pass.
pub(crate) async fn required(request: Request, next: Next) -> Response {
    if request.extensions().get::<Viewer>().is_some() {
        return next.run(request).await;
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return PageError::SIGNED_OUT.into_response();
    }
    let here = request.uri().path_and_query().map_or("/", |path| path.as_str());
    Redirect::to(&LocalPath::parse(here).by_sign_in()).into_response()
}

/// The answer begins or goes on with a session.
pub(crate) fn with_session(response: Response, token: &str) -> Response {
    set(response, &format!("{COOKIE}={token}; Path=/; Secure; HttpOnly; SameSite=Lax"))
}

/// The answer ends a session in the browser.
pub(crate) fn without_session(response: Response) -> Response {
    set(response, &format!("{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"))
}

fn set(mut response: Response, cookie: &str) -> Response {
    let cookie = HeaderValue::try_from(cookie).expect("a token is base64url and dots");
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}

fn sets_session(response: &Response) -> bool {
    let mut cookies = response.headers().get_all(header::SET_COOKIE).iter();
    cookies.any(|cookie| cookie.as_bytes().starts_with(COOKIE.as_bytes()))
}

/// The session of a signed-in user.
impl<S: Sync> FromRequestParts<S> for Session {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, PageError> {
        parts.extensions.get::<Self>().cloned().ok_or(PageError::SIGNED_OUT)
    }
}

/// The signed-in user, in any role.
impl<S: Sync> FromRequestParts<S> for Viewer {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, PageError> {
        parts.extensions.get::<Self>().cloned().ok_or(PageError::SIGNED_OUT)
    }
}

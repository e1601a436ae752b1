//! The way of rights: from a right's table to a handler's argument.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::access::account::{Entitled, RightOf, Viewer};
use crate::web::shell::error::PageError;

/// Nobody gets past it without the right: a viewer without a session was led to the sign-in before.
impl<S: Sync, R: RightOf> FromRequestParts<S> for Entitled<R> {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, PageError> {
        let viewer = parts.extensions.get::<Viewer>().cloned().ok_or(PageError::FORBIDDEN)?;
        Self::of(viewer).ok_or(PageError::FORBIDDEN)
    }
}

//! The answer that shows a page.

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};

use super::error::PageError;

/// The answer that shows a page.
pub(crate) fn page(view: &impl askama::Template) -> Result<Response, PageError> {
    page_with(StatusCode::OK, view)
}

/// The answer that shows a page, with another status than 200.
pub(crate) fn page_with(status: StatusCode, view: &impl askama::Template) -> Result<Response, PageError> {
    let text = view.render().map_err(|error| PageError::internal("render", &error))?;
    Ok((status, Html(text)).into_response())
}

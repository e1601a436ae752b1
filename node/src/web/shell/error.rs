//! Refusals as pages.

use std::error::Error;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use super::layout::Frame;
use crate::access::account::AccountError;
use crate::intake::FindError;
use crate::problem::log_page_fault;
use crate::report::ReportError;
use crate::storage::StorageError;

/// Why a page is not shown. The cause stands in the log alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageError {
    status: StatusCode,
    /// The key of the text.
    text: &'static str,
}

/// Makes the refusals, and the list of all of them.
macro_rules! refusals {
    ($($(#[$doc:meta])* $visibility:vis const $name:ident = ($status:ident, $text:literal);)*) => {
        impl PageError {
            $($(#[$doc])* $visibility const $name: Self = Self { status: StatusCode::$status, text: $text };)*

            /// All of them.
            #[cfg(test)]
            const ALL: &[Self] = &[$(Self::$name),*];
        }
    };
}

refusals! {
    /// 404: there is no such page, or not for this viewer; the same for both.
    pub(crate) const NOT_FOUND = (NOT_FOUND, "error-not-found");
    /// 403: for another role.
    pub(crate) const FORBIDDEN = (FORBIDDEN, "error-forbidden");
    /// 403: the sender of the form is not signed in any more.
    pub(crate) const SIGNED_OUT = (FORBIDDEN, "error-signed-out");
    /// 403: the form comes from another site, as far as the browser says.
    pub(crate) const FOREIGN_FORM = (FORBIDDEN, "error-foreign-form");
    /// 410: a one-time link that was used, is too old, or never was one.
    pub(crate) const LINK_OVER = (GONE, "error-link-over");
    /// 400: the typed text is impossible.
    pub(crate) const MALFORMED = (BAD_REQUEST, "error-malformed");
    /// 400: the typed text is like a URL, and none that can be read.
    pub(crate) const URL_NOT_READ = (BAD_REQUEST, "error-url-not-read");
    /// 400: a period that is none, or too long.
    pub(crate) const PERIOD = (BAD_REQUEST, "error-period");
    /// 503: the database is away.
    pub(crate) const BUSY = (SERVICE_UNAVAILABLE, "error-busy");
    /// 503: nobody can tell whether it was done.
    const OUTCOME_UNKNOWN = (SERVICE_UNAVAILABLE, "error-outcome-unknown");
    /// 500: a fault of ours.
    const INTERNAL = (INTERNAL_SERVER_ERROR, "error-internal");
}

impl PageError {
    /// 500: a fault of ours, logged here with the attempted act.
    pub(crate) fn internal(act: &'static str, error: &(dyn Error + 'static)) -> Self {
        log_page_fault(act, error);
        Self::INTERNAL
    }

    fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::NOT_FOUND,
            StatusCode::FORBIDDEN => Self::FORBIDDEN,
            StatusCode::SERVICE_UNAVAILABLE => Self::BUSY,
            status if status.is_server_error() => Self::INTERNAL,
            status => Self { status, ..Self::MALFORMED },
        }
    }

    fn shown(self, frame: Frame) -> Response {
        let view = ErrorPage { frame, text: self.text };
        let body = view.render().unwrap_or_else(|_| self.status.to_string());
        (self.status, Html(body)).into_response()
    }
}

impl From<StorageError> for PageError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::OutcomeUnknown => Self::OUTCOME_UNKNOWN,
            error if error.takes_nothing_now() => Self::BUSY,
            error => Self::internal("page", &error),
        }
    }
}

impl From<ReportError> for PageError {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::NotFound | ReportError::Name(_) => Self::NOT_FOUND,
            ReportError::Storage(error) => error.into(),
            error => Self::internal("page", &error),
        }
    }
}

impl From<FindError> for PageError {
    fn from(error: FindError) -> Self {
        match error {
            FindError::Report(error) => error.into(),
            error @ FindError::Keys(_) => Self::internal("find", &error),
        }
    }
}

impl From<AccountError> for PageError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Storage(error) => error.into(),
            AccountError::Busy => Self::BUSY,
            AccountError::InvitationOver => Self::LINK_OVER,
            // A page of its own tells this to the viewer, unless the account or its session ended meanwhile.
            AccountError::Unknown(_) => Self::SIGNED_OUT,
            AccountError::Taken(_)
            | AccountError::PeerUnknown(_)
            | AccountError::LastAdmin(_)
            | AccountError::CodeRefused
            | AccountError::PasswordWrong
            | AccountError::Password(_) => Self::MALFORMED,
            error @ (AccountError::Secret(_) | AccountError::Inconsistent) => Self::internal("account", &error),
        }
    }
}

/// Marks an answer that the outermost layer turns into a page in the reader's language.
impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Turns a refusal, axum's own and those of layers included, into a page.
pub(super) fn as_page(frame: Frame, response: Response) -> Response {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let is_page =
        response.headers().get(axum::http::header::CONTENT_TYPE).is_some_and(|kind| kind == "text/html; charset=utf-8");
    match response.extensions().get::<PageError>() {
        Some(error) => error.shown(frame),
        None if is_page => response,
        None => PageError::of_status(status).shown(frame),
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    frame: Frame,
    text: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::shell::language::Language;

    #[test]
    fn every_refusal_has_a_text_in_every_language() {
        for error in PageError::ALL {
            assert!(Language::ALL.iter().all(|language| language.has(error.text)), "{}", error.text);
        }
    }
}

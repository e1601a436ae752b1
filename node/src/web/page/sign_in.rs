//! The door: in and out.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use crate::access::account::{Attempt, Session};
use crate::web::shell::session::signed_in::{with_session, without_session};
use crate::web::shell::{Frame, LocalPath, Office, PageError, page, page_with};

#[derive(Template)]
#[template(path = "sign-in.html")]
struct SignInPage {
    frame: Frame,
    to: LocalPath,
    name: String,
    refused: bool,
}

/// Where to after the sign-in.
#[derive(Deserialize)]
pub(crate) struct To {
    #[serde(default)]
    to: String,
}

/// The typed fields.
#[derive(Deserialize)]
pub(crate) struct SignInForm {
    name: String,
    password: String,
    code: String,
    #[serde(default)]
    to: String,
}

/// `GET /sign-in`.
pub(crate) async fn show(Query(To { to }): Query<To>, frame: Frame) -> Result<Response, PageError> {
    let to = LocalPath::parse(&to);
    if frame.viewer.is_some() {
        return Ok(Redirect::to(to.as_str()).into_response());
    }
    page(&SignInPage { frame, to, name: String::new(), refused: false })
}

/// `POST /sign-in`.
pub(crate) async fn sign_in(
    State(office): State<Arc<Office>>,
    frame: Frame,
    Form(form): Form<SignInForm>,
) -> Result<Response, PageError> {
    let SignInForm { name, password, code, to } = form;
    let to = LocalPath::parse(&to);
    let attempt = Attempt { name: name.clone(), password: password.into(), code };
    if let Some(token) = office.accounts.sign_in(attempt).await? {
        return Ok(with_session(Redirect::to(to.as_str()).into_response(), &token));
    }
    let frame = frame.at(to.by_sign_in());
    page_with(StatusCode::FORBIDDEN, &SignInPage { frame, to, name, refused: true })
}

/// `POST /sign-out`: also where nobody is signed in any more.
pub(crate) async fn sign_out(
    State(office): State<Arc<Office>>,
    session: Option<axum::Extension<Session>>,
) -> Result<Response, PageError> {
    if let Some(axum::Extension(session)) = session {
        office.accounts.sign_out(&session).await?;
    }
    Ok(without_session(Redirect::to("/sign-in").into_response()))
}

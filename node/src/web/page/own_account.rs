//! One's own account.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use crate::access::account::{AccountError, Session, Viewer};
use crate::web::shell::session::signed_in::{with_session, without_session};
use crate::web::shell::{Frame, Office, PageError, page, page_with, password_text};

const PATH: &str = "/account";

#[derive(Template)]
#[template(path = "own-account.html")]
struct OwnAccountPage {
    frame: Frame,
    viewer: Viewer,
    is_changed: bool,
    /// The key of the fault's text.
    fault: Option<&'static str>,
}

/// The act that was done before.
#[derive(Deserialize)]
pub(crate) struct Done {
    #[serde(default)]
    done: Option<String>,
}

/// The typed fields.
#[derive(Deserialize)]
pub(crate) struct PasswordForm {
    old: String,
    password: String,
    again: String,
}

/// `GET /account`.
pub(crate) async fn show(viewer: Viewer, Query(query): Query<Done>, frame: Frame) -> Result<Response, PageError> {
    let is_changed = query.done.as_deref() == Some("password");
    page(&OwnAccountPage { frame, viewer, is_changed, fault: None })
}

/// `POST /account/password`.
pub(crate) async fn change_password(
    viewer: Viewer,
    session: Session,
    State(office): State<Arc<Office>>,
    frame: Frame,
    Form(form): Form<PasswordForm>,
) -> Result<Response, PageError> {
    let fault = if form.password == form.again {
        match office.accounts.change_password(&session, form.old.into(), &form.password).await {
            Ok(token) => return Ok(with_session(Redirect::to("/account?done=password").into_response(), &token)),
            Err(AccountError::Password(refused)) => password_text(refused),
            Err(AccountError::PasswordWrong) => "password-wrong",
            Err(error) => return Err(error.into()),
        }
    } else {
        "passwords-differ"
    };
    let view = OwnAccountPage { frame: frame.at(PATH), viewer, is_changed: false, fault: Some(fault) };
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &view)
}

/// `POST /account/sign-out-everywhere`.
pub(crate) async fn sign_out_everywhere(
    session: Session,
    State(office): State<Arc<Office>>,
) -> Result<Response, PageError> {
    office.accounts.sign_out_everywhere(&session).await?;
    Ok(without_session(Redirect::to("/sign-in").into_response()))
}

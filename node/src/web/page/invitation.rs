//! The page behind a one-time link.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use data_encoding::BASE64;
use qrcode::QrCode;
use qrcode::render::svg;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::access::account::{AccountError, Invitation};
use crate::web::shell::session::signed_in::with_session;
use crate::web::shell::{Frame, Office, PageError, page_with, password_text};

/// Large enough for a telephone's camera, in pixels.
const QR_WIDTH: u32 = 240;

#[derive(Template)]
#[template(path = "invitation.html")]
struct InvitationPage {
    frame: Frame,
    name: String,
    qr: Zeroizing<String>,
    secret: Zeroizing<String>,
    /// The key of the fault's text.
    fault: Option<&'static str>,
}

/// The typed fields.
#[derive(Deserialize)]
pub(crate) struct AcceptForm {
    password: String,
    again: String,
    code: String,
}

/// `GET /invitation/{token}`.
pub(crate) async fn show(
    State(office): State<Arc<Office>>,
    Path(token): Path<String>,
    frame: Frame,
) -> Result<Response, PageError> {
    let invitation = office.accounts.invitation(&token).await?;
    form(StatusCode::OK, frame, &invitation, None)
}

/// `POST /invitation/{token}`: takes it, once.
pub(crate) async fn accept(
    State(office): State<Arc<Office>>,
    Path(token): Path<String>,
    frame: Frame,
    Form(typed): Form<AcceptForm>,
) -> Result<Response, PageError> {
    let fault = if typed.password == typed.again {
        match office.accounts.accept(&token, &typed.password, &typed.code).await {
            Ok(session) => return Ok(with_session(Redirect::to("/").into_response(), &session)),
            Err(AccountError::Password(refused)) => password_text(refused),
            Err(AccountError::CodeRefused) => "code-refused",
            Err(error) => return Err(error.into()),
        }
    } else {
        "passwords-differ"
    };
    let invitation = office.accounts.invitation(&token).await?;
    form(StatusCode::UNPROCESSABLE_ENTITY, frame.at(format!("/invitation/{token}")), &invitation, Some(fault))
}

fn form(
    status: StatusCode,
    frame: Frame,
    invitation: &Invitation,
    fault: Option<&'static str>,
) -> Result<Response, PageError> {
    let uri = invitation.factor.uri();
    let code = QrCode::new(uri.as_bytes()).map_err(|error| PageError::internal("invitation", &error))?;
    let svg = Zeroizing::new(code.render::<svg::Color<'_>>().min_dimensions(QR_WIDTH, QR_WIDTH).build());
    let view = InvitationPage {
        frame,
        name: invitation.name.to_string(),
        qr: Zeroizing::new(BASE64.encode(svg.as_bytes())),
        secret: invitation.factor.in_groups(),
        fault,
    };
    page_with(status, &view)
}

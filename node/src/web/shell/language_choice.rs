//! The choice of a language.

use axum::Form;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::error::PageError;
use super::language::{COOKIE, Language};
use super::local_path::LocalPath;

/// A year, in seconds.
const REMEMBERED: u32 = 31_536_000;

/// The language, and where to come back to.
#[derive(Deserialize)]
pub(super) struct LanguageForm {
    language: String,
    #[serde(default)]
    here: String,
}

/// `POST /language`.
pub(super) async fn language(Form(form): Form<LanguageForm>) -> Result<Response, PageError> {
    let language = Language::of_tag(&form.language).ok_or(PageError::MALFORMED)?;
    let mut response = Redirect::to(LocalPath::parse(&form.here).as_str()).into_response();
    let cookie = format!("{COOKIE}={}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={REMEMBERED}", language.tag());
    let cookie = HeaderValue::try_from(cookie).map_err(|error| PageError::internal("language", &error))?;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

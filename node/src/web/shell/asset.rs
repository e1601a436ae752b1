//! The one style sheet.

use axum::http::header;
use axum::response::IntoResponse;

/// `GET /assets/office.css`: the same for everybody.
pub(super) async fn style() -> impl IntoResponse {
    let fixed = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=300")];
    (fixed, concat!(include_str!("../../../templates/office.css"), include_str!("../../../templates/figure.css")))
}

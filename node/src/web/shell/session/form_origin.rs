//! The origins that a form may come from: the office's own pages, under any name that people reach them by.

use std::fmt::Display;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tower_http::csrf::{CsrfLayer, ProtectionError};

use crate::config::value::OwnUrl;
use crate::web::shell::error::PageError;

/// How a form is answered that comes from elsewhere.
type Refuse = fn(ProtectionError) -> Response;

/// Refuses forms of other sites. The browser says from where a form comes: its site (`Sec-Fetch-Site`), or with an
/// older browser the origin of its page. That origin must be the host that was asked, or `office.url`: a proxy may ask
/// for another host than the browser does.
pub(crate) fn refuses_foreign_forms(url: &OwnUrl) -> CsrfLayer<Refuse> {
    // As a browser writes it: without the port that the scheme implies.
    let origin = url.as_url().origin().ascii_serialization();
    let layer = CsrfLayer::new().add_trusted_origin(origin).expect("https with a host and a port is an origin");
    layer.with_rejection_response(refuse as Refuse)
}

/// Refuses a form that another site sent by the browser's word, also under the origin of `office.url`. The layer alone
/// lets a trusted origin pass, without regard to the rest of the request.
pub(crate) async fn refuse_other_sites(request: Request, next: Next) -> Response {
    let site = request.headers().get("sec-fetch-site");
    let is_other = site.is_some_and(|site| site != "same-origin" && site != "none");
    if is_other && !request.method().is_safe() {
        return foreign_form(&"the browser says that it comes from another site");
    }
    next.run(request).await
}

#[expect(clippy::needless_pass_by_value, reason = "the layer gives it away")]
fn refuse(error: ProtectionError) -> Response {
    foreign_form(&error)
}

/// The form's origin stands in no log line: an address of another site is its visitor's own affair.
fn foreign_form(reason: &dyn Display) -> Response {
    tracing::warn!(
        %reason,
        "the office refused a form that seems to come from another site; where people reach it through a proxy, office.url \
         must be the address in their browsers"
    );
    PageError::FOREIGN_FORM.into_response()
}

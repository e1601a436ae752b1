//! From where a form may come: from the office's own pages, under whatever name people reach them.

use axum::response::{IntoResponse as _, Response};
use tower_http::csrf::{CsrfLayer, ProtectionError};

use super::error::PageError;
use crate::config::OwnUrl;

/// How a form is answered that comes from elsewhere.
type Refuse = fn(ProtectionError) -> Response;

/// Refuses forms of other sites. The browser says from which site a form comes (`Sec-Fetch-Site`), or with an older one the
/// origin of its page, which must be the host that was asked, or `office.url`: a proxy may ask for another host than the
/// browser does.
pub(super) fn refuses_foreign_forms(url: &OwnUrl) -> CsrfLayer<Refuse> {
    // As a browser writes it: without the port that the scheme implies.
    let origin = url.as_url().origin().ascii_serialization();
    let layer = CsrfLayer::new().add_trusted_origin(origin).expect("https with a host and a port is an origin");
    layer.with_rejection_response(refuse as Refuse)
}

/// What came stands in no line: an address of another site is its visitor's own affair.
#[expect(clippy::needless_pass_by_value, reason = "the layer gives it away")]
fn refuse(error: ProtectionError) -> Response {
    tracing::warn!(
        reason = %error,
        "the office refused a form that seems to come from another site; where people reach it through a proxy, office.url \
         must be the address in their browsers"
    );
    PageError::FOREIGN_FORM.into_response()
}

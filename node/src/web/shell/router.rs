//! The office's routes: begin here to read about a page of it.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn, from_fn_with_state, map_response};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use super::error::as_page;
use super::layout::Frame;
use super::route::Audience::{Everybody, SignedIn, With};
use super::route::{Route, routes};
use super::session::{form_origin as origin, signed_in as session};
use super::state::Office;
use super::{asset, headers, language_choice as choice};
use crate::access::account::Right;
use crate::web::page::{
    accounts, audit as trail, exchange, figures_page, invitation, operation, own_account, reports, sign_in,
};

/// A form holds little.
pub const FORM_LIMIT_BYTES: usize = 64 * 1024;
/// A page is made within this time, or not at all.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// Every route of the office: a path that is not here does not exist. Tests go through this list, so that no page is
/// forgotten.
pub const ROUTES: &[Route] = &[
    Route::new("/assets/office.css", Everybody, || get(asset::style)),
    Route::new("/language", Everybody, || post(choice::language)),
    Route::new("/sign-in", Everybody, || get(sign_in::show).post(sign_in::sign_in)),
    Route::new("/sign-out", Everybody, || post(sign_in::sign_out)),
    Route::new("/invitation/{token}", Everybody, || get(invitation::show).post(invitation::accept)),
    Route::new("/", With(Right::SeeExchange), || get(exchange::volumes)),
    Route::new("/exchange/{file}", With(Right::SeeExchange), || get(exchange::download)),
    Route::new("/reconcile/{peer}", With(Right::SeeExchange), || get(exchange::reconcile)),
    Route::new("/figures", With(Right::SeeFigures), || get(figures_page::show)),
    Route::new("/figures/published", With(Right::SeeFigures), || get(figures_page::show_published)),
    Route::new("/figures/published/{file}", With(Right::SeeFigures), || get(figures_page::download_published)),
    Route::new("/figures/{file}", With(Right::SeeFigures), || get(figures_page::download)),
    Route::new("/reports", With(Right::SeeReports), || get(reports::list)),
    Route::new("/reports/find", With(Right::SeeReports), || post(reports::find)),
    Route::new("/reports/{number}", With(Right::SeeReports), || get(reports::show)),
    Route::new("/reports/{number}/reveal", With(Right::RevealUrl), || post(reports::reveal)),
    Route::new("/reports/{origin}/{rid}", With(Right::SeeReports), || get(reports::show_foreign)),
    Route::new("/reports/{origin}/{rid}/reveal", With(Right::RevealUrl), || post(reports::reveal_foreign)),
    Route::new("/peers", With(Right::SeeOperation), || get(operation::peers)),
    Route::new("/stuck", With(Right::SeeOperation), || get(operation::stuck)),
    Route::new("/alerts/acknowledge", With(Right::AcknowledgeAlerts), || post(operation::acknowledge_several)),
    Route::new("/alerts/{id}/acknowledge", With(Right::AcknowledgeAlerts), || post(operation::acknowledge)),
    Route::new("/trail", With(Right::SeeTrail), || get(trail::trail)),
    Route::new("/account", SignedIn, || get(own_account::show)),
    Route::new("/account/password", SignedIn, || post(own_account::change_password)),
    Route::new("/account/sign-out-everywhere", SignedIn, || post(own_account::sign_out_everywhere)),
    Route::new("/accounts", With(Right::ManageAccounts), || get(accounts::show).post(accounts::add)),
    Route::new("/accounts/{name}/disable", With(Right::ManageAccounts), || {
        get(accounts::ask_to_disable).post(accounts::disable)
    }),
    Route::new("/accounts/{name}/enable", With(Right::ManageAccounts), || post(accounts::enable)),
    Route::new("/accounts/{name}/reset", With(Right::ManageAccounts), || post(accounts::reset)),
];

/// The whole office. A form that another site sends is refused before anything is read of it. The browser keeps the
/// cookie back (`SameSite=Lax`), and `form_origin.rs` refuses it by where the browser says that it comes from. The
/// layers that `bounded` adds let every other one in: the listener knows how much may lie in memory.
pub fn router(office: Arc<Office>, bounded: impl FnOnce(Router) -> Router) -> Router {
    let zone = office.context.zone;
    let foreign_forms = origin::refuses_foreign_forms(&office.url);
    let pages = routes(ROUTES, |audience| audience == Everybody)
        .merge(inside())
        .fallback(|| async { StatusCode::NOT_FOUND })
        .with_state(Arc::clone(&office));
    bounded(pages)
        .layer(foreign_forms)
        .layer(from_fn(origin::refuse_other_sites))
        .layer(RequestBodyLimitLayer::new(FORM_LIMIT_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIME_LIMIT))
        .layer(from_fn(refusals_as_pages))
        .layer(from_fn_with_state(office, session::identify))
        .layer(Extension(zone))
        .layer(map_response(headers::set))
}

/// Routes for signed-in users; the handler's first argument names the right.
fn inside() -> Router<Arc<Office>> {
    routes(ROUTES, |audience| audience != Everybody).route_layer(from_fn(session::required))
}

/// The same routes, for a viewer that is in the request already.
#[cfg(test)]
pub(crate) fn pages(office: Arc<Office>) -> Router {
    let zone = office.context.zone;
    let inside = inside().fallback(|| async { StatusCode::NOT_FOUND }).with_state(office);
    inside.layer(from_fn(refusals_as_pages)).layer(Extension(zone))
}

async fn refusals_as_pages(frame: Frame, request: Request, next: Next) -> Response {
    as_page(frame, next.run(request).await)
}

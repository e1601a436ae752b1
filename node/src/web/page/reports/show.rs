//! One report with its history across all logs. `GET` shows its URL defanged to viewers that may see it;
//! `POST …/reveal` shows it as it is, once the asking person is recorded. It stands in the answer's text alone: never
//! in an address or a title.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::urls_for;
use crate::access::account::{Entitled, Viewer, right};
use crate::access::act::ActOrigin;
use crate::intake::look_up_known;
use crate::report::view::{ReportView, Reveal, Told, Urls, load_views};
use crate::report::{ReportError, find_report};
use crate::web::shell::{Frame, Office, PageError, page};

/// The page.
#[derive(Template)]
#[template(path = "reports/show.html")]
struct ShowPage<'a> {
    frame: Frame,
    view: ReportView,
    /// How URLs stand in the view.
    urls: Urls<'a>,
}

impl ShowPage<'_> {
    fn path(&self) -> String {
        format!("/reports/{}", self.view.name())
    }
}

async fn answer(office: &Office, name: &str, urls: Urls<'_>, frame: Frame) -> Result<Response, PageError> {
    let report = find_report(office.context.database.read(), name, office.context.own.seat()).await?;
    let reports = [report];
    let mut view = load_views(&office.context, &reports, urls).await?.pop().ok_or(ReportError::NotFound)?;
    look_up_known(&office.context, &reports[0], &mut view).await?;
    let frame = frame.at(format!("/reports/{}", view.name()));
    page(&ShowPage { frame, view, urls })
}

/// Returns the URLs as they are, for a viewer that asked for it.
fn revealed_to(viewer: &Viewer) -> Urls<'_> {
    Urls::Revealed(Reveal { who: &viewer.name, origin: ActOrigin::Office })
}

/// `GET /reports/{number}`.
pub(crate) async fn show(
    who: Entitled<right::SeeReports>,
    State(office): State<Arc<Office>>,
    Path(number): Path<String>,
    frame: Frame,
) -> Result<Response, PageError> {
    answer(&office, &number, urls_for(who.viewer()), frame).await
}

/// `GET /reports/{origin}/{rid}`.
pub(crate) async fn show_foreign(
    who: Entitled<right::SeeReports>,
    State(office): State<Arc<Office>>,
    Path((origin, rid)): Path<(String, String)>,
    frame: Frame,
) -> Result<Response, PageError> {
    answer(&office, &format!("{origin}/{rid}"), urls_for(who.viewer()), frame).await
}

/// `POST /reports/{number}/reveal`.
pub(crate) async fn reveal(
    who: Entitled<right::RevealUrl>,
    State(office): State<Arc<Office>>,
    Path(number): Path<String>,
    frame: Frame,
) -> Result<Response, PageError> {
    answer(&office, &number, revealed_to(who.viewer()), frame).await
}

/// `POST /reports/{origin}/{rid}/reveal`.
pub(crate) async fn reveal_foreign(
    who: Entitled<right::RevealUrl>,
    State(office): State<Arc<Office>>,
    Path((origin, rid)): Path<(String, String)>,
    frame: Frame,
) -> Result<Response, PageError> {
    answer(&office, &format!("{origin}/{rid}"), revealed_to(who.viewer()), frame).await
}

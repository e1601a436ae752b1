//! `GET /peers`: every peer and the link to it, as it was last written down.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use hotline_protocol::country::CountryCode;

use crate::access::account::{Entitled, right};
use crate::exchange::{Standing, load_standings};
use crate::health::{Check, CheckName, Status};
use crate::web::page::exchange::LinkView;
use crate::web::shell::{Frame, Office, PageError, page};

/// One peer.
struct Row {
    id: String,
    name: String,
    countries: String,
    link: LinkView,
    fault: Option<String>,
    /// The finding of the node's own check; none where it is not looked at.
    health: Option<String>,
    is_fault: bool,
}

impl Row {
    fn of(standing: &Standing, now: i64, checks: &[Check], frame: &Frame) -> Self {
        let Standing { peer, link, .. } = standing;
        let is_its_own =
            |check: &&Check| check.check == CheckName::Peer && check.subject.as_deref() == Some(peer.id.as_str());
        let check = checks.iter().find(is_its_own);
        let countries: Vec<&str> = peer.countries.iter().map(CountryCode::as_str).collect();
        Self {
            id: peer.id.to_string(),
            name: peer.name.clone(),
            countries: countries.join(" "),
            link: LinkView::of(standing, now),
            fault: link.fault.clone(),
            health: check.map(|check| status(check, frame)),
            is_fault: check.is_some_and(|check| check.status == Status::Fault),
        }
    }
}

/// How a check ended, in the reader's language.
fn status(check: &Check, frame: &Frame) -> String {
    match check.status {
        Status::Ok => frame.text("peer-healthy"),
        Status::Warning => frame.code("check-status", "warning"),
        Status::Fault => frame.code("check-status", "fault"),
    }
}

/// The page.
#[derive(Template)]
#[template(path = "operation/peers.html")]
struct PeersPage {
    frame: Frame,
    rows: Vec<Row>,
}

/// Answers.
pub(crate) async fn peers(
    _: Entitled<right::SeeOperation>,
    State(office): State<Arc<Office>>,
    frame: Frame,
) -> Result<Response, PageError> {
    let now = office.context.now_micros();
    let checks = (office.checks)().await;
    let standings = load_standings(&office.context).await?;
    let rows = standings.iter().map(|standing| Row::of(standing, now, &checks, &frame)).collect();
    page(&PeersPage { frame, rows })
}

//! `GET /peers`: every peer and the link to it, as it was last written down.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use hotline_protocol::country::Country;

use crate::access::account::{Entitled, right};
use crate::exchange::{Standing, load_standings};
use crate::web::error::PageError;
use crate::web::exchange::LinkView;
use crate::web::frame::{Frame, page};
use crate::web::office::Office;

/// One peer.
struct Row {
    id: String,
    name: String,
    countries: String,
    link: LinkView,
    fault: Option<String>,
}

impl Row {
    fn of(standing: &Standing, now: i64) -> Self {
        let Standing { peer, link, .. } = standing;
        let countries: Vec<&str> = peer.countries.iter().map(Country::as_str).collect();
        Self {
            id: peer.id.to_string(),
            name: peer.name.clone(),
            countries: countries.join(" "),
            link: LinkView::of(standing, now),
            fault: link.fault.clone(),
        }
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
pub(in crate::web) async fn peers(
    _: Entitled<right::SeeOperation>,
    State(office): State<Arc<Office>>,
    frame: Frame,
) -> Result<Response, PageError> {
    let now = office.context.now_micros();
    let rows = load_standings(&office.context).await?.iter().map(|standing| Row::of(standing, now)).collect();
    page(&PeersPage { frame, rows })
}

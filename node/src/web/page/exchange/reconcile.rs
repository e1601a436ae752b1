//! `GET /reconcile/{peer}`: where our log and a peer's do not say the same, report by report.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use hotline_protocol::id::{NodeId, ReportId};
use serde::Deserialize;

use crate::access::account::{Entitled, Right, Role, right};
use crate::clock::{time_of_micros, time_of_seconds};
use crate::statistics::volume::{After, Difference};
use crate::web::figure::FigureView;
use crate::web::shell::{Frame, Office, PageError, page};

/// Differences on a page; more where the last report has more.
const PAGE: u32 = 100;

/// Where the list goes on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// The id of the last report of the page before: the page shows that anyway. The house's own keys and numbers would
    /// tell a partner how many reports came in between.
    after: String,
}

impl Asked {
    async fn place(&self, office: &Office, peer: &NodeId) -> Result<Option<After>, PageError> {
        if self.after.is_empty() {
            return Ok(None);
        }
        let report: ReportId = self.after.parse().map_err(|_| PageError::MALFORMED)?;
        let found = After::behind(&office.context, peer, report).await?;
        found.map(Some).ok_or(PageError::MALFORMED)
    }
}

/// One difference.
struct Row {
    id: String,
    /// This hotline's own number, for its own people.
    number: Option<String>,
    direction: &'static str,
    kind: &'static str,
    at: Option<String>,
    answered_at: Option<String>,
}

/// The page.
#[derive(Template)]
#[template(path = "exchange/reconcile.html")]
struct ReconcilePage {
    frame: Frame,
    peer: NodeId,
    /// When the counts were counted; the differences are as of now.
    counted_at: Option<String>,
    counts: FigureView,
    rows: Vec<Row>,
    /// The report that the next page goes on behind.
    next: Option<ReportId>,
}

/// Answers. A partner finds his own hotline here, and no other.
pub(crate) async fn reconcile(
    who: Entitled<right::SeeExchange>,
    State(office): State<Arc<Office>>,
    Path(peer): Path<String>,
    Query(asked): Query<Asked>,
    frame: Frame,
) -> Result<Response, PageError> {
    let peer: NodeId = peer.parse().map_err(|_| PageError::NOT_FOUND)?;
    if matches!(&who.viewer().role, Role::Partner(own) if *own != peer) {
        return Err(PageError::NOT_FOUND);
    }
    let after = asked.place(&office, &peer).await?;
    let found = office.rollups.reconcile(&peer, after, PAGE).await?;
    let seat = office.context.own.seat();
    let is_staff = who.viewer().may(Right::SeeReports);
    let row = |difference: &Difference| Row {
        id: difference.report.to_string(),
        number: difference.number.filter(|_| is_staff).map(|number| number.shown(seat)),
        direction: if difference.is_sent { "sent" } else { "received" },
        kind: difference.kind.code(),
        at: time_of_seconds(difference.at),
        answered_at: difference.answered_at.and_then(time_of_seconds),
    };
    let rows = found.differences.iter().map(row).collect();
    let counts = FigureView::of(&found.figure(), frame.language, None);
    let counted_at = found.fresh.counted_at.and_then(time_of_micros);
    let next = found.next.map(|after| after.report().clone());
    page(&ReconcilePage { frame, peer, counted_at, counts, rows, next })
}

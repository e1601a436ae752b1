//! `GET /`: volumes in both directions, times, open reports, the link, the federation; all by the filter in the
//! address.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use hotline_protocol::id::NodeId;
use hotline_protocol::vocabulary::{Offence, SiteType};

use super::link::LinkView;
use super::partner_scope::Shown;
use crate::access::account::{Entitled, Right, right};
use crate::clock::time_of_micros;
use crate::statistics::volume::Counts;
use crate::statistics::{Figure, Filter, Step};
use crate::trust::peer::{PeerStanding, peers};
use crate::web::figure::{Downloads, FigureView};
use crate::web::page::figure_query::Asked;
use crate::web::shell::{Frame, Office, PageError, page};

/// The page.
#[derive(Template)]
#[template(path = "exchange/volumes.html")]
struct VolumesPage {
    frame: Frame,
    /// This hotline.
    own: NodeId,
    asked: Asked,
    filter: Filter,
    /// The hotlines to choose from: none for a partner, as he has no choice.
    peers: Vec<NodeId>,
    /// Whether there is something to choose.
    is_staff: bool,
    counted_at: Option<String>,
    sent: Counts,
    received: Counts,
    link: Option<LinkView>,
    pair: Vec<FigureView>,
    federation: Vec<FigureView>,
    world: Vec<FigureView>,
}

impl VolumesPage {
    fn steps() -> [Step; 3] {
        Step::ALL
    }

    fn offences() -> &'static [Offence] {
        Offence::ALL
    }

    fn site_types() -> &'static [SiteType] {
        SiteType::ALL
    }

    fn directions(&self) -> [(&'static str, Counts); 2] {
        [("tile-sent", self.sent), ("tile-received", self.received)]
    }
}

/// Answers.
pub(crate) async fn volumes(
    who: Entitled<right::SeeExchange>,
    State(office): State<Arc<Office>>,
    Query(asked): Query<Asked>,
    frame: Frame,
) -> Result<Response, PageError> {
    let viewer = who.viewer();
    let filter = asked.filter(viewer, office.context.today())?;
    let shown = Shown::load(&office, viewer, &filter).await?;
    let is_staff = viewer.may(Right::SeeFigures);
    let link = match &filter.peer {
        Some(peer) => LinkView::load(&office, peer).await?,
        None => None,
    };
    let downloads = Downloads { path: "/exchange/".to_owned(), query: asked.query() };
    let views = |figures: &[Figure]| -> Vec<FigureView> {
        figures.iter().map(|figure| FigureView::of(figure, frame.language, Some(downloads.clone()))).collect()
    };
    let (pair, federation, world) = (views(&shown.pair), views(&shown.federation), views(&shown.world));
    let peers = if is_staff { known_peers(&office).await? } else { Vec::new() };
    page(&VolumesPage {
        own: office.context.own.clone(),
        asked,
        filter,
        peers,
        is_staff,
        counted_at: shown.volumes.fresh.counted_at.and_then(time_of_micros),
        sent: shown.volumes.sent.counts,
        received: shown.volumes.received.counts,
        link,
        pair,
        federation,
        world,
        frame,
    })
}

async fn known_peers(office: &Office) -> Result<Vec<NodeId>, PageError> {
    let known = peers(office.context.database.read()).await?;
    Ok(known.into_iter().filter(|peer| peer.standing != PeerStanding::Removed).map(|peer| peer.id).collect())
}

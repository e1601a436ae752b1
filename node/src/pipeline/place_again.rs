//! A second try: reports whose offer was refused, and reports that nobody could be offered.
//!
//! A refused report is taken back and offered to our own new finding; if that node has refused already, to the country
//! that the refuser found; never twice to a node that refused. With no other place it is held for a person.

use hotline_protocol::country::Country;
use hotline_protocol::entry::HostingRecord;
use hotline_protocol::id::NodeId;
use hotline_protocol::state::Fold;
use hotline_protocol::vocabulary::RouteReason;

use super::PipelineError;
use crate::context::Context;
use crate::report::{
    Dossier, House, Ledger, Move, PlannedMove, Report, Route, by_keys, dossier, record_moves, refused_for,
    save_reports, unplaced,
};
use crate::routing::{Placement, Placer, Traced};

/// Where one report goes next.
struct NextPlace {
    key: i64,
    dossier: Dossier,
    hosting: Vec<HostingRecord>,
    route: Route,
    country: Option<Country>,
}

/// Takes back and offers again what was refused. Gives how many were moved on.
pub async fn place_refused(context: &Context, placer: &Placer, limit: u64) -> Result<usize, PipelineError> {
    let refused = refused_for(context.database.read(), &context.own, limit).await?;
    move_on(context, placer, refused).await
}

/// Offers what nobody could be offered before, where somebody can be now. Gives how many, and the last report looked
/// at; `None` when all were.
pub async fn place_unplaced(
    context: &Context,
    placer: &Placer,
    after: i64,
    limit: u64,
) -> Result<(usize, Option<i64>), PipelineError> {
    let waiting = unplaced(context.database.read(), &context.own, after, limit).await?;
    let last = (waiting.len() as u64 == limit).then(|| waiting.last().map(|report| report.key)).flatten();
    Ok((move_on(context, placer, waiting).await?, last))
}

async fn move_on(context: &Context, placer: &Placer, reports: Vec<Report>) -> Result<usize, PipelineError> {
    if reports.is_empty() {
        return Ok(0);
    }
    let keys: Vec<i64> = reports.iter().map(|report| report.key).collect();
    let ledger = Ledger::load(context.database.read(), &keys).await?;
    let mut found = Vec::with_capacity(reports.len());
    for report in &reports {
        let Some(fold) = ledger.fold(report.key) else { continue };
        let dossier = dossier(context, context.database.read(), report).await?;
        let (route, country, hosting) = match dossier.url() {
            Some(url) => {
                let placement = placer.locate(url.canonical()).await;
                let (route, country) = next_route(placer, &placement, &fold);
                (route, country, placement.hosting)
            }
            // The body is gone: nothing can be located, so a person must look.
            None => (Route { destination: None, reason: RouteReason::Held }, None, Vec::new()),
        };
        found.push(NextPlace { key: report.key, dossier, hosting, route, country });
    }
    record(context, &keys, found).await
}

/// Our own new finding first, then the refusals' countries, the latest first.
fn next_route(placer: &Placer, placement: &Placement, fold: &Fold) -> (Route, Option<Country>) {
    let refused: Vec<NodeId> =
        fold.offers.iter().filter(|offer| offer.refusal.is_some()).map(|offer| offer.target.clone()).collect();
    let not: Vec<Country> = fold.not.iter().copied().collect();
    let own = placer.atlas().route(placement.traced, &refused, &not);
    let found = match placement.traced {
        Traced::In(country) => Some(country),
        _ => None,
    };
    if own.destination.is_some() {
        return (own, found);
    }
    let told = fold.offers.iter().rev().filter_map(|offer| offer.refusal.as_ref()?.country);
    for country in told {
        let route = placer.atlas().route(Traced::In(country), &refused, &not);
        if route.destination.is_some() {
            return (route, Some(country));
        }
    }
    (own, found)
}

async fn record(context: &Context, keys: &[i64], places: Vec<NextPlace>) -> Result<usize, PipelineError> {
    let write = context.database.write("place_again").await?;
    let mut reports = by_keys(&*write, keys).await?;
    let mut ledger = Ledger::load(&*write, keys).await?;
    let mut moves = Vec::new();
    let mut held = Vec::new();
    for place in places {
        let Some(report) = reports.iter_mut().find(|report| report.key == place.key) else { continue };
        let open = report.offer.is_some();
        let target = place.route.destination.clone().filter(|node| *node != context.own);
        if !open && target.is_none() {
            continue;
        }
        report.route = Some(place.route.clone());
        if open {
            moves.push(PlannedMove { report: place.key, step: Move::Resume, body: None });
        }
        match target {
            Some(target) => {
                let mut body = place.dossier.known;
                body.salt = context.salt();
                for found in place.hosting {
                    if !body.hosting.contains(&found) {
                        body.hosting.push(found);
                    }
                }
                let line = body.to_line().map_err(crate::report::ReportError::from)?;
                let step = Move::Transfer { target, country: place.country };
                moves.push(PlannedMove { report: place.key, step, body: Some(line) });
            }
            None if place.route.reason != RouteReason::HostedHere => held.push(place.key),
            None => {}
        }
    }
    let count = record_moves(context, &write, &mut reports, &mut ledger, moves, true).await?;
    if !held.is_empty() {
        reports.retain(|report| held.contains(&report.key));
        for report in &mut reports {
            report.house = Some(House::Held);
        }
        save_reports(&write, &reports).await?;
    }
    write.commit().await?;
    Ok(count)
}

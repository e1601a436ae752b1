//! The pages' questions: each function in turn with all kinds of filters.

use anyhow::{Result, ensure};
use chrono::NaiveDate;
use hotline_node::statistics::rollup::Rollups;
use hotline_node::statistics::{Filter, Period, Step};
use hotline_protocol::id::NodeId;
use hotline_protocol::vocabulary::{Offence, SiteType};

use crate::measure::{Measured, measured};

/// Asks `rounds` times each; gives the peers that have figures, too.
pub(crate) async fn ask_all(rollups: &Rollups, rounds: u32, has_years: bool) -> Result<(Vec<Measured>, Vec<NodeId>)> {
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).expect("a day");
    let always = Period { from: day(2021, 1, 1), to: day(2026, 12, 31) };
    let year = Period { from: day(2025, 1, 1), to: day(2025, 12, 31) };
    let whole = rollups.volumes(&Filter::of(always, Step::Month)).await?;
    ensure!(
        whole.sent.counts.offered > 0 && whole.fresh.waiting == 0,
        "there is something to count: {:?}",
        whole.fresh
    );
    let peers: Vec<NodeId> = whole.peers.keys().cloned().collect();
    let mut turn = 0;
    let mut peer = || {
        turn += 1;
        peers[turn % peers.len()].clone()
    };
    let combined = |filter: Filter, peer: NodeId| Filter {
        country: peer.seat().known(),
        peer: Some(peer),
        offence: Some(Offence::Csam),
        site_type: Some(SiteType::Forum),
        ..filter
    };
    let mut asked = Vec::new();
    for (name, filter) in [
        ("volumes, always, by day", Filter::of(always, Step::Day)),
        ("volumes, always, by month", Filter::of(always, Step::Month)),
        ("volumes, a year, by week", Filter::of(year, Step::Week)),
    ] {
        asked.push(measured(name, rounds, || rollups.volumes(&filter)).await?);
    }
    let plain = Filter::of(always, Step::Week);
    asked.push(
        measured("volumes, a peer", rounds, || {
            let filter = Filter { peer: Some(peer()), ..plain.clone() };
            async move { rollups.volumes(&filter).await }
        })
        .await?,
    );
    asked.push(
        measured("volumes, all filters", rounds, || {
            let filter = combined(plain.clone(), peer());
            async move { rollups.volumes(&filter).await }
        })
        .await?,
    );
    asked.push(measured("world, always", rounds, || rollups.world(&plain)).await?);
    asked.push(
        measured("world, all filters", rounds, || {
            let filter = combined(plain.clone(), peer());
            async move { rollups.world(&filter).await }
        })
        .await?,
    );
    asked.push(measured("federation, always", rounds, || rollups.federation(&plain)).await?);
    asked.push(
        measured("reconcile, first page", rounds, || {
            let peer = peer();
            async move { rollups.reconcile(&peer, None, 50).await }
        })
        .await?,
    );
    if has_years {
        asked.push(measured("yearly figures", rounds, || rollups.year(2025)).await?);
    }
    Ok((asked, peers))
}

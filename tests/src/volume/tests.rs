//! The dealt values, against a node's computation from the entries.

use std::sync::Arc;

use hotline_node::clock::Clock;
use hotline_node::randomness::Randomness;
use hotline_node::report::projection::differing_offers;
use hotline_node::report::query::by_keys;
use hotline_node::report::replay::rebuild;
use hotline_node::secret::SealKey;
use hotline_node::statistics::rollup::{Rollups, Span, refresh};
use hotline_node::statistics::{Filter, Period, Step};
use hotline_node::storage::Database;
use hotline_node::zone::Zone;
use hotline_protocol::id::Network;
use hotline_protocol::url::DigestKey;

use super::*;

const REPORTS: u32 = 400;

async fn filled(folder: &std::path::Path) -> Context {
    let own: hotline_protocol::id::NodeId = "fr-volume".parse().expect("an id");
    let url = format!("sqlite://{}/node.sqlite", folder.display());
    let context = Context {
        network: Network::default(),
        countries: vec![own.seat().known().expect("a country")].into(),
        own,
        database: Database::create_or_migrate(&url).await.expect("a database"),
        day_budget: hotline_node::config::section::DayBudget::default(),
        zone: Zone::UTC,
        seal: Arc::new(SealKey::from_bytes(&[1; 32])),
        digest_key: Arc::new(DigestKey::from_bytes([2; 32])),
        clock: Clock::system(),
        randomness: Randomness,
    };
    let volume = Volume { reports: REPORTS, seed: 7, from: 1_700_000_000, to: 1_710_000_000 };
    let made = fill(&context, &volume, |_| ()).await.expect("filled");
    assert_eq!((made.reports, made.entries), (REPORTS, 5 * u64::from(REPORTS)));
    context
}

/// Everything that pages show of the exchange, the world and the federation.
async fn shown(context: &Context) -> String {
    let mut after = 0;
    while let Some(next) = refresh(context, Span::Days, after, 64).await.expect("counted").next {
        after = next;
    }
    let day = |text: &str| text.parse().expect("a day");
    let filter = Filter::of(Period { from: day("2023-01-01"), to: day("2024-12-31") }, Step::Day);
    let rollups = Rollups::new(context.clone());
    let volumes = rollups.volumes(&filter).await.expect("read");
    assert_eq!(volumes.fresh.waiting, 0);
    assert!(volumes.peers.len() > 10, "{:?}", volumes.peers.keys());
    let (world, federation) =
        (rollups.world(&filter).await.expect("read"), rollups.federation(&filter).await.expect("read"));
    assert_eq!(federation.all.published, u64::from(REPORTS));
    let differing: Vec<_> = volumes.peers.keys().collect();
    let mut rows = Vec::new();
    for peer in differing {
        rows.extend(differing_offers(context.database.read(), (&context.own, peer), 0, 100).await.expect("read"));
    }
    format!(
        "{:?} {:?} {:?} {:?} {:?} {rows:?}",
        volumes.sent, volumes.received, volumes.peers, world.countries, federation.countries
    )
}

#[tokio::test]
async fn a_node_computes_from_the_entries_what_was_dealt() {
    let folder = tempfile::tempdir().expect("a folder");
    let context = filled(folder.path()).await;
    let dealt = shown(&context).await;
    let keys: Vec<i64> = (1..=i64::from(REPORTS)).collect();
    let standing = async || {
        let reports = by_keys(context.database.read(), &keys).await.expect("read");
        let standing =
            |it: hotline_node::report::Report| (it.key, it.state, it.holder, it.tenure, it.country, it.offer);
        reports.into_iter().map(standing).collect::<Vec<_>>()
    };
    let before = standing().await;
    let write = context.database.write("refold").await.expect("a turn");
    rebuild(&context, &write, &keys).await.expect("folded");
    write.commit().await.expect("committed");
    assert_eq!(standing().await, before);
    assert_eq!(shown(&context).await, dealt);
}

#[tokio::test]
async fn the_same_seed_gives_the_same() {
    let folders = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
    let (one, other) = (filled(folders[0].path()).await, filled(folders[1].path()).await);
    assert_eq!(shown(&one).await, shown(&other).await);
}

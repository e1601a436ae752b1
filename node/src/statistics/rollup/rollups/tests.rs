//! Figures that were counted ahead, against the rows that they were counted from.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveDate;
use hotline_protocol::id::Network;
use hotline_protocol::url::DigestKey;
use hotline_protocol::vocabulary::{Offence, SiteType};

use super::*;
use crate::clock::Clock;
use crate::randomness::Randomness;
use crate::report::lifecycle::{Move, create_reports, prepare_reports};
use crate::report::replay::EntrySet;
use crate::report::test_report::csam_report;
use crate::report::{PlannedMove, Report, record_moves};
use crate::secret::SealKey;
use crate::statistics::count::statistics;
use crate::statistics::figure::{Cell as Shown, Label};
use crate::statistics::filter::Step;
use crate::statistics::rollup::refresh::{Span, refresh};
use crate::storage::Database;
use crate::trust::handshake::test_certificate::peer;
use crate::trust::peer::{PeerStanding, save_peer};

const NOON: &str = "2026-03-02T12:00:00Z";

pub(super) async fn context(folder: &Path) -> Context {
    let own: NodeId = "fr-example".parse().expect("an id");
    let url = format!("sqlite://{}/node.sqlite", folder.display());
    Context {
        network: Network::default(),
        countries: vec![own.seat().known().expect("a country")].into(),
        own,
        database: Database::create_or_migrate(&url).await.expect("a database"),
        day_budget: crate::config::section::DayBudget::default(),
        zone: crate::zone::Zone::UTC,
        seal: Arc::new(SealKey::from_bytes(&[1; 32])),
        digest_key: Arc::new(DigestKey::from_bytes([2; 32])),
        clock: Clock::set_at(NOON.parse().expect("a time")),
        randomness: Randomness,
    }
}

/// Reports taken in now, hosted in the country of their target, or at home.
pub(super) async fn take_in(context: &Context, targets: &[Option<&str>]) -> Vec<Report> {
    let new = targets.iter().map(|target| {
        let mut report = csam_report(*target);
        report.received_at = context.now_micros();
        let publication = report.publication.as_mut().expect("it is exchanged");
        publication.country =
            target.map_or(context.own.seat(), |node| node.parse::<NodeId>().expect("an id").seat()).known();
        (publication.asn, publication.organisation) = (Some(64_500), Some("An example hoster".to_owned()));
        report
    });
    let prepared = prepare_reports(context, new.collect()).expect("prepared");
    let write = context.database.write("take_in").await.expect("a turn");
    let reports = create_reports(context, &write, prepared).await.expect("created");
    write.commit().await.expect("committed");
    reports
}

async fn count_days(context: &Context) -> usize {
    let step = refresh(context, Span::Days, 0, 100).await.expect("counted");
    assert_eq!(step.next, None);
    step.buckets
}

pub(super) fn days(from: &str, to: &str) -> Filter {
    let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
    Filter::of(Period { from: day(from), to: day(to) }, Step::Day)
}

#[tokio::test]
async fn pages_are_told_what_was_counted_and_how_much_is_not_yet() {
    let folder = tempfile::tempdir().expect("a folder");
    let context = context(folder.path()).await;
    let rollups = Rollups::new(context.clone());
    let march = days("2026-03-01", "2026-03-31");
    assert_eq!(rollups.volumes(&march).await.expect("nothing").fresh, Fresh { counted_at: None, waiting: 0 });
    take_in(&context, &[Some("nl-b"), Some("nl-b"), Some("de-c"), None]).await;
    let before = rollups.volumes(&march).await.expect("read");
    assert_eq!((before.sent.counts.offered, before.fresh.waiting), (0, 1));
    assert_eq!(count_days(&context).await, 3, "offers, reports and the federation");
    let volumes = rollups.volumes(&march).await.expect("read");
    assert_eq!(volumes.fresh, Fresh { counted_at: Some(context.now_micros()), waiting: 0 });
    assert_eq!((volumes.sent.counts.offered, volumes.sent.counts.open, volumes.sent.open_ages[0]), (3, 3, 3));
    assert_eq!(
        volumes.peers.iter().map(|(peer, (sent, _))| (peer.as_str(), sent.counts.offered)).collect::<Vec<_>>(),
        [("de-c", 1), ("nl-b", 2)]
    );
    let steps: Vec<u64> = volumes.steps.iter().map(|(_, sent, _)| sent.offered).collect();
    assert_eq!((steps.len(), steps[1], steps.iter().sum::<u64>()), (31, 3, 3));
    assert_eq!(count_days(&context).await, 0, "nothing has changed");
}

#[tokio::test]
async fn filters_are_combined() {
    let folder = tempfile::tempdir().expect("a folder");
    let context = context(folder.path()).await;
    take_in(&context, &[Some("nl-b"), Some("nl-b"), Some("de-c"), None]).await;
    context.clock.advance(Duration::from_hours(24));
    take_in(&context, &[Some("nl-b")]).await;
    count_days(&context).await;
    let rollups = Rollups::new(context.clone());
    let all = days("2026-03-01", "2026-03-31");
    let offered = async |filter: &Filter| rollups.volumes(filter).await.expect("read").sent.counts.offered;
    let reports = async |filter: &Filter| rollups.world(filter).await.expect("read").all.reports;
    let published = async |filter: &Filter| rollups.federation(filter).await.expect("read").all.published;
    let (nl, de) = ("nl-b".parse::<NodeId>().expect("an id"), "de-c".parse::<NodeId>().expect("an id"));
    for (filter, sent, ours, everybodys) in [
        (all.clone(), 4, 5, 5),
        (Filter { peer: Some(nl.clone()), ..all.clone() }, 3, 3, 5),
        (Filter { peer: Some("es-d".parse().expect("an id")), ..all.clone() }, 0, 0, 5),
        (Filter { country: de.seat().known(), ..all.clone() }, 1, 1, 1),
        (Filter { country: de.seat().known(), peer: Some(nl.clone()), ..all.clone() }, 0, 0, 1),
        (Filter { offence: Some(Offence::Csam), ..all.clone() }, 4, 5, 5),
        (Filter { offence: Some(Offence::Terrorism), ..all.clone() }, 0, 0, 5),
        (Filter { site_type: Some(SiteType::NotDetermined), ..all.clone() }, 4, 5, 5),
        (Filter { site_type: Some(SiteType::Forum), ..all.clone() }, 0, 0, 5),
        (days("2026-03-03", "2026-03-03"), 1, 1, 1),
        (days("2026-03-04", "2026-03-31"), 0, 0, 0),
    ] {
        let found = (offered(&filter).await, reports(&filter).await, published(&filter).await);
        assert_eq!(found, (sent, ours, everybodys), "{filter:?}");
    }
    let world = rollups.world(&all).await.expect("read");
    assert_eq!(world.organisations[0].0.as_deref(), Some("An example hoster"));
    assert_eq!((world.networks[0].0, world.networks[0].1.illegal), (Some(64_500), 5));
    let exact = statistics(&context, all.period, None).await.expect("counted");
    assert_eq!((world.all.reports, world.all.illegal), (exact.reported, exact.illegal));
}

#[tokio::test]
async fn what_changes_after_it_was_counted_is_counted_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let context = context(folder.path()).await;
    let rollups = Rollups::new(context.clone());
    let march = days("2026-03-01", "2026-03-31");
    let mut reports = take_in(&context, &[Some("nl-b"), Some("de-c")]).await;
    count_days(&context).await;
    rollups.volumes(&march).await.expect("read");
    context.clock.advance(Duration::from_hours(30));
    let write = context.database.write("withdraw").await.expect("a turn");
    let mut ledger = EntrySet::load(&*write, &[reports[0].key]).await.expect("loaded");
    let moves = vec![PlannedMove { report: reports[0].key, step: Move::Resume, body: None }];
    record_moves(&context, &write, &mut reports[..1], &mut ledger, moves, false).await.expect("recorded");
    write.commit().await.expect("committed");
    assert!(count_days(&context).await > 0);
    let counts = rollups.volumes(&march).await.expect("read");
    assert_eq!((counts.sent.counts.offered, counts.sent.counts.open, counts.sent.counts.over), (2, 1, 1));
    assert_eq!(counts.sent.open_ages, [0, 0, 1, 0, 0, 0], "it waits for more than a day");
    let differences = rollups.reconcile(&"nl-b".parse().expect("an id"), None, 10).await.expect("read");
    let kinds: Vec<_> = differences.differences.iter().map(|it| (it.kind.code(), it.is_sent)).collect();
    assert_eq!((kinds, differences.next, differences.sent.over), (vec![("taken-back", true)], None, 1));
    let first = rollups.reconcile(&"de-c".parse().expect("an id"), None, 1).await.expect("read");
    assert_eq!((first.differences.len(), first.next), (1, None), "a full page that is the last leads to no other");
}

#[tokio::test]
async fn differences_go_on_until_all_were_shown_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let context = context(folder.path()).await;
    let mut taken = take_in(&context, &[Some("nl-b"), Some("de-c"), Some("nl-b"), Some("nl-b"), Some("nl-b")]).await;
    // The third is taken back and offered again: it has two differences.
    for step in [Move::Resume, Move::Transfer { target: "nl-b".parse().expect("an id"), country: None }] {
        let write = context.database.write("move").await.expect("a turn");
        let mut ledger = EntrySet::load(&*write, &[taken[2].key]).await.expect("loaded");
        let moves = vec![PlannedMove { report: taken[2].key, step, body: None }];
        record_moves(&context, &write, &mut taken[2..3], &mut ledger, moves, false).await.expect("recorded");
        write.commit().await.expect("committed");
    }
    let expected = [0, 2, 2, 3, 4].map(|place: usize| taken[place].id.clone());
    let rollups = Rollups::new(context.clone());
    // All differences of a report stand on one page.
    for (limit, sizes) in
        [(1, vec![1, 2, 1, 1]), (2, vec![3, 2]), (3, vec![3, 2]), (4, vec![4, 1]), (5, vec![5]), (6, vec![5])]
    {
        let (mut after, mut pages, mut shown) = (None, Vec::new(), Vec::new());
        loop {
            let page = rollups.reconcile(&"nl-b".parse().expect("an id"), after, limit).await.expect("read");
            pages.push(page.differences.len());
            shown.extend(page.differences.into_iter().map(|difference| difference.report));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(pages, sizes, "pages of {limit}");
        assert_eq!(shown, expected, "pages of {limit}");
    }
}

#[tokio::test]
async fn yearly_figures_are_kept_as_they_were_counted() {
    let folder = tempfile::tempdir().expect("a folder");
    let context = context(folder.path()).await;
    take_in(&context, &[Some("nl-b"), None]).await;
    let rollups = Rollups::new(context.clone());
    let exact = statistics(&context, Period::year(2026).expect("a year"), None).await.expect("counted");
    let uncounted = rollups.year(2026).await.expect("read").expect("a year");
    assert_eq!((&uncounted.figures, uncounted.fresh.counted_at), (&exact, None));
    refresh(&context, Span::Years, 0, 10).await.expect("counted");
    let yearly = rollups.year(2026).await.expect("read").expect("a year");
    assert_eq!(yearly.figures, exact);
    assert!(yearly.fresh.counted_at.is_some() && yearly.fresh.waiting == 0);
    let empty = rollups.year(1999).await.expect("read").expect("a year");
    assert_eq!((empty.figures.reported, empty.figures.series), (0, exact.series), "others are beside it");
}

#[tokio::test]
async fn a_year_is_counted_anew_where_a_country_becomes_a_peers_or_is_one_no_more() {
    let folder = tempfile::tempdir().expect("a folder");
    let context = context(folder.path()).await;
    take_in(&context, &[Some("nl-b")]).await;
    let rollups = Rollups::new(context.clone());
    let hosted = async || {
        let counted = refresh(&context, Span::Years, 0, 10).await.expect("counted").buckets;
        let year = rollups.year(2026).await.expect("read").expect("a year");
        let removal = &year.figures.removal[0].by_hosting;
        (counted, ["member", "non_member"].map(|area| removal[area].still_online))
    };
    assert_eq!(hosted().await, (1, [0, 1]));
    assert_eq!(hosted().await, (0, [0, 1]), "nothing has changed");
    for (standing, counted) in [
        (PeerStanding::Active, (1, [1, 0])),
        (PeerStanding::Suspended, (0, [1, 0])),
        (PeerStanding::Removed, (1, [0, 1])),
    ] {
        let write = context.database.write("peer").await.expect("a turn");
        save_peer(&*write, &peer("nl-b", standing)).await.expect("saved");
        write.commit().await.expect("committed");
        assert_eq!(hosted().await, counted, "{standing:?}");
    }
}

#[tokio::test]
async fn every_row_of_a_figure_has_a_cell_for_each_column() {
    let folder = tempfile::tempdir().expect("a folder");
    let context = context(folder.path()).await;
    take_in(&context, &[Some("nl-b"), Some("de-c"), None]).await;
    count_days(&context).await;
    let rollups = Rollups::new(context.clone());
    let filter = days("2026-03-01", "2026-03-31");
    let volumes = rollups.volumes(&filter).await.expect("read");
    let mut figures = volumes.figures(Step::Day);
    assert_eq!(figures.len(), 8);
    figures.extend(rollups.federation(&filter).await.expect("read").figures(Step::Day));
    figures.extend(rollups.world(&filter).await.expect("read").figures());
    figures.push(rollups.reconcile(&"nl-b".parse().expect("an id"), None, 10).await.expect("read").figure());
    for figure in &figures {
        assert!(figure.rows.iter().all(|row| row.cells.len() == figure.columns.len()), "{}", figure.name);
    }
    let exchanged = &figures[0].rows[1];
    assert_eq!(exchanged.label, Label::Day("2026-03-02".parse().expect("a day")));
    assert_eq!(exchanged.cells, [Shown::Count(2), Shown::Count(0)]);
}

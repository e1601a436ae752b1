//! Alarms against a database with one offer that nobody answers.

use std::sync::Arc;
use std::time::Duration;

use hotline_protocol::entry::Body;
use hotline_protocol::hello::AcceptMode;
use hotline_protocol::id::Network;
use hotline_protocol::url::DigestKey;
use hotline_protocol::vocabulary::{Assessment, Channel, Offence, RouteReason, Source, Urgency};

use super::*;
use crate::access::alert::{acknowledge, list_open};
use crate::clock::Clock;
use crate::randomness::Randomness;
use crate::report::{NewReport, PrivateContent, Publication, Route, create_reports, prepare_reports};
use crate::secret::SealKey;
use crate::storage::Database;

fn node(id: &str) -> NodeId {
    id.parse().expect("a node id")
}

fn settings() -> HubSettings {
    HubSettings {
        accept: AcceptMode::Automatic,
        hello: Duration::from_mins(1),
        poll_silence: Duration::from_mins(1),
        retry_longest: Duration::from_mins(5),
        run_entries: 1_024,
        run_bytes: usize::MAX,
        delivery_alarm: Duration::from_mins(15),
        answer_alarm: Duration::from_hours(72),
    }
}

async fn new_context(folder: &std::path::Path) -> Context {
    let url = format!("sqlite://{}/node.sqlite", folder.display());
    Context {
        own: node("fr-example"),
        network: Network::default(),
        countries: vec![node("fr-example").seat()].into(),
        database: Database::create_or_migrate(&url).await.expect("a database"),
        seal: Arc::new(SealKey::from_bytes(&[1; 32])),
        digest_key: Arc::new(DigestKey::from_bytes([2; 32])),
        clock: Clock::set_at("2026-03-01T12:00:00Z".parse().expect("a time")),
        randomness: Randomness,
    }
}

async fn offer(context: &Context, target: &str) {
    let mut body = Body::new(context.salt());
    body.url = Some("https://a.example/b".parse().expect("a URL"));
    let report = NewReport {
        body,
        private: PrivateContent::default(),
        reported_offence: Offence::Csam,
        offence: Offence::Csam,
        assessment: Assessment::Baseline,
        reason: None,
        urgency: Urgency::Routine,
        source: Source::Public,
        channel: Channel::Computer,
        received_at: 0,
        reference: None,
        case_secret: None,
        publication: Some(Publication {
            route: Route { destination: Some(node(target)), reason: RouteReason::HostedThere },
            country: None,
            asn: None,
            organisation: None,
            not: Vec::new(),
            digests: Vec::new(),
        }),
    };
    let prepared = prepare_reports(context, vec![report]).expect("prepared");
    let write = context.database.write("offer").await.expect("a turn");
    create_reports(context, &write, prepared).await.expect("created");
    write.commit().await.expect("committed");
}

async fn kinds(context: &Context) -> Vec<(String, String)> {
    let open = list_open(&context.database).await.expect("readable");
    open.into_iter().map(|alert| (alert.kind, alert.subject)).collect()
}

async fn acknowledge_all(context: &Context) {
    let write = context.database.write("acknowledge").await.expect("a turn");
    for alert in list_open(&context.database).await.expect("readable") {
        acknowledge(&write, &context.clock, alert.id, "ada").await.expect("written");
    }
    write.commit().await.expect("committed");
}

#[tokio::test]
async fn a_peer_that_gets_nothing_for_fifteen_minutes_is_told_of_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let context = new_context(folder.path()).await;
    let mut alarms = Alarms::default();
    let link = Link { behind_since: Some(context.now_micros()), ..Link::default() };
    let active = [(node("de-example"), link)];
    context.clock.advance(Duration::from_mins(14));
    assert_eq!(raise_alarms(&context, &settings(), &active, &[], &mut alarms).await.expect("looked"), 0);
    context.clock.advance(Duration::from_mins(1));
    assert_eq!(raise_alarms(&context, &settings(), &active, &[], &mut alarms).await.expect("looked"), 1);
    assert_eq!(kinds(&context).await, [("peer_behind".to_owned(), "de-example".to_owned())]);
    acknowledge_all(&context).await;
    assert_eq!(raise_alarms(&context, &settings(), &active, &[], &mut alarms).await.expect("looked"), 0);

    let delivered = [(node("de-example"), Link::default())];
    raise_alarms(&context, &settings(), &delivered, &[], &mut alarms).await.expect("looked");
    assert_eq!(raise_alarms(&context, &settings(), &active, &[], &mut alarms).await.expect("looked"), 1);
}

#[tokio::test]
async fn a_refused_handshake_and_a_clock_far_off_are_told_of_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let context = new_context(folder.path()).await;
    let link = Link { refused: true, clock_skew_seconds: Some(-301), ..Link::default() };
    let active = [(node("de-example"), link)];
    raise_alarms(&context, &settings(), &active, &[], &mut Alarms::default()).await.expect("looked");
    let kinds: Vec<String> = kinds(&context).await.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["peer_refused", "peer_clock"]);
}

#[tokio::test]
async fn an_offer_waits_longer_for_a_person_than_for_a_machine() {
    let automatic = Link { accept: Some("automatic".to_owned()), ..Link::default() };
    let manual = Link { accept: Some("manual".to_owned()), ..Link::default() };
    let undelivered = Link { behind_since: Some(i64::MAX), ..automatic.clone() };
    for (link, patience) in [
        (automatic, Duration::from_mins(15)),
        (manual, Duration::from_hours(72)),
        (undelivered, Duration::from_hours(72)),
        (Link::default(), Duration::from_hours(72)),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let context = new_context(folder.path()).await;
        offer(&context, "de-example").await;
        let targets = [(node("de-example"), link), (node("it-example"), Link::default())];
        let mut alarms = Alarms::default();
        let second = Duration::from_secs(1);
        context.clock.advance(patience.saturating_sub(second));
        assert_eq!(raise_alarms(&context, &settings(), &[], &targets, &mut alarms).await.expect("looked"), 0);
        context.clock.advance(second);
        assert_eq!(raise_alarms(&context, &settings(), &[], &targets, &mut alarms).await.expect("looked"), 1);
        assert_eq!(kinds(&context).await, [("offer_unanswered".to_owned(), "de-example".to_owned())]);
        acknowledge_all(&context).await;
        assert_eq!(raise_alarms(&context, &settings(), &[], &targets, &mut alarms).await.expect("looked"), 0);
    }
}

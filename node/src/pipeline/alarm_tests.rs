//! Alarms against a database with one offer that nobody answers.

use std::time::Duration;

use super::super::test_house::{new_context, node, offer, settings};
use super::*;
use crate::access::alert::{acknowledge, list_open};
use crate::access::audit::ActOrigin;

async fn kinds(context: &Context) -> Vec<(String, String)> {
    let open = list_open(&context.database).await.expect("readable");
    open.into_iter().map(|alert| (alert.kind, alert.subject)).collect()
}

async fn acknowledge_all(context: &Context) {
    for alert in list_open(&context.database).await.expect("readable") {
        acknowledge(&context.database, &context.clock, alert.id, ("ada", ActOrigin::Cli)).await.expect("written");
    }
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

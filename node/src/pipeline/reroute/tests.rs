//! Second tries against a database: offers that nobody answers, and reports that wait for somebody.

use hotline_protocol::entry::{Content, EntryType};

use super::*;
use crate::pipeline::alarm::{mark_called, overdue};
use crate::pipeline::test_house::{Hand, PATIENCE, TestHouse, country, node, offer, settings};
use crate::report::replay::Recorded;

const THREE_DAYS: Duration = Duration::from_hours(72);
const ALL: Part = Part { after: 0, limit: 100 };

/// DE was heard from just now and has nothing of anybody that is not here.
fn links(house: &TestHouse) -> Vec<(NodeId, Link)> {
    vec![(node("de-a"), heard_now(house)), (node("nl-a"), Link::default())]
}

fn heard_now(house: &TestHouse) -> Link {
    Link { last_contact: Some(house.context.now_micros()), head_shown: true, ..Link::default() }
}

async fn call_somebody(house: &TestHouse, links: &[(NodeId, Link)]) -> usize {
    let overdue = overdue(&house.context, PATIENCE, links).await.expect("looked");
    let write = house.context.database.write("mark_called").await.expect("a turn");
    mark_called(&write, &house.context, &overdue).await.expect("marked");
    write.commit().await.expect("committed");
    overdue.iter().filter(|offers| offers.is_new).count()
}

/// A report that was offered to NL, where its server is, three days ago; somebody was called.
async fn unanswered(house: &TestHouse) -> i64 {
    let key = offer(&house.context, "nl-a").await.key;
    house.seal().await;
    house.context.clock.advance(THREE_DAYS);
    assert_eq!(call_somebody(house, &links(house)).await, 1);
    key
}

async fn take_back(house: &TestHouse, country: &str) -> Placed {
    let (locator, links) = (house.locator(country).await, links(house));
    let tries = Reroute::new(&house.context, &locator, &links);
    tries.take_back_silent(&settings(), &node("nl-a"), ALL).await.expect("looked")
}

fn standing(report: &Report) -> (State, Option<House>, Option<&str>) {
    (report.state, report.house, report.offer.as_ref().map(|offer| offer.target.as_str()))
}

fn answer(entry_type: EntryType, offer: &Recorded) -> Content {
    let mut content = Content::new(entry_type, 0);
    (content.org, content.rid) = (offer.content.org.clone(), offer.content.rid);
    (content.reference, content.of) = (Some(offer.hash), Some(offer.hash));
    content
}

#[tokio::test]
async fn an_offer_without_an_answer_is_taken_back_after_three_days_and_an_alarm() {
    let house = TestHouse::with_peers(&["nl-a", "de-a"]).await;
    let key = offer(&house.context, "nl-a").await.key;
    house.context.clock.advance(THREE_DAYS.saturating_sub(Duration::from_secs(1)));
    call_somebody(&house, &links(&house)).await;
    assert_eq!(take_back(&house, "DE").await.moves, 0, "it has time still");
    house.context.clock.advance(Duration::from_secs(1));
    assert_eq!(take_back(&house, "DE").await.moves, 0, "nobody was called");
    call_somebody(&house, &links(&house)).await;
    assert_eq!(take_back(&house, "DE").await.moves, 2, "a resume and a transfer");
    assert_eq!(standing(&house.report(key).await), (State::Moved, None, Some("de-a")));
    assert_eq!(house.report(key).await.country, Some(country("DE")));
    assert_eq!(take_back(&house, "DE").await.moves, 0, "it may be run again");
}

#[tokio::test]
async fn nothing_is_taken_back_while_the_silence_may_be_ours() {
    let house = TestHouse::with_peers(&["nl-a", "de-a"]).await;
    let key = unanswered(&house).await;
    let locator = house.locator("DE").await;
    let mut shows_more = heard_now(&house);
    shows_more.heads.insert(node("nl-a"), Cursor { seq: 1, ..Cursor::START });
    for links in [vec![], vec![(node("de-a"), shows_more)]] {
        let tries = Reroute::new(&house.context, &locator, &links);
        let placed = tries.take_back_silent(&settings(), &node("nl-a"), ALL).await.expect("looked");
        assert_eq!(placed.moves, 0);
    }
    assert_eq!(standing(&house.report(key).await), (State::Offered, None, Some("nl-a")));
}

#[tokio::test]
async fn with_no_other_place_it_is_held_until_the_node_is_heard_from_and_then_offered_again() {
    let house = TestHouse::with_peers(&["nl-a", "de-a"]).await;
    let key = unanswered(&house).await;
    let placed = take_back(&house, "NL").await;
    let taken_back_at = house.context.clock.unix_seconds();
    assert_eq!((placed.moves, placed.awaited), (1, [(node("nl-a"), taken_back_at)].into()));
    let report = house.report(key).await;
    assert_eq!(standing(&report), (State::Assessed, Some(House::Held), None));
    let waits_for = Route { destination: Some(node("nl-a")), reason: RouteReason::Held };
    assert_eq!(report.route, Some(waits_for));
    house.seal().await;

    house.context.clock.advance(Duration::from_mins(1));
    let (locator, silent) = (house.locator("NL").await, links(&house));
    for node in [None, Some(&node("nl-a"))] {
        let placed = Reroute::new(&house.context, &locator, &silent).place_awaiting(node, ALL).await;
        let placed = placed.expect("looked");
        assert_eq!((placed.moves, placed.awaited.len()), (0, 1), "it was not heard from");
    }
    let heard = [(node("nl-a"), heard_now(&house))];
    let tries = Reroute::new(&house.context, &locator, &heard);
    assert_eq!(tries.place_awaiting(Some(&node("de-a")), ALL).await.expect("looked").moves, 0, "it waits for another");
    assert_eq!(tries.place_awaiting(Some(&node("nl-a")), ALL).await.expect("looked").moves, 1);
    let report = house.report(key).await;
    assert_eq!(standing(&report), (State::Moved, None, Some("nl-a")));
    assert_eq!((report.waits_since, report.alarmed), (Some(house.context.now_micros()), false));
    assert_eq!(tries.place_awaiting(None, ALL).await.expect("looked").moves, 0, "it may be run again");
}

#[tokio::test]
async fn what_waits_for_a_node_goes_elsewhere_where_somebody_else_can_take_it() {
    let house = TestHouse::with_peers(&["nl-a", "de-a"]).await;
    let key = unanswered(&house).await;
    take_back(&house, "NL").await;
    let (locator, links) = (house.locator("DE").await, links(&house));
    let placed = Reroute::new(&house.context, &locator, &links).place_awaiting(None, ALL).await.expect("looked");
    assert_eq!((placed.moves, placed.awaited.len()), (1, 0));
    assert_eq!(standing(&house.report(key).await), (State::Moved, None, Some("de-a")));
}

#[tokio::test]
async fn what_turns_out_to_be_hosted_here_waits_for_nobody() {
    let house = TestHouse::with_peers(&["nl-a", "de-a"]).await;
    let key = unanswered(&house).await;
    take_back(&house, "NL").await;
    let (locator, links) = (house.locator("FR").await, links(&house));
    Reroute::new(&house.context, &locator, &links).place_awaiting(None, ALL).await.expect("looked");
    let report = house.report(key).await;
    assert_eq!(standing(&report), (State::Assessed, Some(House::Held), None), "a person sees it");
    assert_eq!(report.route.map(|route| route.reason), Some(RouteReason::HostedHere));
}

#[tokio::test]
async fn what_refused_is_never_asked_again_and_a_late_answer_changes_nothing() {
    let house = TestHouse::with_peers(&["nl-a", "de-a"]).await;
    let key = unanswered(&house).await;
    let create = house.entries(key).await.remove(0);
    take_back(&house, "DE").await;
    house.seal().await;
    let (late, _) = Hand::of("nl-a").write(&[answer(EntryType::Accept, &create)]);
    house.apply(late).await;
    assert_eq!(standing(&house.report(key).await), (State::Moved, None, Some("de-a")), "it was taken back");

    let transfer = house.entries(key).await.into_iter().find(|entry| entry.content.target == Some(node("de-a")));
    let (refusal, _) = Hand::of("de-a").write(&[answer(EntryType::Refuse, &transfer.expect("it was offered"))]);
    house.apply(refusal).await;
    house.context.clock.advance(Duration::from_mins(1));
    let (locator, links) = (house.locator("DE").await, [(node("de-a"), heard_now(&house))]);
    let tries = Reroute::new(&house.context, &locator, &links);
    assert_eq!(tries.place_refused(100).await.expect("looked").moves, 1, "a resume alone");
    assert_eq!(tries.place_awaiting(None, ALL).await.expect("looked").moves, 0);
    assert_eq!(tries.place_unplaced(ALL).await.expect("looked").moves, 0);
    assert_eq!(standing(&house.report(key).await), (State::Assessed, Some(House::Held), None));
}

#[tokio::test]
async fn what_its_target_cannot_apply_is_offered_elsewhere() {
    let house = TestHouse::with_peers(&["nl-a", "de-a"]).await;
    let key = offer(&house.context, "nl-a").await.key;
    house.seal().await;
    let create = house.entries(key).await.remove(0);
    let (receipt, _) = Hand::of("nl-a").write(&[answer(EntryType::Reject, &create)]);
    house.apply(receipt).await;
    assert_eq!(standing(&house.report(key).await), (State::Refused, None, Some("nl-a")));
    let (locator, links) = (house.locator("DE").await, links(&house));
    let tries = Reroute::new(&house.context, &locator, &links);
    assert_eq!(tries.place_refused(100).await.expect("looked").moves, 2);
    assert_eq!(standing(&house.report(key).await), (State::Moved, None, Some("de-a")));
}

#[tokio::test]
async fn an_unreadable_report_is_set_aside_once_and_thousands_of_addresses_stop_no_neighbour() {
    let house = TestHouse::with_peers(&["nl-a", "de-a"]).await;
    let (mut bad, good) = (offer(&house.context, "nl-a").await, offer(&house.context, "nl-a").await);
    house.seal().await;
    let mut refusals = Vec::new();
    for key in [bad.key, good.key] {
        refusals.push(answer(EntryType::Refuse, &house.entries(key).await.remove(0)));
    }
    let (refusals, _) = Hand::of("nl-a").write(&refusals);
    house.apply(refusals).await;
    bad = house.report(bad.key).await;
    bad.content = Some(b"damaged".to_vec());
    let write = house.context.database.write("damage").await.expect("a turn");
    save_reports(&write, std::slice::from_ref(&bad)).await.expect("saved");
    write.commit().await.expect("committed");

    let range = |number: u32| std::net::Ipv4Addr::from(0xc000_0261 + number % 30);
    let far = |number: u32| std::net::Ipv4Addr::from(0xc612_0000 + number);
    let lines = (0..3_000).map(|number| format!("{} a.example\n{} a.example\n", range(number), far(number)));
    let (locator, links) = (house.placer_of(&lines.collect::<String>()).await, links(&house));
    let tries = Reroute::new(&house.context, &locator, &links);
    assert_eq!(tries.place_refused(100).await.expect("looked").moves, 3, "both are taken back, one is offered again");
    assert_eq!(standing(&house.report(good.key).await), (State::Moved, None, Some("de-a")));
    assert_eq!(standing(&house.report(bad.key).await), (State::Assessed, Some(House::Held), None));
    for _ in 0..2 {
        assert_eq!(tries.place_refused(100).await.expect("looked").moves, 0);
        assert_eq!(tries.place_unplaced(ALL).await.expect("looked").moves, 0);
        let open = crate::access::alert::list_open(&house.context.database).await.expect("read");
        let told: Vec<_> = open.iter().map(|alert| (alert.kind.as_str(), alert.subject.clone())).collect();
        assert_eq!(told, [("report_set_aside", "fr-example".to_owned())]);
    }
}

//! Runs with entries that can never be applied: the node that answers, the number of answers, and the people called.

use std::time::Duration;

use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::{AssessmentRecord, Body, Content, EntryType, Salt, Status};
use hotline_protocol::id::ReportId;
use hotline_protocol::vocabulary::{Assessment, Offence, State};

use super::{PreparedRun, apply_run};
use crate::access::act::ActOrigin;
use crate::access::alert::{Which, acknowledge, list_open};
use crate::pipeline::test_house::{Hand, TestHouse, node};
use crate::report::projection::facts_of;
use crate::report::query::repository::by_ids;
use crate::report::replay::{ReceivedBody, Recorded};

const OWN: &str = "fr-example";
const HOUR: Duration = Duration::from_hours(1);

fn new_id(house: &TestHouse, origin: &str) -> ReportId {
    ReportId { origin: node(origin), rid: house.context.randomness.uuid_v7(house.context.clock.now()) }
}

fn says(id: &ReportId, entry_type: &str, change: impl FnOnce(&mut Content)) -> Content {
    let mut content = Content::new(EntryType::of_code(entry_type), 0);
    (content.org, content.rid) = (Some(id.origin.clone()), Some(id.rid));
    change(&mut content);
    content
}

/// An offer to us that asks for more than this version understands. The request might be anything.
fn asks_for_more(id: &ReportId) -> Content {
    says(id, "report.create/1", |create| {
        (create.target, create.to) = (Some(node(OWN)), vec![node(OWN)]);
        create.crit = vec!["https://canary.example/crit".into()];
    })
}

#[tokio::test]
async fn a_body_that_came_before_what_its_entry_follows_is_told_then() {
    let house = TestHouse::with_peers(&["de-a", "nl-a"]).await;
    let id = new_id(&house, "de-a");
    let offer = says(&id, "report.create/1", |create| create.target = Some(node("nl-a")));
    let (creates, hashes) = Hand::of("de-a").write(&[offer]);
    let create = hashes[0];
    let mut body = Body::new(Salt::from_bytes([5; 16]));
    body.url = Some("https://a.example/b".parse().expect("a URL"));
    body.assessments = vec![AssessmentRecord::new(node("de-a"), 1_000, Assessment::National, Offence::Csam)];
    let line = body.to_line().expect("a line");
    let mut hand = Hand::of("nl-a");
    let accept = says(&id, "report.accept/1", |accept| (accept.of, accept.reference) = (Some(create), Some(create)));
    let (accepts, hashes) = hand.write(&[accept]);
    let passed_on = says(&id, "report.transfer/1", |transfer| {
        (transfer.hold, transfer.reference) = (Some(hashes[0]), Some(hashes[0]));
        (transfer.target, transfer.to) = (Some(node(OWN)), vec![node(OWN)]);
        transfer.commit(line.commitment());
    });
    let (transfers, _) = hand.write(&[passed_on]);
    house.apply(accepts).await;
    let mut prepared = PreparedRun::new(&house.context, transfers);
    prepared.bodies[0] = Some(ReceivedBody::new(&house.context.seal, &EntryType::Transfer, &line));
    apply_run(&house.context, &prepared).await.expect("applied");
    house.apply(creates).await;
    let report = by_ids(house.context.database.read(), std::slice::from_ref(&id)).await.expect("readable").remove(0);
    assert_eq!((report.assessment, report.state), (Some(Assessment::National), State::Moved));
    assert!(report.url_digest.is_some() && report.number.is_some());
    let fact = facts_of(house.context.database.read(), &[report.key]).await.expect("readable").remove(0);
    assert_eq!(fact.assessed_at, Some(1_000));
}

/// Applies a hotline's entries; returns the hashes.
async fn take(house: &TestHouse, hand: &mut Hand, contents: &[Content]) -> Vec<Hash> {
    let (run, hashes) = hand.write(contents);
    house.apply(run).await;
    hashes
}

async fn about(house: &TestHouse, id: &ReportId) -> Vec<Recorded> {
    let report = by_ids(house.context.database.read(), std::slice::from_ref(id)).await.expect("readable").remove(0);
    house.entries(report.key).await
}

/// Our receipts about a report: each with its entry and its reason.
async fn receipts(house: &TestHouse, id: &ReportId) -> Vec<(Hash, String)> {
    let entries = about(house, id).await.into_iter();
    let ours = entries.filter(|entry| entry.content.entry_type == EntryType::Reject && entry.log == node(OWN));
    ours.map(|entry| {
        assert_eq!(entry.content.reference, entry.content.of);
        (entry.content.of.expect("of"), entry.content.why.expect("why").into())
    })
    .collect()
}

async fn alerts(house: &TestHouse) -> Vec<(String, String)> {
    let open = list_open(&house.context.database).await.expect("readable");
    assert!(open.iter().all(|alert| !alert.text.contains("canary")));
    open.into_iter().map(|alert| (alert.kind, alert.subject)).collect()
}

#[tokio::test]
async fn an_offer_that_is_not_understood_is_answered_once_and_a_person_is_called_once() {
    let house = TestHouse::with_peers(&["de-a"]).await;
    let (mut hand, id) = (Hand::of("de-a"), new_id(&house, "de-a"));
    let hashes = take(&house, &mut hand, &[asks_for_more(&id)]).await;
    let again = take(&house, &mut Hand::of("de-a"), &[asks_for_more(&id)]).await;
    assert_eq!(hashes, again, "the same bytes again");
    let first = (hashes[0], "not_understood".to_owned());
    assert_eq!(receipts(&house, &id).await, std::slice::from_ref(&first));
    assert_eq!(alerts(&house).await, [("report_stands_still".to_owned(), "de-a".to_owned())]);
    let report = by_ids(house.context.database.read(), std::slice::from_ref(&id)).await.expect("readable").remove(0);
    assert_eq!((report.state, report.offer), (State::Received, None));
    house.seal().await;
    acknowledge(&house.context.database, &house.context.clock, &Which::Numbers(vec![1]), ("ada", ActOrigin::Cli))
        .await
        .expect("written");
    let more = says(&id, "report.note/1", |note| {
        (note.crit, note.to, note.reference) = (vec!["more".into()], vec![node(OWN)], Some(hashes[0]));
    });
    let second = take(&house, &mut hand, &[more]).await;
    assert_eq!(receipts(&house, &id).await, [first, (second[0], "not_understood".to_owned())]);
    assert_eq!(alerts(&house).await, [], "nobody is called twice for a report");
}

#[tokio::test]
async fn only_the_addressed_node_answers_and_never_a_receipt() {
    let house = TestHouse::with_peers(&["de-a", "nl-a"]).await;
    let (mut hand, id) = (Hand::of("de-a"), new_id(&house, "de-a"));
    let to_another = says(&id, "report.create/1", |create| {
        (create.target, create.to) = (Some(node("nl-a")), vec![node("nl-a"), node(OWN)]);
        create.crit = vec!["later".into()];
    });
    let create = take(&house, &mut hand, &[to_another]).await[0];
    let receipt = says(&id, "receipt.reject/1", |receipt| {
        (receipt.of, receipt.reference, receipt.to) = (Some(create), Some(create), vec![node(OWN)]);
        receipt.crit = vec!["later".into()];
    });
    take(&house, &mut hand, &[receipt]).await;
    assert_eq!(receipts(&house, &id).await, []);
    assert_eq!(alerts(&house).await.len(), 1, "the report stands still for every reader");
}

#[tokio::test]
async fn what_a_stranger_asks_for_calls_nobody() {
    let house = TestHouse::with_peers(&["de-a", "nl-a"]).await;
    let id = new_id(&house, "de-a");
    let create = take(&house, &mut Hand::of("de-a"), &[says(&id, "report.create/1", |_| ())]).await[0];
    let note = says(&id, "report.note/1", |note| {
        (note.crit, note.reference, note.to) = (vec!["later".into()], Some(create), vec![node(OWN)]);
    });
    let note = take(&house, &mut Hand::of("nl-a"), &[note]).await[0];
    assert_eq!(receipts(&house, &id).await, [(note, "not_understood".to_owned())]);
    assert_eq!(alerts(&house).await, []);
}

#[tokio::test]
async fn what_cannot_be_judged_yet_is_judged_when_more_arrives() {
    let house = TestHouse::with_peers(&["de-a", "nl-a", "us-a"]).await;
    let id = new_id(&house, "de-a");
    let offer = says(&id, "report.create/1", |create| create.target = Some(node("nl-a")));
    let create = take(&house, &mut Hand::of("de-a"), &[offer]).await[0];
    let accept = says(&id, "report.accept/1", |accept| (accept.of, accept.reference) = (Some(create), Some(create)));
    let (accepts, hashes) = Hand::of("nl-a").write(&[accept]);
    // It names the holder's accept, as if it were its own, and is here first.
    let status = says(&id, "report.status/1", |status| {
        (status.hold, status.reference) = (Some(hashes[0]), Some(hashes[0]));
        (status.status, status.to) = (Some(Status::Removed), vec![node(OWN)]);
    });
    let status = take(&house, &mut Hand::of("us-a"), &[status]).await[0];
    assert_eq!(receipts(&house, &id).await, []);
    house.apply(accepts).await;
    assert_eq!(receipts(&house, &id).await, [(status, "not_holder".to_owned())]);
}

#[tokio::test]
async fn an_author_gets_sixty_receipts_an_hour_and_the_rest_is_owed() {
    let house = TestHouse::with_peers(&["de-a"]).await;
    let mut hand = Hand::of("de-a");
    let ids: Vec<ReportId> = (0..62).map(|_| new_id(&house, "de-a")).collect();
    let creates: Vec<Content> = ids.iter().map(asks_for_more).collect();
    take(&house, &mut hand, &creates).await;
    let mut unanswered = Vec::new();
    for id in &ids {
        if receipts(&house, id).await.is_empty() {
            unanswered.push(id);
        }
    }
    assert_eq!(unanswered.len(), 2);
    let more = says(unanswered[0], "report.amend/1", |_| ());
    take(&house, &mut hand, std::slice::from_ref(&more)).await;
    assert_eq!(receipts(&house, unanswered[0]).await.len(), 0, "the hour is not over");
    house.context.clock.advance(HOUR);
    take(&house, &mut hand, &[more]).await;
    assert_eq!(receipts(&house, unanswered[0]).await.len(), 1);
    assert_eq!(receipts(&house, unanswered[1]).await.len(), 0, "nothing more of it has arrived");
}

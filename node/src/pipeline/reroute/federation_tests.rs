//! Federations of honest nodes that locate by any data: no report ends where nobody acts and nobody is told.

use hotline_protocol::log::{KeyHistory, RUN_ENTRIES_LIMIT, UnverifiedRun};
use hotline_protocol::vocabulary::State;
use proptest::prelude::*;

use super::*;
use crate::access::alert::list_open;
use crate::exchange::log::{RunQuery, read_run};
use crate::pipeline::test_house::{TestHouse, node, offer, own_key};
use crate::pipeline::{HeldBack, answer_offers};
use crate::report::query::repository::by_ids;
use crate::report::query::unplaced_by_reason;
use crate::report::{House, Report, head};

const ALL: Part = Part { after: 0, limit: 100 };
const MEMBERS: [&str; 4] = ["fr-example", "nl-a", "de-a", "cz-a"];
/// More rounds than there are members to refuse a report, take it back and offer it again.
const ROUNDS: usize = 24;

/// Possible findings of a member's data about `a.example`: each member's country, one without a peer, one without a
/// name, no address.
const FOUND: [&str; 7] = ["192.0.2.1", "192.0.2.33", "192.0.2.97", "192.0.2.129", "192.0.2.65", "203.0.113.230", ""];

fn hosts(found: usize) -> String {
    if FOUND[found].is_empty() { String::new() } else { format!("{} a.example\n", FOUND[found]) }
}

/// Each member's findings, before and after they change.
#[derive(Debug, Clone)]
struct Data {
    first_target: usize,
    before: Vec<usize>,
    after: Vec<usize>,
}

fn data() -> impl Strategy<Value = Data> {
    (3_usize..=4).prop_flat_map(|count| {
        let found = || prop::collection::vec(0..FOUND.len(), count);
        (1..count, found(), found()).prop_map(|(first_target, before, after)| Data { first_target, before, after })
    })
}

/// Gives each member the sealed entries of the others.
async fn exchange(houses: &[TestHouse]) {
    for author in houses {
        author.seal().await;
        let log = &author.context.own;
        for reader in houses.iter().filter(|reader| reader.context.own != *log) {
            loop {
                let after = head(reader.context.database.read(), log).await.expect("readable");
                let query = RunQuery { log: log.clone(), after, limit: RUN_ENTRIES_LIMIT, bytes: usize::MAX };
                let run = read_run(&author.context, &reader.context.own, &query).await.expect("readable");
                let Some(run) = run else { break };
                let run = UnverifiedRun::parse(run.text.into()).expect("a run");
                let keys = KeyHistory::new(vec![own_key()]);
                reader.apply(run.verify(&author.context.network, log, &keys).expect("it holds")).await;
            }
        }
    }
}

/// All that each member does by itself. Gives how much that was.
async fn work(houses: &[TestHouse], found: &[usize]) -> usize {
    let mut done = 0;
    for (house, found) in houses.iter().zip(found) {
        let locator = house.placer_of(&hosts(*found)).await;
        let heard = Link { last_contact: Some(house.context.now_micros()), head_shown: true, ..Link::default() };
        let others = houses.iter().map(|other| other.context.own.clone()).filter(|other| *other != house.context.own);
        let links: Vec<(NodeId, Link)> = others.map(|other| (other, heard.clone())).collect();
        done += answer_offers(&house.context, &locator, (0, 100), (false, &mut HeldBack::new(600)))
            .await
            .expect("answered")
            .0;
        let tries = Reroute::new(&house.context, &locator, &links);
        done += tries.place_refused(100).await.expect("placed").moves;
        done += tries.place_unplaced(ALL).await.expect("placed").moves;
        done += tries.place_awaiting(None, ALL).await.expect("placed").moves;
    }
    done
}

async fn settle(houses: &[TestHouse], found: &[usize]) {
    for _ in 0..ROUNDS {
        exchange(houses).await;
        let done = work(houses, found).await;
        if done == 0 {
            return;
        }
    }
    panic!("they never come to rest");
}

/// State of a report at its holder: the holder has it in hand, or sees it and was called.
async fn is_seen(houses: &[TestHouse], id: &hotline_protocol::id::ReportId) -> Result<(), String> {
    let mut rows: Vec<(usize, Report)> = Vec::new();
    for (place, house) in houses.iter().enumerate() {
        let found = by_ids(house.context.database.read(), std::slice::from_ref(id)).await.expect("readable");
        rows.extend(found.into_iter().map(|report| (place, report)));
    }
    let holder = rows[0].1.holder.clone();
    if rows.iter().any(|(_, report)| report.holder != holder) {
        return Err("they do not agree who holds it".to_owned());
    }
    let (place, report) = rows.iter().find(|(place, _)| houses[*place].context.own == holder).expect("the holder");
    let context = &houses[*place].context;
    let is_called = !list_open(&context.database).await.expect("readable").is_empty();
    let unplaced = unplaced_by_reason(context.database.read(), &context.own).await.expect("readable");
    match (report.state, report.house) {
        (State::Accepted, _) => Ok(()),
        (_, Some(House::Held)) if is_called => Ok(()),
        (State::Assessed, None) if unplaced.iter().map(|stuck| stuck.count).sum::<u64>() == 1 => Ok(()),
        (state, in_house) => Err(format!("{holder}: {state}, {in_house:?}, called: {is_called}, {:?}", report.route)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 8, ..ProptestConfig::default() })]

    #[test]
    fn every_report_ends_with_who_takes_it_or_in_a_persons_sight(data in data()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let outcome = runtime.block_on(async {
            let members = &MEMBERS[..data.before.len()];
            let mut houses = Vec::new();
            for own in members {
                let peers: Vec<&str> = members.iter().copied().filter(|peer| peer != own).collect();
                houses.push(TestHouse::of(own, &peers, &own_key()).await);
            }
            let report = offer(&houses[0].context, members[data.first_target]).await;
            settle(&houses, &data.before).await;
            is_seen(&houses, &report.id).await.map_err(|seen| format!("before: {seen}"))?;
            settle(&houses, &data.after).await;
            is_seen(&houses, &report.id).await.map_err(|seen| format!("after: {seen}"))
        });
        prop_assert_eq!(outcome, Ok(()));
    }
}

/// NL says DE, DE says FR, FR says NL: each is honest.
#[tokio::test]
async fn a_report_that_everybody_finds_elsewhere_is_held_by_its_origin_who_is_told_once() {
    let members = &MEMBERS[..3];
    let mut houses = Vec::new();
    for own in members {
        let peers: Vec<&str> = members.iter().copied().filter(|peer| peer != own).collect();
        houses.push(TestHouse::of(own, &peers, &own_key()).await);
    }
    let report = offer(&houses[0].context, "nl-a").await;
    settle(&houses, &[1, 2, 0]).await;
    let held = houses[0].report(report.key).await;
    assert_eq!((held.state, held.house, &held.holder), (State::Assessed, Some(House::Held), &node("fr-example")));
    for _ in 0..2 {
        let open = list_open(&houses[0].context.database).await.expect("readable");
        assert_eq!(open.iter().map(|alert| alert.kind.as_str()).collect::<Vec<_>>(), ["report_set_aside"]);
        settle(&houses, &[1, 2, 0]).await;
    }
}

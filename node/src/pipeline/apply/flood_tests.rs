//! A member that writes for ever about one report.

use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::{Content, EntryType, Status};
use hotline_protocol::id::ReportId;
use hotline_protocol::log::Cursor;
use hotline_protocol::state::REPORT_ENTRIES_LIMIT;
use hotline_protocol::vocabulary::{RejectReason, State};

use crate::access::alert::{AlertKind, list_open};
use crate::pipeline::test_house::{Hand, TestHouse, node, offer};
use crate::report::Report;
use crate::report::query::repository::by_ids;
use crate::report::replay::{EntrySet, Recorded};

const OWN: &str = "fr-example";

/// A report of `de-a` that it tells of for ever, to us.
struct Flood {
    hand: Hand,
    id: ReportId,
    last: Option<Hash>,
    create: Option<Hash>,
}

impl Flood {
    fn new(house: &TestHouse) -> Self {
        let rid = house.context.randomness.uuid_v7(house.context.clock.now());
        Self { hand: Hand::of("de-a"), id: ReportId { origin: node("de-a"), rid }, last: None, create: None }
    }

    fn says(&self, entry_type: EntryType, change: impl FnOnce(&mut Content)) -> Content {
        let mut content = Content::new(entry_type, 0);
        (content.org, content.rid, content.to) = (Some(self.id.origin.clone()), Some(self.id.rid), vec![node(OWN)]);
        change(&mut content);
        content
    }

    /// Applies a run of `count` more entries, each by itself a status that follows the entries before the run.
    async fn write(&mut self, house: &TestHouse, count: usize, status: Status) {
        let contents: Vec<Content> = (0..count)
            .map(|number| match self.create {
                None if number == 0 => self.says(EntryType::Create, |_| ()),
                _ => self.says(EntryType::Status, |content| {
                    (content.reference, content.hold) = (self.last, self.create);
                    content.status = Some(status.clone());
                }),
            })
            .collect();
        let (run, hashes) = self.hand.write(&contents);
        self.create = self.create.or(hashes.first().copied());
        self.last = hashes.last().copied();
        house.apply(run).await;
    }

    async fn report(&self, house: &TestHouse) -> Report {
        by_ids(house.context.database.read(), std::slice::from_ref(&self.id)).await.expect("readable").remove(0)
    }

    async fn entries(&self, house: &TestHouse) -> Vec<Recorded> {
        house.entries(self.report(house).await.key).await
    }
}

async fn called(house: &TestHouse) -> Vec<(String, String)> {
    let open = list_open(&house.context.database).await.expect("read");
    open.into_iter().map(|alert| (alert.kind, alert.subject)).collect()
}

fn receipts(entries: &[Recorded]) -> Vec<&Recorded> {
    entries.iter().filter(|entry| entry.log == node(OWN)).collect()
}

#[tokio::test]
async fn a_member_that_writes_too_much_changes_nothing_more_and_is_told_once() {
    let house = TestHouse::with_peers(&["de-a"]).await;
    let mut flood = Flood::new(&house);
    flood.write(&house, 1, Status::LeaInformed).await;
    flood.write(&house, REPORT_ENTRIES_LIMIT - 1, Status::LeaInformed).await;
    assert_eq!((flood.report(&house).await.state, called(&house).await.len()), (State::LeaInformed, 0));
    for count in [1, 5, 700, 1] {
        flood.write(&house, count, Status::Removed).await;
        assert_eq!(flood.report(&house).await.state, State::LeaInformed, "what is beyond counts for nothing");
    }
    let entries = flood.entries(&house).await;
    let receipts = receipts(&entries);
    assert_eq!(receipts.len(), 1, "one for all that is beyond");
    assert_eq!(receipts[0].content.why.as_deref(), Some(RejectReason::TooManyEntries.code()));
    let first_beyond = entries.iter().find(|entry| receipts[0].content.of == Some(entry.hash)).expect("it is kept");
    assert_eq!(first_beyond.place.1, REPORT_ENTRIES_LIMIT as u64 + 1);
    assert_eq!(entries.len(), REPORT_ENTRIES_LIMIT + 2, "no more of it is looked at");
    assert_eq!(called(&house).await, [(AlertKind::TooManyEntries.code().to_owned(), "de-a".to_owned())]);
    let head = crate::report::head(house.context.database.read(), &node("de-a")).await.expect("readable");
    assert_eq!(head.seq, REPORT_ENTRIES_LIMIT as u64 + 707, "all of it is kept, to be passed on");
}

#[tokio::test]
async fn one_call_for_each_author_however_many_reports_it_floods() {
    let house = TestHouse::with_peers(&["de-a"]).await;
    let mut first = Flood::new(&house);
    for count in [1, 600, 600] {
        first.write(&house, count, Status::LeaInformed).await;
    }
    let mut second = Flood { hand: first.hand, ..Flood::new(&house) };
    for count in [1, 600, 600] {
        second.write(&house, count, Status::LeaInformed).await;
    }
    assert_eq!(called(&house).await.len(), 1);
    assert_eq!(receipts(&second.entries(&house).await).len(), 1, "each report has its receipt");
}

#[tokio::test]
async fn what_an_author_says_again_after_it_left_all_behind_counts_anew() {
    let house = TestHouse::with_peers(&["de-a"]).await;
    let mut flood = Flood::new(&house);
    for _ in 0..2 {
        flood.write(&house, 700, Status::LeaInformed).await;
    }
    let opening = flood.hand.open_epoch(2, Cursor::START);
    house.apply(opening).await;
    assert_eq!(flood.report(&house).await.state, State::Received, "nothing of it counts");
    (flood.create, flood.last) = (None, None);
    flood.write(&house, 1, Status::Removed).await;
    flood.write(&house, 1, Status::Removed).await;
    assert_eq!(flood.report(&house).await.state, State::Removed);
    assert_eq!(flood.entries(&house).await.iter().filter(|entry| entry.log == node("de-a")).count(), 2);
}

#[tokio::test]
async fn however_much_an_author_leaves_behind_about_a_report_no_more_of_it_is_looked_at() {
    let house = TestHouse::with_peers(&["de-a"]).await;
    let mut flood = Flood::new(&house);
    let mut looked_at = Vec::new();
    for epoch in 2..=5 {
        for count in [1, 700, 700] {
            flood.write(&house, count, Status::LeaInformed).await;
        }
        let opening = flood.hand.open_epoch(epoch, Cursor::START);
        house.apply(opening).await;
        (flood.create, flood.last) = (None, None);
        let key = flood.report(&house).await.key;
        let whole = EntrySet::load_whole(house.context.database.read(), &[key]).await.expect("readable");
        looked_at.push(whole.left_behind(key).len());
        let first = whole.left_behind(key).iter().map(|entry| entry.place).min();
        assert_eq!(first, Some((1, 1)), "what was said first stays in sight");
    }
    assert_eq!(looked_at, [REPORT_ENTRIES_LIMIT; 4]);
    flood.write(&house, 1, Status::Removed).await;
    flood.write(&house, 1, Status::Removed).await;
    assert_eq!(flood.report(&house).await.state, State::Removed, "what is said again counts");
}

#[tokio::test]
async fn a_stranger_that_writes_too_much_about_our_report_keeps_us_from_nothing() {
    let house = TestHouse::with_peers(&["nl-a", "de-a"]).await;
    let ours = offer(&house.context, "nl-a").await;
    house.seal().await;
    let mut flood = Flood { id: ours.id.clone(), ..Flood::new(&house) };
    flood.create = Some(house.entries(ours.key).await[0].hash);
    flood.last = flood.create;
    for _ in 0..3 {
        flood.write(&house, 600, Status::Removed).await;
    }
    assert_eq!(house.report(ours.key).await.state, State::Offered);
    let accept = house.entries(ours.key).await.remove(0);
    let mut content = Content::new(EntryType::Accept, 0);
    (content.org, content.rid) = (accept.content.org.clone(), accept.content.rid);
    (content.of, content.reference) = (flood.create, flood.create);
    let (accepts, _) = Hand::of("nl-a").write(&[content]);
    house.apply(accepts).await;
    assert_eq!(house.report(ours.key).await.state, State::Accepted);
}

/// Many reports, each with many entries here: others write meanwhile.
#[tokio::test]
async fn a_run_about_many_long_reports_is_applied_in_parts_and_as_if_at_once() {
    const REPORTS: usize = 20;
    let house = TestHouse::with_peers(&["de-a"]).await;
    let (mut hand, mut floods) = (Hand::of("de-a"), Vec::new());
    for _ in 0..REPORTS {
        let mut flood = Flood { hand, ..Flood::new(&house) };
        flood.write(&house, 1, Status::LeaInformed).await;
        flood.write(&house, 900, Status::LeaInformed).await;
        hand = std::mem::replace(&mut flood.hand, Hand::of("de-a"));
        floods.push(flood);
    }
    let ends: Vec<Content> = floods
        .iter()
        .map(|flood| {
            flood.says(EntryType::Status, |content| {
                (content.reference, content.hold) = (flood.last, flood.create);
                content.status = Some(Status::Removed);
            })
        })
        .collect();
    let before = *house.context.database.changes().borrow();
    let (run, _) = hand.write(&ends);
    house.apply(run).await;
    let parts = *house.context.database.changes().borrow() - before;
    assert_eq!(parts, 3, "20 reports of 901 entries, some 8,000 at once");
    for flood in &floods {
        assert_eq!(flood.report(&house).await.state, State::Removed);
    }
    let head = crate::report::head(house.context.database.read(), &node("de-a")).await.expect("readable");
    assert_eq!(head, hand.end());
}

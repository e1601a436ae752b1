//! Another's log that continues in a new epoch: the entries left behind, said again, and refused.

use hotline_protocol::bytes::Hash;
use hotline_protocol::entry::{Content, EntryType};
use hotline_protocol::id::ReportId;
use hotline_protocol::log::{Cursor, VerifiedRun};
use hotline_protocol::vocabulary::State;

use super::{PreparedRun, apply_run};
use crate::access::alert::list_open;
use crate::exchange::log::seal::HighWater;
use crate::exchange::log::verify::verify_logs;
use crate::exchange::log::{LogError, RunQuery, read_run};
use crate::pipeline::test_house::{Hand, TestHouse, country, node};
use crate::report::lifecycle::Move;
use crate::report::projection::{Stand, differing_offers};
use crate::report::query::repository::by_ids;
use crate::report::replay::EntrySet;
use crate::report::{PlannedMove, Report, head, record_moves};

const OWN: &str = "fr-example";
const AUTHOR: &str = "de-a";
const HOLDER: &str = "nl-a";

struct Story {
    house: TestHouse,
    author: Hand,
    id: ReportId,
    /// Before the report was created.
    before: Cursor,
    /// The line that created it.
    created: Box<str>,
}

fn about(id: &ReportId, entry_type: &str, change: impl FnOnce(&mut Content)) -> Content {
    let mut content = Content::new(EntryType::of_code(entry_type), 0);
    (content.org, content.rid) = (Some(id.origin.clone()), Some(id.rid));
    change(&mut content);
    content
}

fn new_id(house: &TestHouse) -> ReportId {
    ReportId { origin: node(AUTHOR), rid: house.context.randomness.uuid_v7(house.context.clock.now()) }
}

/// A report is created after another one, offered, and accepted.
async fn accepted_by(target: &str) -> Story {
    let house = TestHouse::with_peers(&[AUTHOR, HOLDER]).await;
    let mut author = Hand::of(AUTHOR);
    let first = new_id(&house);
    house.apply(author.write(&[about(&first, "report.create/1", |_| ())]).0).await;
    let (before, id) = (author.end(), new_id(&house));
    let create = about(&id, "report.create/1", |create| {
        (create.target, create.to) = (Some(node(target)), vec![node(target)]);
    });
    let (created, hashes) = author.write(&[create]);
    let line = created.entries()[0].line.clone();
    house.apply(created).await;
    if target != OWN {
        let accept = about(&id, "report.accept/1", |accept| {
            (accept.of, accept.reference) = (Some(hashes[0]), Some(hashes[0]));
        });
        house.apply(Hand::of(HOLDER).write(&[accept]).0).await;
    }
    Story { house, author, id, before, created: line }
}

impl Story {
    async fn report(&self) -> Report {
        let ids = std::slice::from_ref(&self.id);
        by_ids(self.house.context.database.read(), ids).await.expect("readable").remove(0)
    }

    async fn standing(&self) -> (State, String, u32) {
        let report = self.report().await;
        (report.state, report.holder.to_string(), report.tenure)
    }

    async fn refusal(&self, run: VerifiedRun) -> LogError {
        let prepared = PreparedRun::new(&self.house.context, run);
        apply_run(&self.house.context, &prepared).await.expect_err("refused")
    }

    /// Returns the end of the next run of the author's log that this node gives to a reader at `after`.
    async fn read_after(&self, after: Cursor) -> Option<Cursor> {
        let query = RunQuery { log: node(AUTHOR), after, limit: usize::MAX, bytes: usize::MAX };
        let run = read_run(&self.house.context, &node(HOLDER), &query).await.expect("readable");
        run.map(|run| run.end)
    }

    async fn verifies(&self) {
        let file = HighWater::in_folder(std::path::Path::new("/nonexistent"));
        let checks = verify_logs(&self.house.context, &file, Some(&node(AUTHOR))).await.expect("readable");
        assert_eq!(checks[&node(AUTHOR)].fault, None);
    }
}

#[tokio::test]
async fn what_is_left_behind_counts_for_nothing_and_for_what_it_did_once_it_is_said_again() {
    let mut story = accepted_by(HOLDER).await;
    let accepted = (State::Accepted, HOLDER.to_owned(), 2);
    assert_eq!(story.standing().await, accepted);
    let opening = story.author.open_epoch(2, story.before);
    let opened_at = opening.head();
    story.house.apply(opening).await;
    assert_eq!(story.standing().await, (State::Received, AUTHOR.to_owned(), 0));
    story.verifies().await;
    let again = story.author.say_again(&story.created);
    story.house.apply(again).await;
    assert_eq!(story.standing().await, accepted, "the holder's accept names it by the hash that it had");
    story.verifies().await;

    let beyond = Cursor { seq: 2, hash: Hash::of(&[b"another branch"]), ..Cursor::START };
    for after in [story.before, beyond, Cursor { seq: 9, ..beyond }] {
        assert_eq!(story.read_after(after).await, Some(opened_at), "whoever holds what was left behind goes on");
    }
    assert_eq!(story.read_after(Cursor::START).await, Some(story.before), "and nobody is given it");
    assert_eq!(story.read_after(opened_at).await, Some(story.author.end()));
    assert_eq!(story.read_after(story.author.end()).await, None);
    let alerts = list_open(&story.house.context.database).await.expect("readable");
    let told: Vec<&str> = alerts.iter().map(|alert| alert.kind.as_str()).collect();
    assert_eq!(told, ["epoch_opened"]);
}

#[tokio::test]
async fn an_offer_to_us_is_left_behind_and_comes_back_unanswered() {
    let mut story = accepted_by(OWN).await;
    let offered = story.report().await;
    assert_eq!((offered.state, offered.offer.is_some()), (State::Offered, true));
    let opening = story.author.open_epoch(2, story.before);
    story.house.apply(opening).await;
    assert_eq!(story.report().await.offer, None);
    let again = story.author.say_again(&story.created);
    let hash = again.entries()[0].hash;
    story.house.apply(again).await;
    let report = story.report().await;
    assert_eq!(report.offer.map(|offer| offer.entry), Some(hash));
    assert_eq!(report.number, offered.number, "it keeps our number");
}

#[tokio::test]
async fn who_holds_what_was_left_behind_offers_nothing_until_it_is_said_again() {
    let mut story = accepted_by(OWN).await;
    let context = &story.house.context;
    let key = story.report().await.key;
    for step in [Move::Accept, Move::Transfer { target: node(HOLDER), country: Some(country("NL").into()) }] {
        let write = context.database.write("test").await.expect("a turn");
        let (mut reports, mut ledger) =
            (vec![story.report().await], EntrySet::load(&*write, &[key]).await.expect("readable"));
        let planned = vec![PlannedMove { report: key, step, body: None }];
        record_moves(context, &write, &mut reports, &mut ledger, planned, false).await.expect("recorded");
        write.commit().await.expect("committed");
    }
    let between = async || {
        let rows = differing_offers(story.house.context.database.read(), (&node(OWN), &node(HOLDER)), 0, 9).await;
        rows.expect("readable").into_iter().map(|row| (row.report, row.stand, row.country)).collect::<Vec<_>>()
    };
    let open = [(key, Stand::Open, Some(country("NL")))];
    assert_eq!(between().await, open);
    let opening = story.author.open_epoch(2, story.before);
    story.house.apply(opening).await;
    assert_eq!(story.standing().await, (State::Moved, OWN.to_owned(), 2), "it goes on here");
    assert_eq!(between().await, [(key, Stand::StrayOffer, Some(country("NL")))], "and is told once");
    let again = story.author.say_again(&story.created);
    story.house.apply(again).await;
    assert_eq!(between().await, open);
}

#[tokio::test]
async fn an_epoch_that_goes_on_after_what_is_not_here_or_does_not_count_is_refused() {
    let mut story = accepted_by(HOLDER).await;
    let end = story.author.end();
    for (epoch, from, is_gap) in [
        (2, Cursor { seq: 9, ..end }, true),
        (2, Cursor { hash: Hash::of(&[b"another"]), ..end }, false),
        (2, Cursor { hash: Hash::of(&[b"another"]), ..story.before }, false),
    ] {
        let refused = story.refusal(Hand::of(AUTHOR).open_epoch(epoch, from)).await;
        assert!(matches!(refused, LogError::Gap(_)) == is_gap, "{refused:?}");
        assert!(is_gap || matches!(refused, LogError::Diverged(_)), "{refused:?}");
    }
    let opening = story.author.open_epoch(2, story.before);
    story.house.apply(opening).await;
    let left_behind = story.refusal(Hand::of(AUTHOR).open_epoch(3, end)).await;
    assert!(matches!(left_behind, LogError::Diverged(_)), "what was left behind never counts again: {left_behind:?}");
    let of_before = Hand::of(AUTHOR).write(&[about(&story.id, "report.create/1", |_| ())]).0;
    let closed = story.refusal(of_before).await;
    assert!(matches!(closed, LogError::EpochClosed(at) if at == story.author.end()), "{closed:?}");
    let third = Hand::of(AUTHOR).open_epoch(5, story.before);
    story.house.apply(third).await;
    let now = head(story.house.context.database.read(), &node(AUTHOR)).await.expect("readable");
    assert_eq!((now.epoch, now.seq), (5, 1), "numbers may be left out");
    story.verifies().await;
}

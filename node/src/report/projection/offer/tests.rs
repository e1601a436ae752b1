//! Tests of offers as logs tell them, from either side of a pair.

use hotline_protocol::entry::{Content, Former};
use hotline_protocol::state::{Seen, fold};

use super::*;
use crate::report::entry_repository::BodyState;

const HOUR: i64 = 3_600;

fn node(id: &str) -> NodeId {
    id.parse().expect("a node id")
}

/// A report of fr-a, told entry by entry.
#[derive(Clone)]
struct Story(Vec<Recorded>);

fn hash(number: usize) -> Hash {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&(number as u64).to_be_bytes());
    Hash::from_slice(&bytes).expect("32 bytes")
}

impl Story {
    /// Offered by fr-a to nl-b at the first hour.
    fn offered() -> Self {
        let mut story = Self(Vec::new());
        story.write("fr-a", EntryType::Create, 1, |content| content.target = Some(node("nl-b")));
        story
    }

    fn write(&mut self, log: &str, entry_type: EntryType, hour: i64, change: impl FnOnce(&mut Content)) -> Hash {
        let mut content = Content::new(entry_type, hour * HOUR);
        content.org = Some(node("fr-a"));
        content.reference = self.0.last().map(|entry| entry.hash);
        change(&mut content);
        let (number, hash) = (self.0.len() as u64 + 1, hash(self.0.len() + 1));
        let (log, place) = (node(log), (1, number));
        self.0.push(Recorded { hash, log, place, content, body_state: BodyState::None });
        hash
    }

    fn answer(&mut self, log: &str, entry_type: EntryType, hour: i64, of: Hash) -> Hash {
        self.write(log, entry_type, hour, |content| content.of = Some(of))
    }

    fn status(&mut self, log: &str, hour: i64, hold: Hash, status: Status) -> Hash {
        self.write(log, EntryType::Status, hour, |content| {
            (content.hold, content.status) = (Some(hold), Some(status));
        })
    }

    fn transfer(&mut self, log: &str, hour: i64, hold: Hash, target: &str) -> Hash {
        self.write(log, EntryType::Transfer, hour, |content| {
            (content.hold, content.target) = (Some(hold), Some(node(target)));
        })
    }

    fn rows(&self, own: &str) -> Vec<OfferRow> {
        let seen: Vec<Seen<'_>> = self.0.iter().map(Recorded::seen).collect();
        offers_of(&node(own), 7, fold(&seen).as_ref(), &self.0.iter().collect::<Vec<_>>())
    }

    /// The rows, as short as they can be read: peer, direction, stand, and the hours.
    fn shown(&self, own: &str) -> Vec<(String, bool, Stand, [Option<i64>; 4])> {
        let hours = |at: Option<i64>| at.map(|at| at / HOUR);
        let shown = |row: OfferRow| {
            let times = [Some(row.at), row.answered_at, row.acted_at, row.gone_at].map(hours);
            (row.peer.to_string(), row.is_outgoing, row.stand, times)
        };
        self.rows(own).into_iter().map(shown).collect()
    }

    /// Returns the only row, equal on both sides of the pair.
    fn one(&self) -> (Stand, [Option<i64>; 4]) {
        let (sent, received) = (self.shown("fr-a"), self.shown("nl-b"));
        assert_eq!(
            (sent[0].0.as_str(), sent[0].1, received[0].0.as_str(), received[0].1),
            ("nl-b", true, "fr-a", false)
        );
        assert_eq!((sent.len(), sent[0].2, sent[0].3), (received.len(), received[0].2, received[0].3));
        assert!(self.shown("de-c").is_empty(), "it is no business of others");
        (sent[0].2, sent[0].3)
    }
}

#[test]
fn both_sides_have_the_same_of_an_offer_whatever_becomes_of_it() {
    let mut story = Story::offered();
    assert_eq!(story.one(), (Stand::Open, [Some(1), None, None, None]));
    let mut refused = story.clone();
    refused.answer("nl-b", EntryType::Refuse, 3, hash(1));
    assert_eq!(refused.one(), (Stand::Refused, [Some(1), Some(3), None, None]));
    let mut taken_back = story.clone();
    taken_back
        .write("fr-a", EntryType::Resume, 4, |content| (content.hold, content.of) = (Some(hash(1)), Some(hash(1))));
    assert_eq!(taken_back.one(), (Stand::Over, [Some(1), None, None, None]));
    // It was on its way: it answers an offer that is none any more.
    taken_back.answer("nl-b", EntryType::Accept, 5, hash(1));
    assert_eq!(taken_back.one(), (Stand::Over, [Some(1), Some(5), None, None]));
    let mut withdrawn = story.clone();
    withdrawn.write("fr-a", EntryType::Withdraw, 2, |_| ());
    assert_eq!(withdrawn.one(), (Stand::Over, [Some(1), None, None, None]));

    let accept = story.answer("nl-b", EntryType::Accept, 2, hash(1));
    assert_eq!(story.one(), (Stand::Held, [Some(1), Some(2), None, None]));
    story.status("nl-b", 5, accept, Status::LeaInformed);
    assert_eq!(story.one(), (Stand::Held, [Some(1), Some(2), Some(5), None]));
    let mut legal = story.clone();
    legal.status("nl-b", 6, accept, Status::NotIllegal);
    assert_eq!(legal.one(), (Stand::NotIllegal, [Some(1), Some(2), Some(5), None]));
    story.status("nl-b", 9, accept, Status::Removed);
    story.status("nl-b", 10, accept, Status::Unavailable);
    assert_eq!(story.one(), (Stand::Gone, [Some(1), Some(2), Some(5), Some(9)]), "since it was first said");
    story.status("nl-b", 11, accept, Status::Reopened);
    assert_eq!(story.one(), (Stand::Held, [Some(1), Some(2), Some(5), None]));
    story.status("nl-b", 12, accept, Status::Unavailable);
    assert_eq!(story.one(), (Stand::Gone, [Some(1), Some(2), Some(5), Some(12)]));
}

#[test]
fn what_happens_after_it_was_passed_on_counts_with_the_next_pair() {
    let mut story = Story::offered();
    let accept = story.answer("nl-b", EntryType::Accept, 2, hash(1));
    let transfer = story.transfer("nl-b", 3, accept, "de-c");
    assert_eq!(story.shown("fr-a"), [("nl-b".into(), true, Stand::Held, [Some(1), Some(2), None, None])]);
    let taken = story.answer("de-c", EntryType::Accept, 4, transfer);
    story.status("de-c", 8, taken, Status::Removed);
    let first = (Stand::PassedOn, [Some(1), Some(2), None, None]);
    let second = (Stand::Gone, [Some(3), Some(4), Some(8), Some(8)]);
    assert_eq!(story.shown("fr-a"), [("nl-b".into(), true, first.0, first.1)]);
    assert_eq!(story.shown("de-c"), [("nl-b".into(), false, second.0, second.1)]);
    let between = story.shown("nl-b");
    assert_eq!(between, [("fr-a".into(), false, first.0, first.1), ("de-c".into(), true, second.0, second.1)]);
    assert_eq!(story.rows("nl-b").iter().map(|row| (row.report, row.place)).collect::<Vec<_>>(), [(7, 0), (7, 1)]);
}

#[test]
fn what_counts_for_nothing_is_kept_as_such_by_both_sides() {
    let mut story = Story::offered();
    story.answer("nl-b", EntryType::Refuse, 2, hash(1));
    // The first answer counts, and a second offer only after the first was taken back.
    story.answer("nl-b", EntryType::Accept, 3, hash(1));
    story.transfer("fr-a", 4, hash(1), "nl-b");
    let rows = |own: &str| story.shown(own).into_iter().map(|row| (row.2, row.3)).collect::<Vec<_>>();
    assert_eq!(
        rows("fr-a"),
        [
            (Stand::Refused, [Some(1), Some(2), None, None]),
            (Stand::StrayAnswer, [Some(3), Some(3), None, None]),
            (Stand::StrayOffer, [Some(4), None, None, None]),
        ]
    );
    assert_eq!(rows("nl-b"), rows("fr-a"));
}

#[test]
fn an_answer_whose_offer_was_left_behind_is_told_at_its_origin() {
    let mut story = Story::offered();
    story.answer("nl-b", EntryType::Accept, 2, hash(1));
    story.0.remove(0);
    for own in ["fr-a", "nl-b"] {
        let shown: Vec<_> = story.shown(own).into_iter().map(|row| (row.1, row.2)).collect();
        assert_eq!(shown, [(own == "fr-a", Stand::StrayAnswer)], "{own}");
    }
    assert!(story.shown("de-c").is_empty());
}

#[test]
fn what_was_said_again_in_a_new_epoch_counts_as_before() {
    let mut story = Story::offered();
    let accept = story.answer("nl-b", EntryType::Accept, 2, hash(1));
    story.status("nl-b", 9, accept, Status::Removed);
    let before = story.one();
    for entry in story.0.iter_mut().filter(|entry| entry.log == node("nl-b")) {
        let (ep, seq) = entry.place;
        entry.content.was = vec![Former { ep, seq, prev: Hash::ZERO, hash: entry.hash }];
        entry.hash = hash(usize::try_from(seq).expect("small") + 1_000);
        entry.place.0 += 1;
    }
    assert_eq!(story.one(), before);
}

#[test]
fn every_stand_is_read_as_it_is_written() {
    for stand in Stand::ALL {
        let read: Stand = serde_json::from_value(stand.code().into()).expect("a stand");
        assert_eq!(read, stand);
    }
}

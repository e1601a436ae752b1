//! Proofs that hold, and proofs that differ from one that holds in one thing.

use super::super::Checkpoint;
use super::super::test_keys::{bound, key, keys, log, network};
use super::*;
use crate::entry::{Content, EntryType};

/// A telling of the log: its header lines and where each ends.
#[derive(Clone)]
struct Telling(Vec<(String, Cursor)>);

impl Telling {
    /// One entry for each number, of the first epoch; the numbers tell two tellings apart.
    fn of(times: &[i64]) -> Self {
        Self(Vec::new()).with(1, times)
    }

    fn with(mut self, epoch: u64, times: &[i64]) -> Self {
        for time in times {
            let before = self.0.last().map_or(Cursor { epoch, ..Cursor::START }, |(_, end)| *end);
            let content = Content::new(EntryType::Create, 1_700_000_000 + time);
            let line = Header::write_line(&log(), epoch, before.seq + 1, &before.hash, &content.to_tail());
            let end = Cursor { epoch, seq: before.seq + 1, hash: Header::hash_line(line.as_bytes()) };
            self.0.push((line, end));
        }
        self
    }

    fn checkpoint(&self, seq: usize) -> Checkpoint {
        let end = self.0[seq - 1].1;
        let boot = "boot".to_owned();
        Checkpoint { net: network(), log: log(), ep: end.epoch, seq: end.seq, h: end.hash, ts: 1, boot }
    }

    fn head(&self, seq: usize) -> SignedCheckpoint {
        self.checkpoint(seq).sign(&key(7))
    }

    fn lines(&self, from: usize, to: usize) -> Vec<&str> {
        self.0[from - 1..to].iter().map(|(line, _)| line.as_str()).collect()
    }
}

fn verify(text: &str) -> Result<ForkProof, ForkRefused> {
    ForkProof::verify(text, &network(), &log(), &keys())
}

/// Two tellings that part at the third entry.
fn two() -> (Telling, Telling) {
    (Telling::of(&[1, 2, 3, 4, 5]), Telling::of(&[1, 2, 13, 14, 15]))
}

#[test]
fn two_checkpoints_of_one_place_or_a_chain_between_two_places_prove_a_fork() {
    let (one, other) = two();
    let same = ForkProof::write(&one.head(4), &other.head(4), []);
    let longer = ForkProof::write(&one.head(3), &other.head(5), other.lines(4, 5));
    for (text, place, end, lines) in [(same, 4, 4, 0), (longer, 3, 5, 2)] {
        let proof = verify(&text).expect("it holds");
        let ends = [place, end].map(|seq| one.0[seq - 1].1.position());
        assert_eq!(([proof.place(), proof.end()], proof.headers().count()), (ends, lines));
        let hashes = [one.0[place - 1].1.hash, other.0[place - 1].1.hash];
        assert_eq!((proof.hashes(), proof.log(), proof.text()), (&hashes, &log(), text.as_str()));
    }
}

#[test]
fn what_does_not_contradict_is_no_proof() {
    let (one, other) = two();
    for (what, text, refused) in [
        ("one telling", ForkProof::write(&one.head(4), &one.head(4), []), ForkRefused::Agrees),
        ("one telling, longer", ForkProof::write(&one.head(3), &one.head(5), one.lines(4, 5)), ForkRefused::Agrees),
        ("before the fork", ForkProof::write(&one.head(2), &other.head(3), other.lines(3, 3)), ForkRefused::Agrees),
        ("a gap", ForkProof::write(&one.head(3), &other.head(5), other.lines(5, 5)), ForkRefused::Form),
        ("no headers", ForkProof::write(&one.head(3), &other.head(5), []), ForkRefused::Form),
        ("backwards", ForkProof::write(&other.head(5), &one.head(3), []), ForkRefused::Form),
        ("one token", format!("{}\n", one.head(3).as_str()), ForkRefused::Form),
        ("nothing", String::new(), ForkRefused::Form),
        (
            "the other telling's headers",
            ForkProof::write(&one.head(3), &other.head(5), one.lines(4, 5)),
            ForkRefused::NotSigned,
        ),
        (
            "out of order",
            ForkProof::write(&one.head(3), &other.head(5), other.lines(4, 5).into_iter().rev()),
            ForkRefused::BrokenChain { place: 1 },
        ),
    ] {
        assert_eq!(verify(&text), Err(refused), "{what}");
    }
}

#[test]
fn an_epoch_contradicts_none_before_it() {
    let one = Telling::of(&[1, 2]);
    let later = Telling(Vec::new()).with(2, &[1, 2]);
    assert_eq!(verify(&ForkProof::write(&one.head(2), &later.head(2), [])), Err(ForkRefused::OtherEpoch));
}

#[test]
fn tokens_of_another_key_network_or_log_and_of_keys_that_may_not_sign_there_prove_nothing() {
    let (one, other) = two();
    let of = |checkpoint: Checkpoint| ForkProof::write(&one.head(3), &checkpoint.sign(&key(7)), []);
    let stranger = ForkProof::write(&one.head(3), &other.checkpoint(3).sign(&key(8)), []);
    assert_eq!(verify(&stranger), Err(CheckpointRefused::KeyNotValid.into()));
    let production = Checkpoint { net: "production".parse().expect("a network"), ..other.checkpoint(3) };
    assert_eq!(verify(&of(production)), Err(CheckpointRefused::OtherNetwork.into()));
    let another = Checkpoint { log: "nl-example".parse().expect("a node id"), ..other.checkpoint(3) };
    assert_eq!(verify(&of(another)), Err(CheckpointRefused::OtherLog.into()));
    // Key 8 signs from entry 5 on: it has no say about entry 4.
    let history = KeyHistory::new(vec![bound(7, 1, Some(4)), bound(8, 5, None)]);
    let end = other.checkpoint(5).sign(&key(8));
    let verify = |text: &str| ForkProof::verify(text, &network(), &log(), &history);
    let beyond = ForkProof::write(&one.head(3), &end, other.lines(4, 5));
    assert_eq!(verify(&beyond), Err(CheckpointRefused::KeyNotValid.into()));
    assert!(verify(&ForkProof::write(&one.head(4), &end, other.lines(5, 5))).is_ok());
}

#[test]
fn a_proof_has_bounds() {
    let one = Telling::of(&[0]);
    let times: Vec<i64> = (1..).take(FORK_HEADERS_LIMIT + 2).collect();
    let long = Telling::of(&times);
    let text = |last: usize| ForkProof::write(&one.head(1), &long.head(last), long.lines(2, last));
    assert!(verify(&text(FORK_HEADERS_LIMIT + 1)).is_ok());
    assert_eq!(verify(&text(FORK_HEADERS_LIMIT + 2)), Err(ForkRefused::TooLong));
    assert_eq!(verify(&"a".repeat(FORK_BYTES_LIMIT + 1)), Err(ForkRefused::TooLong));
}

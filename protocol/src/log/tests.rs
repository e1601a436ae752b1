//! Runs that hold, and runs that differ from one that holds in one thing.

use std::sync::Arc;

use proptest::prelude::*;

use super::test_keys::{bound, key, keys, log, network};
use super::*;
use crate::bytes::Hash;
use crate::entry::{Body, BodyRefused, Content, EntryType, Header, HeaderRefused, Origin, Salt};
use crate::id::{Network, NodeId};
use crate::problem::Problem;
use crate::signature::SignatureRefused;

/// A part of a log before it is signed, for a test to change.
#[derive(Clone)]
struct Part {
    log: NodeId,
    epoch: u64,
    first: u64,
    prev: Hash,
    /// Header line and body line.
    entries: Vec<(String, String)>,
}

impl Part {
    /// `count` entries from the first of the log on; every second one has a body.
    fn new(count: u64) -> Self {
        let mut part = Self { log: log(), epoch: 1, first: 1, prev: Hash::ZERO, entries: Vec::new() };
        for seq in 1..=count {
            part.add(EntryType::Create, seq % 2 == 0);
        }
        part
    }

    /// The opening of the second epoch, from an entry of an earlier one.
    fn opening(from: Option<Origin>) -> Self {
        let mut part = Self { epoch: 2, ..Self::new(0) };
        let mut content = Content::new(EntryType::EpochOpen, 1_700_000_000);
        content.from = from;
        part.add_content(content, false);
        part
    }

    fn add(&mut self, entry_type: EntryType, with_body: bool) {
        self.add_content(Content::new(entry_type, 1_700_000_000), with_body);
    }

    fn add_content(&mut self, mut content: Content, with_body: bool) {
        let seq = self.first + self.entries.len() as u64;
        let mut body = String::new();
        if with_body {
            let salt = seq.to_be_bytes().repeat(2).try_into().expect("16 bytes");
            let line = Body::new(Salt::from_bytes(salt)).to_line().expect("a body");
            content.commit(line.commitment());
            line.as_str().clone_into(&mut body);
        }
        let line = Header::write_line(&self.log, self.epoch, seq, &self.head(), &content.to_tail());
        self.entries.push((line, body));
    }

    /// Goes on after an entry, so that a run need not begin with the log.
    fn after(mut self, count: usize) -> Self {
        self.prev = hash(&self.entries[count - 1].0);
        self.first += count as u64;
        self.entries.drain(..count);
        self
    }

    fn head(&self) -> Hash {
        self.entries.last().map_or(self.prev, |(line, _)| hash(line))
    }

    fn last(&self) -> u64 {
        self.first + self.entries.len() as u64 - 1
    }

    fn checkpoint(&self) -> Checkpoint {
        let (seq, h) = (self.last(), self.head());
        Checkpoint {
            net: network(),
            log: self.log.clone(),
            ep: self.epoch,
            seq,
            h,
            ts: 1_700_000_000,
            boot: "boot".into(),
        }
    }

    fn under(&self, checkpoint: &SignedCheckpoint) -> String {
        let mut writer = RunWriter::new(checkpoint, RUN_BYTES_LIMIT);
        for (header, body) in &self.entries {
            writer.push(header, Some(body.as_str()));
        }
        writer.finish()
    }

    fn signed(&self) -> String {
        self.under(&self.checkpoint().sign(&key(7)))
    }
}

fn hash(line: &str) -> Hash {
    Header::hash_line(line.as_bytes())
}

fn verify(text: &str, keys: &KeyHistory) -> Result<VerifiedRun, RunRefused> {
    UnverifiedRun::parse(Arc::from(text))?.verify(&network(), &log(), keys)
}

/// Why a part that is signed as it stands is refused.
fn refused(part: &Part) -> RunRefused {
    verify(&part.signed(), &keys()).expect_err("a part with a fault")
}

fn refused_under(change: impl FnOnce(&mut Checkpoint)) -> RunRefused {
    let part = Part::new(5);
    let mut checkpoint = part.checkpoint();
    change(&mut checkpoint);
    verify(&part.under(&checkpoint.sign(&key(7))), &keys()).expect_err("a checkpoint with a fault")
}

fn refused_by(keys: Vec<BoundKey>) -> RunRefused {
    verify(&Part::new(5).signed(), &KeyHistory::new(keys)).expect_err("a key that may not sign")
}

#[test]
fn a_run_gives_its_entries_and_its_places() {
    let whole = Part::new(5);
    let run = verify(&whole.signed(), &keys()).expect("a valid run");
    assert_eq!((run.before(), run.head()), (Cursor::START, Cursor { epoch: 1, seq: 5, hash: whole.head() }));
    let read: Vec<_> = run.entries().iter().map(|entry| (entry.line.to_string(), entry.body.is_some())).collect();
    let written: Vec<_> = whole.entries.iter().map(|(line, body)| (line.clone(), !body.is_empty())).collect();
    assert_eq!(read, written);

    let later = whole.clone().after(3);
    let run = verify(&later.signed(), &keys()).expect("a valid run");
    assert_eq!(run.before(), Cursor { epoch: 1, seq: 3, hash: hash(&whole.entries[2].0) });
    assert_eq!(run.into_entries().len(), 2);
}

#[test]
fn a_run_holds_without_its_bodies() {
    let mut part = Part::new(5);
    part.entries.iter_mut().for_each(|(_, body)| body.clear());
    let run = verify(&part.signed(), &keys()).expect("a valid run");
    assert!(run.entries().iter().all(|entry| entry.body.is_none()));
}

#[test]
fn a_text_that_is_no_run_is_refused() {
    let text = Part::new(2).signed();
    let checkpoint = text.split_inclusive('\n').next().expect("a line");
    for text in ["", "\n", "a", checkpoint, text.trim_end(), &format!("{text}\n"), &format!("{text}a")] {
        assert_eq!(verify(text, &keys()).map(|_| ()), Err(RunRefused::Form), "{text}");
    }
}

#[test]
fn a_run_with_a_gap_is_refused() {
    let mut part = Part::new(5);
    part.entries.remove(2);
    assert_eq!(refused(&part), RunRefused::BrokenChain { place: 3 });
}

#[test]
fn a_number_left_out_is_a_gap_though_the_hashes_hold() {
    let mut part = Part::new(2);
    let line = Header::write_line(&log(), 1, 4, &part.head(), &Content::new(EntryType::Create, 0).to_tail());
    part.entries.push((line, String::new()));
    assert_eq!(refused(&part), RunRefused::BrokenChain { place: 3 });
}

#[test]
fn a_run_out_of_order_is_refused() {
    let mut part = Part::new(5);
    part.entries.swap(1, 2);
    assert_eq!(refused(&part), RunRefused::BrokenChain { place: 2 });
}

#[test]
fn an_entry_after_another_past_is_refused() {
    let mut part = Part::new(3);
    let first = hash(&part.entries[0].0);
    let line = Header::write_line(&log(), 1, 4, &first, &Content::new(EntryType::Create, 0).to_tail());
    part.entries.push((line, String::new()));
    assert_eq!(refused(&part), RunRefused::BrokenChain { place: 4 });
}

#[test]
fn only_the_first_entry_of_an_epoch_has_nothing_before_it() {
    for (seq, prev) in [(1, Hash::of(&[b"something"])), (2, Hash::ZERO)] {
        let mut part = Part { first: seq, prev, ..Part::new(0) };
        part.add(EntryType::Create, false);
        assert_eq!(refused(&part), RunRefused::BrokenChain { place: 1 }, "{seq}");
    }
}

#[test]
fn a_run_that_was_cut_is_refused() {
    let part = Part::new(5);
    let checkpoint = part.checkpoint().sign(&key(7));
    let cut = Part { entries: part.entries[..4].to_vec(), ..part };
    assert_eq!(verify(&cut.under(&checkpoint), &keys()).expect_err("a cut run"), RunRefused::NotSigned);
}

#[test]
fn a_checkpoint_of_the_entry_before_or_after_does_not_sign_the_run() {
    assert_eq!(refused_under(|checkpoint| checkpoint.seq = 4), RunRefused::NotSigned);
    assert_eq!(refused_under(|checkpoint| checkpoint.seq = 6), RunRefused::NotSigned);
    assert_eq!(refused_under(|checkpoint| *checkpoint = Part::new(4).checkpoint()), RunRefused::NotSigned);
    assert_eq!(refused_under(|checkpoint| checkpoint.h = Hash::ZERO), RunRefused::NotSigned);
}

#[test]
fn a_checkpoint_of_another_log_network_or_epoch_is_refused() {
    let other_log = |checkpoint: &mut Checkpoint| checkpoint.log = "fr-other".parse().expect("a node id");
    assert_eq!(refused_under(other_log), CheckpointRefused::OtherLog.into());
    let other_network = |checkpoint: &mut Checkpoint| checkpoint.net = Network::default();
    assert_eq!(refused_under(other_network), CheckpointRefused::OtherNetwork.into());
    assert_eq!(refused_under(|checkpoint| checkpoint.ep = 2), RunRefused::BrokenChain { place: 1 });
    assert_eq!(refused_under(|checkpoint| checkpoint.ep = 0), CheckpointRefused::KeyNotValid.into());
}

#[test]
fn entries_of_another_log_are_refused_under_a_checkpoint_of_this_one() {
    let mut part = Part { log: "fr-other".parse().expect("a node id"), ..Part::new(0) };
    part.add(EntryType::Create, false);
    let checkpoint = Checkpoint { log: log(), ..part.checkpoint() }.sign(&key(7));
    assert_eq!(verify(&part.under(&checkpoint), &keys()).expect_err("foreign"), RunRefused::BrokenChain { place: 1 });
}

#[test]
fn a_key_signs_only_its_own_range() {
    assert!(verify(&Part::new(5).signed(), &KeyHistory::new(vec![bound(7, 1, Some(5))])).is_ok());
    assert_eq!(refused_by(vec![bound(7, 6, None)]), CheckpointRefused::KeyNotValid.into());
    assert_eq!(refused_by(vec![bound(7, 1, Some(4))]), CheckpointRefused::KeyNotValid.into());
    assert_eq!(refused_by(vec![bound(6, 1, Some(2)), bound(7, 3, None)]), CheckpointRefused::KeyNotValid.into());
}

#[test]
fn a_revoked_or_unknown_key_signs_nothing() {
    let revoked = BoundKey { revoked: true, ..bound(7, 1, None) };
    assert_eq!(refused_by(vec![revoked]), CheckpointRefused::KeyNotValid.into());
    assert_eq!(refused_by(vec![bound(8, 1, None)]), CheckpointRefused::KeyNotValid.into());
    assert_eq!(refused_by(vec![]), CheckpointRefused::KeyNotValid.into());
}

#[test]
fn a_token_that_names_a_key_which_did_not_sign_it_is_refused() {
    let part = Part::new(5);
    let honest = part.checkpoint().sign(&key(7));
    let forged = part.checkpoint().sign(&key(8));
    let (header, _) = honest.as_str().split_once('.').expect("three parts");
    let (_, rest) = forged.as_str().split_once('.').expect("three parts");
    let mixed = SignedCheckpoint::new(&format!("{header}.{rest}"));
    let refused = verify(&part.under(&mixed), &keys()).expect_err("a forged checkpoint");
    assert_eq!(refused, CheckpointRefused::from(SignatureRefused::Signature).into());
}

#[test]
fn a_token_of_another_type_or_with_another_payload_is_refused() {
    let part = Part::new(5);
    let payload = serde_json::to_vec(&part.checkpoint()).expect("JSON");
    let verify = |token: &str| verify(&part.under(&SignedCheckpoint::new(token)), &keys()).expect_err("a fault");
    let card = key(7).sign_jws(crate::card::CARD_TYPE, &payload);
    assert_eq!(verify(&card), CheckpointRefused::from(SignatureRefused::Type).into());
    let whole = String::from_utf8(payload).expect("JSON");
    let twice = whole.replacen('{', r#"{"seq":5,"#, 1);
    let unknown = whole.replacen('{', r#"{"a":1,"#, 1);
    for payload in ["", "{}", &format!("{whole} x"), &twice, &unknown] {
        let token = key(7).sign_jws(CHECKPOINT_TYPE, payload.as_bytes());
        assert_eq!(verify(&token), CheckpointRefused::Payload.into(), "{payload}");
    }
    let long = key(7).sign_jws(CHECKPOINT_TYPE, &[b' '; 2_048]);
    assert_eq!(verify(&long), CheckpointRefused::from(SignatureRefused::TooLong).into());
}

#[test]
fn a_body_that_its_header_does_not_commit_to_is_refused() {
    let mut foreign = Part::new(4);
    foreign.entries[1].1 = foreign.entries[3].1.clone();
    assert_eq!(refused(&foreign), RunRefused::Body { place: 2, cause: BodyRefused::NotCommitted });
    let mut unannounced = Part::new(4);
    unannounced.entries[0].1 = unannounced.entries[1].1.clone();
    assert_eq!(refused(&unannounced), RunRefused::Body { place: 1, cause: BodyRefused::NotCommitted });
    let mut long = Part::new(4);
    long.entries[1].1 = "a".repeat(1_024);
    assert_eq!(refused(&long), RunRefused::Body { place: 2, cause: BodyRefused::Size });
}

#[test]
fn a_header_that_does_not_hold_is_named_by_its_place() {
    let mut part = Part::new(4);
    let line = part.entries[3].0.replacen("\"v\":1", "\"v\":2", 1);
    part.entries[3].0 = line;
    assert_eq!(refused(&part), RunRefused::Header { place: 4, cause: HeaderRefused::Version });
}

#[test]
fn a_run_has_at_most_1024_entries() {
    assert!(verify(&Part::new(1_024).signed(), &keys()).is_ok());
    assert_eq!(refused(&Part::new(1_025)), RunRefused::TooLong);
    assert_eq!(RunRefused::TooLong.problem(), Problem::TooLarge);
}

#[test]
fn a_run_of_long_headers_is_taken_beyond_what_bodies_may_make_it() {
    let mut part = Part::new(0);
    for _ in 0..600 {
        let mut content = Content::new(EntryType::Refuse, 1_700_000_000);
        content.why = Some("a".repeat(7_900).into());
        part.add_content(content, false);
    }
    let text = part.signed();
    assert!(text.len() > RUN_BYTES_LIMIT, "{}", text.len());
    assert_eq!(verify(&text, &keys()).expect("a valid run").entries().len(), 600);
}

#[test]
fn nothing_follows_a_change_of_keys_in_its_run() {
    let mut part = Part::new(2);
    part.add(EntryType::KeyAnnounce, false);
    assert!(verify(&part.signed(), &keys()).is_ok());
    part.add(EntryType::Create, false);
    assert_eq!(refused(&part), RunRefused::SpansKeyChange);
}

#[test]
fn an_epoch_opens_alone_in_its_run() {
    let mut opening = Part::opening(Some(FROM));
    let run = verify(&opening.signed(), &keys()).expect("a valid run");
    assert_eq!(run.opens_epoch(), Some(Cursor { epoch: 1, seq: 9, hash: Hash::ZERO }));
    opening.add(EntryType::Create, false);
    assert_eq!(refused(&opening), RunRefused::SpansKeyChange);
    let mut late = Part::new(1);
    late.add(EntryType::EpochOpen, false);
    assert_eq!(refused(&late), RunRefused::SpansKeyChange);
}

const FROM: Origin = Origin { ep: 1, seq: 9, hash: Hash::ZERO };

#[test]
fn a_further_epoch_begins_with_the_last_entry_of_an_earlier_one_that_counts() {
    let mut without = Part { epoch: 2, ..Part::new(0) };
    without.add(EntryType::Create, false);
    let of_itself = Origin { ep: 2, ..FROM };
    let of_none = Origin { ep: 0, ..FROM };
    let before_the_first = Origin { seq: 0, hash: Hash::of(&[b"no entry"]), ..FROM };
    for part in [without, Part::opening(None)]
        .into_iter()
        .chain([of_itself, of_none, before_the_first].map(|from| Part::opening(Some(from))))
    {
        assert_eq!(refused(&part), RunRefused::EpochNotOpened);
    }
    assert!(verify(&Part::opening(Some(Origin { seq: 0, ..FROM })).signed(), &keys()).is_ok());
    assert_eq!(verify(&Part::new(2).signed(), &keys()).expect("a valid run").opens_epoch(), None);
}

#[test]
fn bodies_are_left_out_where_a_run_would_become_too_large() {
    let mut writer = RunWriter::new(&SignedCheckpoint::new("a"), RUN_BYTES_LIMIT);
    let body = "b".repeat(1024 * 1024);
    for _ in 0..8 {
        writer.push("h", Some(&body));
    }
    let text = writer.finish();
    assert!(text.len() <= RUN_BYTES_LIMIT, "{}", text.len());
    assert_eq!(text.lines().skip(2).step_by(2).filter(|line| !line.is_empty()).count(), 3);
}

#[test]
fn one_flipped_bit_anywhere_is_never_accepted() {
    let text = Part::new(2).signed();
    for (at, bit) in (0..text.len()).flat_map(|at| (0..8).map(move |bit| (at, bit))) {
        let mut bytes = text.clone().into_bytes();
        bytes[at] ^= 1 << bit;
        if let Ok(changed) = String::from_utf8(bytes) {
            assert!(verify(&changed, &keys()).is_err(), "byte {at}, bit {bit}");
        }
    }
}

proptest! {
    #[test]
    fn a_log_may_be_cut_into_runs_anywhere(count in 2_u64..12, cut in any::<prop::sample::Index>()) {
        let whole = Part::new(count);
        let at = cut.index(whole.entries.len() - 1) + 1;
        let first = Part { entries: whole.entries[..at].to_vec(), ..whole.clone() };
        let (first, second) = (verify(&first.signed(), &keys()), verify(&whole.after(at).signed(), &keys()));
        prop_assert_eq!(first.expect("a run").head(), second.expect("a run").before());
    }

    #[test]
    fn any_text_is_refused(text in any::<String>()) {
        prop_assert!(verify(&text, &keys()).is_err());
    }
}

use proptest::prelude::*;

use super::*;
use crate::entry::Status;
use crate::state::histories::histories;
use crate::state::story::{ORIGIN, Story, node};

const B: &str = "de-b";
const C: &str = "nl-c";
const D: &str = "es-d";

fn sees(story: &Story, reader: &str, entry: Hash) -> bool {
    let told = story.entries.iter().find(|told| told.hash == entry).expect("an entry of the story");
    entitled(&node(reader), &told.seen(), Some(&story.fold()), &story.seen())
}

/// The ones of the four that see the entry: origin, B, C, D.
fn readers(story: &Story, entry: Hash) -> [bool; 4] {
    [ORIGIN, B, C, D].map(|reader| sees(story, reader, entry))
}

#[test]
fn a_third_party_gets_nothing() {
    let (mut story, create) = Story::new(Some(B));
    let accept = story.accept(B, create);
    let status = story.status(B, &Status::LeaInformed);
    for entry in [create, accept, status] {
        assert!(!sees(&story, D, entry));
    }
    story.transfer(D, D);
    story.accept(D, create);
    assert!(!sees(&story, D, create), "who offers the report to himself gets nothing by it");
}

#[test]
fn the_author_and_those_in_to_are_entitled_without_a_fold() {
    let (mut story, create) = Story::new(None);
    story.entries[0].content.to = vec![node(C)];
    let told = &story.entries[0];
    let reads = |reader| entitled(&node(reader), &told.seen(), None, &[]);
    assert_eq!([reads(ORIGIN), reads(C), reads(D)], [true, true, false]);
    assert_eq!(readers(&story, create), [true, false, true, false]);
}

#[test]
fn the_target_of_a_transfer_gets_the_path_and_what_comes_later_only_through_to() {
    let (mut story, create) = Story::new(Some(B));
    let accept = story.accept(B, create);
    let status = story.status(B, &Status::LeaInformed);
    assert_eq!(readers(&story, status), [false, true, false, false]);
    let transfer = story.transfer(B, C);
    for entry in [create, accept, status, transfer] {
        assert!(sees(&story, C, entry));
    }
    story.accept(C, transfer);
    let later = story.status(C, &Status::IspInformed);
    assert_eq!(readers(&story, later), [false, false, true, false]);
}

#[test]
fn a_former_target_keeps_its_part_and_gets_no_more() {
    let (mut story, create) = Story::new(Some(B));
    let refuse = story.refuse(B, create);
    let resume = story.resume(ORIGIN, create);
    let second = story.transfer(ORIGIN, C);
    assert_eq!(readers(&story, create), [true, true, true, false]);
    for entry in [refuse, resume, second] {
        assert_eq!((sees(&story, B, entry), sees(&story, C, entry)), (entry == refuse, true));
    }
}

#[test]
fn an_offer_that_does_not_count_opens_nothing() {
    let (mut story, create) = Story::new(Some(B));
    let early = story.transfer(ORIGIN, C);
    assert!(!sees(&story, C, create));
    assert!(!sees(&story, C, early));
}

/// The specification's words, one after the other.
fn naive(reader: &NodeId, entry: &Seen<'_>, fold: &Fold, seen: &[Seen<'_>]) -> bool {
    fn on_path(from: Hash, sought: Hash, seen: &[Seen<'_>]) -> bool {
        let Some(entry) = seen.iter().find(|entry| entry.hash == from) else { return false };
        from == sought || entry.content.reference.is_some_and(|before| on_path(before, sought, seen))
    }
    let offered = |offer: &crate::state::Offer| offer.target == *reader && on_path(offer.entry, entry.hash, seen);
    entry.log == reader || entry.content.to.contains(reader) || fold.offers.iter().any(offered)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn the_rule_is_the_specifications(story in histories()) {
        let (fold, seen) = (story.fold(), story.seen());
        for entry in &seen {
            for reader in [ORIGIN, B, C, D, "us-e"].map(node) {
                let expected = naive(&reader, entry, &fold, &seen);
                prop_assert_eq!(entitled(&reader, entry, Some(&fold), &seen), expected);
            }
        }
    }

    #[test]
    fn nothing_is_opened_twice_or_to_whom_it_was_open(story in histories()) {
        let (fold, seen) = (story.fold(), story.seen());
        for reader in [ORIGIN, B, C, D, "us-e"].map(node) {
            let opened = opened_to(&reader, &fold, &seen);
            for (index, hash) in opened.iter().enumerate() {
                prop_assert!(!opened[..index].contains(hash));
                let entry = seen.iter().find(|entry| entry.hash == *hash).expect("an entry of the story");
                prop_assert!(!entitled_by_header(&reader, entry));
            }
        }
    }

    #[test]
    fn what_is_opened_of_an_authors_log_is_what_is_opened_to_its_readers(story in histories()) {
        let (fold, seen) = (story.fold(), story.seen());
        let actors = [ORIGIN, B, C, D, "us-e"].map(node);
        let is_by = |hash: &Hash, author: &NodeId| seen.iter().any(|entry| entry.hash == *hash && entry.log == author);
        for author in &actors {
            let to_each = actors.iter().flat_map(|reader| {
                opened_to(reader, &fold, &seen).into_iter().map(|hash| (hash, reader.clone()))
            });
            let mut expected: Vec<_> = to_each.filter(|(hash, _)| is_by(hash, author)).collect();
            let mut found = opened_of(author, &fold, &seen);
            expected.sort();
            found.sort();
            prop_assert_eq!(found, expected);
        }
    }
}

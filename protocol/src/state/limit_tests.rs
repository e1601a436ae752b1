//! The part beyond the limit of one author about one report.

use proptest::prelude::*;

use super::fold::fold_within;
use super::histories::histories;
use super::story::{ORIGIN, Story, Told, country};
use super::{Fold, REPORT_ENTRIES_LIMIT, Seen, Unapplied, fold};
use crate::bytes::Hash;
use crate::entry::{EntryType, Status};
use crate::vocabulary::{RejectReason, State};

const LIMIT: usize = 3;

/// The part of a story within the limit, in the specification's words: of each author the first ones of its log.
fn within(story: &Story, limit: usize) -> Story {
    let counts = |told: &&Told| {
        let before = |other: &&Told| other.log == told.log && other.place < told.place;
        story.entries.iter().filter(before).count() < limit
    };
    Story { entries: story.entries.iter().filter(counts).cloned().collect() }
}

fn folded(story: &Story) -> Option<Fold> {
    fold(&story.seen())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_is_beyond_the_limit_is_as_if_it_were_not_here(
        (story, order) in histories().prop_flat_map(|story| {
            let order: Vec<usize> = (0..story.entries.len()).chain(0..story.entries.len()).collect();
            (Just(story), Just(order).prop_shuffle())
        }),
    ) {
        let seen = story.seen();
        let shuffled: Vec<Seen<'_>> = order.iter().map(|at| seen[*at]).collect();
        prop_assert_eq!(fold_within(&shuffled, LIMIT), folded(&within(&story, LIMIT)));
    }

    /// A node keeps the first entry that is too many, and looks at no later one.
    #[test]
    fn later_entries_change_nothing_of_the_fold_and_of_what_is_judged(story in histories()) {
        let (all, first) = (story.seen(), within(&story, LIMIT + 1));
        let first = first.seen();
        let (now, before) = (fold_within(&all, LIMIT), fold_within(&first, LIMIT));
        prop_assert_eq!(&now, &before);
        let now = Unapplied::within(&all, now.as_ref(), LIMIT);
        let before = Unapplied::within(&first, before.as_ref(), LIMIT);
        for entry in &all {
            let is_kept = first.iter().any(|kept| kept.hash == entry.hash);
            prop_assert_eq!(now.why(entry), is_kept.then(|| before.why(entry)).flatten());
        }
    }

    #[test]
    fn of_each_author_the_first_entry_that_is_too_many_is_judged_and_no_receipt(story in histories()) {
        let seen = story.seen();
        let fold = fold_within(&seen, LIMIT);
        let unapplied = Unapplied::within(&seen, fold.as_ref(), LIMIT);
        for told in &story.entries {
            let rank = story.entries.iter().filter(|other| other.log == told.log && other.place < told.place).count();
            let is_judged = rank == LIMIT && told.content.entry_type != EntryType::Reject;
            let is_too_many = unapplied.why(&told.seen()) == Some(RejectReason::TooManyEntries);
            prop_assert_eq!(is_too_many, is_judged);
        }
    }
}

/// A report at home with so many statuses, each naming the one before it.
fn chain(statuses: usize) -> Story {
    let (mut story, create) = Story::new(None);
    let mut last = create;
    for number in 0..statuses {
        let mut told = story.entries[0].clone();
        told.content.entry_type = EntryType::Status;
        told.content.status = Some(if number % 2 == 0 { Status::Removed } else { Status::Reopened });
        (told.content.reference, told.content.hold) = (Some(last), Some(create));
        told.place = (1, story.entries.len() as u64 + 1);
        told.hash = Hash::of(&[&told.place.1.to_be_bytes()]);
        last = told.hash;
        story.entries.push(told);
    }
    story
}

#[test]
fn an_author_says_so_much_about_a_report_and_others_are_still_heard() {
    let mut story = chain(REPORT_ENTRIES_LIMIT + 5);
    let fold = story.fold();
    assert_eq!((fold.counted.len(), fold.state), (REPORT_ENTRIES_LIMIT, State::Removed));
    assert!(fold.stale.is_empty() && fold.waiting.is_empty(), "what is beyond is in no list");
    assert_eq!(fold.last, story.entries[REPORT_ENTRIES_LIMIT - 1].hash);
    let late = story.write(ORIGIN, EntryType::Transfer, |content| content.not = vec![country("NL")]);
    assert_eq!(folded(&story), Some(fold), "nothing that it writes counts any more: {late:?}");
    story.write("nl-c", EntryType::Status, |content| content.status = Some(Status::Removed));
    assert_eq!(story.fold().stale.len(), 1, "another author's entry is looked at");
}

#[test]
fn a_resume_that_saw_the_accept_is_known_along_a_path_of_any_length() {
    let (mut story, create) = Story::new(Some("de-b"));
    let accept = story.accept("de-b", create);
    for _ in 0..400 {
        story.write("nl-c", EntryType::Status, |content| content.status = Some(Status::Removed));
    }
    // A third party's entries may stand between.
    let links: Vec<Hash> = story.entries[2..].iter().map(|told| told.hash).collect();
    for (told, before) in story.entries[3..].iter_mut().zip(&links) {
        told.content.reference = Some(*before);
    }
    story.entries[2].content.reference = Some(accept);
    let (mut transferred, last) = (story.clone(), links[links.len() - 1]);
    let first = transferred.transfer("de-b", "es-d");
    let second = transferred.accept("es-d", first);
    for (reference, holder) in [(second, "es-d"), (first, "de-b"), (last, "de-b")] {
        let mut story = transferred.clone();
        story.write("de-b", EntryType::Resume, |content| {
            (content.of, content.hold, content.reference) = (Some(first), Some(accept), Some(reference));
        });
        assert_eq!(story.fold().holder.as_str(), holder);
    }
}

//! Random histories by random actors, honest and not: properties that hold for all of them.

use proptest::prelude::*;

use super::story::{ORIGIN, Story, hash_of, node};
use super::{Fold, Unapplied, fold};
use crate::bytes::Hash;
use crate::entry::{EntryType, Former, Status};

const ACTORS: [&str; 5] = [ORIGIN, "de-b", "nl-c", "es-d", "us-e"];

/// The random choices behind one entry of a history.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    /// Whether the author keeps the rules.
    honest: bool,
    entry_type: EntryType,
    author: usize,
    target: usize,
    to: Vec<usize>,
    status: Status,
    /// The `ref`, `hold` and `of` that a dishonest author names.
    named: [usize; 3],
}

fn step() -> impl Strategy<Value = Step> {
    let entry_type = prop::sample::select(EntryType::ALL[..9].to_vec());
    let status = prop::sample::select(Status::ALL.to_vec());
    let actor = 0..ACTORS.len();
    let to = prop::collection::vec(actor.clone(), 0..3);
    (prop::bool::weighted(0.7), entry_type, actor.clone(), actor, to, status, any::<[usize; 3]>()).prop_map(
        |(honest, entry_type, author, target, to, status, named)| Step {
            honest,
            entry_type,
            author,
            target,
            to,
            status,
            named,
        },
    )
}

/// Histories of one report, told in the order of writing.
pub(crate) fn histories() -> impl Strategy<Value = Story> {
    (0..ACTORS.len(), prop::collection::vec(step(), 0..24)).prop_map(|(target, steps)| {
        let (mut story, _) = Story::new(Some(ACTORS[target]).filter(|target| *target != ORIGIN));
        for step in steps {
            if step.honest {
                step.keep_the_rules(&mut story)
            } else {
                step.break_the_rules(&mut story)
            };
        }
        story
    })
}

impl Step {
    fn keep_the_rules(&self, story: &mut Story) -> Hash {
        let now = story.fold();
        let holder = now.holder.as_str();
        let target = ACTORS.iter().find(|actor| **actor != holder).expect("five actors");
        let target = if ACTORS[self.target] == holder { target } else { ACTORS[self.target] };
        match (now.open_offer(), self.named[0] % 4) {
            (Some(offer), 0 | 1) if offer.refusal.is_none() => story.accept(offer.target.as_str(), offer.entry),
            (Some(offer), 2) if offer.refusal.is_none() => story.refuse(offer.target.as_str(), offer.entry),
            (Some(offer), _) => story.resume(holder, offer.entry),
            (None, 0) => story.status(holder, &self.status),
            (None, _) => story.transfer(holder, target),
        }
    }

    fn break_the_rules(&self, story: &mut Story) -> Hash {
        let written = story.entries.len();
        // One number beyond them is the entry itself, two beyond is the entry that may follow.
        let named = |at: usize| Some(hash_of(self.named[at] % (written + 2) + 1));
        story.write(ACTORS[self.author], self.entry_type.clone(), |content| {
            content.reference = named(0);
            content.hold = named(1);
            content.of = named(2);
            content.target = Some(node(ACTORS[self.target]));
            content.to = self.to.iter().map(|actor| node(ACTORS[*actor])).collect();
            content.status = Some(self.status.clone());
        })
    }
}

/// The story after the author of its `cut`th entry has gone on in a new epoch: from that entry on, all of his was said
/// again, under new hashes.
fn said_again(story: &Story, cut: usize) -> (Story, Vec<(Hash, Hash)>) {
    let mut again = story.clone();
    let author = story.entries[cut].log.clone();
    let mut renamed = Vec::new();
    for (number, told) in again.entries.iter_mut().enumerate().skip(cut).filter(|(_, told)| told.log == author) {
        let now = hash_of(number + 1_000);
        renamed.push((told.hash, now));
        let (ep, seq) = told.place;
        told.content.was = vec![Former { ep, seq, prev: Hash::ZERO, hash: told.hash }];
        told.hash = now;
        told.place.0 += 1;
    }
    (again, renamed)
}

/// A fold, in words, with the hashes of `renamed` by their new names.
fn in_words(mut fold: Fold, renamed: &[(Hash, Hash)]) -> String {
    let name = |hash: &mut Hash| *hash = renamed.iter().find(|(was, _)| was == hash).map_or(*hash, |(_, now)| *now);
    fold.waiting.iter_mut().chain(&mut fold.stale).for_each(name);
    fold.waiting.sort_unstable();
    fold.stale.sort_unstable();
    renamed
        .iter()
        .fold(format!("{fold:?}"), |words, (was, now)| words.replace(&format!("{was:?}"), &format!("{now:?}")))
}

/// Every entry, sorted by the fold's verdict on it.
fn sorted_out(story: &Story, fold: &Fold) -> Vec<Hash> {
    let refusals = fold.offers.iter().filter_map(|offer| offer.refusal.as_ref()).map(|refusal| refusal.entry);
    let beside = story.entries.iter().filter(|told| {
        let is_beside = match told.content.entry_type {
            EntryType::Amend => told.log.as_str() == ORIGIN,
            EntryType::Reject => !refusals.clone().any(|refusal| refusal == told.hash),
            _ => false,
        };
        is_beside && !fold.waiting.contains(&told.hash)
    });
    let lists = [&fold.counted, &fold.stale, &fold.waiting].into_iter().flatten().copied();
    lists.chain(refusals.clone()).chain(beside.map(|told| told.hash)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_order_and_repetition_give_the_same_fold(
        (story, order) in histories().prop_flat_map(|story| {
            let order: Vec<usize> = (0..story.entries.len()).chain(0..story.entries.len()).collect();
            (Just(story), Just(order).prop_shuffle())
        }),
    ) {
        let seen = story.seen();
        let shuffled: Vec<_> = order.iter().map(|at| seen[*at]).collect();
        prop_assert_eq!(fold(&shuffled), Some(story.fold()));
    }

    #[test]
    fn what_is_said_again_in_a_new_epoch_counts_as_it_did_before(
        (story, cut) in histories().prop_flat_map(|story| {
            let count = story.entries.len();
            (Just(story), 0..count)
        }),
    ) {
        let (again, renamed) = said_again(&story, cut);
        prop_assert_eq!(in_words(again.fold(), &[]), in_words(story.fold(), &renamed));
        let (before, after) = (story.seen(), again.seen());
        let (then, now) = (story.fold(), again.fold());
        let (before, after) = (Unapplied::among(&before, Some(&then)), Unapplied::among(&after, Some(&now)));
        for (was, is) in story.seen().iter().zip(&again.seen()) {
            prop_assert_eq!(before.why(was), after.why(is));
        }
    }

    #[test]
    fn every_entry_counts_once_or_says_why_it_does_not(story in histories()) {
        let mut sorted = sorted_out(&story, &story.fold());
        let mut all: Vec<Hash> = story.entries.iter().map(|told| told.hash).collect();
        sorted.sort_unstable();
        all.sort_unstable();
        prop_assert_eq!(sorted, all);
    }

    #[test]
    fn the_holder_is_the_origin_or_accepted_what_was_offered_to_it(story in histories()) {
        let fold = story.fold();
        let begin = story.entries.iter().find(|told| told.hash == fold.hold).expect("the tenure's beginning");
        prop_assert_eq!(&begin.log, &fold.holder);
        let accepted = fold.offers.iter().any(|offer| offer.accepted == Some(fold.hold) && offer.target == fold.holder);
        prop_assert!(accepted || (fold.hold == fold.create && fold.tenure == 1));
        let answers = fold.offers.iter().filter_map(|offer| offer.accepted.or(Some(offer.refusal.as_ref()?.entry)));
        let ends_in_the_walk = fold.counted.iter().copied().chain(answers).any(|hash| hash == fold.last);
        prop_assert!(ends_in_the_walk);
    }

    #[test]
    fn an_offer_has_no_other_open_beside_it(story in histories()) {
        let fold = story.fold();
        let open = fold.offers.iter().filter(|offer| !offer.resumed && offer.accepted.is_none()).count();
        prop_assert_eq!(open, usize::from(fold.open_offer().is_some()));
    }

    #[test]
    fn what_counts_can_be_applied(story in histories()) {
        let (seen, fold) = (story.seen(), story.fold());
        let unapplied = Unapplied::among(&seen, Some(&fold));
        let refusals = fold.offers.iter().filter_map(|offer| Some(offer.refusal.as_ref()?.entry));
        for hash in fold.counted.iter().copied().chain(refusals) {
            let entry = seen.iter().find(|entry| entry.hash == hash).expect("it was told");
            prop_assert_eq!(unapplied.why(entry), None, "{:?}", entry.content.entry_type);
        }
    }

    #[test]
    fn what_can_never_be_applied_stays_so_whatever_else_arrives(
        (story, here) in histories().prop_flat_map(|story| {
            let count = story.entries.len();
            (Just(story), prop::collection::vec(any::<bool>(), count))
        }),
    ) {
        let (all, now) = (story.seen(), story.fold());
        let some: Vec<_> = all.iter().zip(&here).filter(|(_, here)| **here).map(|(entry, _)| *entry).collect();
        let before = fold(&some);
        let (before, after) = (Unapplied::among(&some, before.as_ref()), Unapplied::among(&all, Some(&now)));
        for entry in &some {
            if before.why(entry).is_some() {
                prop_assert!(after.why(entry).is_some(), "{:?}", entry.content.entry_type);
            }
        }
    }
}

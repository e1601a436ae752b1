//! Every reason once, the answering node, and the cases without a reason.

use super::super::story::{ORIGIN, Story, country, hash_of, node};
use super::*;
use crate::entry::Content;

const B: &str = "de-b";
const C: &str = "nl-c";
const D: &str = "es-d";

/// A report that B has accepted, with an entry that `author` adds.
fn with(author: &str, entry_type: EntryType, change: impl FnOnce(&mut Content)) -> (Story, Hash) {
    let (mut story, create) = Story::new(Some(B));
    story.accept(B, create);
    let entry = story.write(author, entry_type, change);
    (story, entry)
}

fn told<'s, 'a>(seen: &'s [Seen<'a>], hash: Hash) -> &'s Seen<'a> {
    seen.iter().find(|entry| entry.hash == hash).expect("it was told")
}

fn reason((story, hash): &(Story, Hash)) -> Option<RejectReason> {
    let (seen, fold) = (story.seen(), super::super::fold(&story.seen()));
    Unapplied::among(&seen, fold.as_ref()).why(told(&seen, *hash))
}

fn answerer((story, hash): &(Story, Hash)) -> Option<NodeId> {
    let (seen, fold) = (story.seen(), super::super::fold(&story.seen()));
    addressee(told(&seen, *hash), fold.as_ref()).cloned()
}

#[test]
fn every_entry_that_can_never_be_applied_has_its_reason() {
    // Of a story's entries the first is the create by the origin, the second the accept by B.
    let (create, accept) = (hash_of(1), hash_of(2));
    for (what, told, reason_expected) in [
        ("crit", with(B, EntryType::Status, |c| c.crit = vec!["later".into()]), Some(RejectReason::NotUnderstood)),
        (
            "an unknown type with crit",
            with(B, EntryType::of_code("report.note/1"), |c| c.crit = vec!["later".into()]),
            Some(RejectReason::NotUnderstood),
        ),
        ("an unknown type", with(B, EntryType::of_code("report.note/1"), |_| ()), None),
        (
            "an unknown status",
            with(B, EntryType::Status, |c| c.status = Some(Status::of_code("later"))),
            Some(RejectReason::UnknownStatus),
        ),
        (
            "a create's status",
            with(B, EntryType::Status, |c| c.status = Some(Status::Accepted)),
            Some(RejectReason::UnknownStatus),
        ),
        ("no status", with(B, EntryType::Status, |_| ()), Some(RejectReason::UnknownStatus)),
        ("a status", with(B, EntryType::Status, |c| c.status = Some(Status::Removed)), None),
        (
            "a stranger's status",
            with(C, EntryType::Status, |c| c.status = Some(Status::Removed)),
            Some(RejectReason::NotHolder),
        ),
        (
            "a resume that names no tenure",
            with(B, EntryType::Resume, |c| (c.of, c.hold) = (Some(create), None)),
            Some(RejectReason::NotHolder),
        ),
        (
            "a hold that is not here",
            with(B, EntryType::Status, |c| c.hold = Some(hash_of(99))),
            Some(RejectReason::UnknownStatus),
        ),
        (
            "a stranger's transfer whose hold is not here",
            with(C, EntryType::Transfer, |c| (c.target, c.hold) = (Some(node(D)), Some(hash_of(99)))),
            None,
        ),
        (
            "the origin's status after the accept",
            with(ORIGIN, EntryType::Status, |c| (c.status, c.hold) = (Some(Status::Removed), Some(create))),
            None,
        ),
        (
            "the origin takes its report back",
            with(ORIGIN, EntryType::Resume, |c| (c.of, c.hold) = (Some(create), Some(create))),
            None,
        ),
        ("an answer to nothing", with(C, EntryType::Accept, |_| ()), Some(RejectReason::NotTarget)),
        (
            "an answer to another's offer",
            with(C, EntryType::Refuse, |c| c.of = Some(create)),
            Some(RejectReason::NotTarget),
        ),
        ("an answer to an accept", with(B, EntryType::Accept, |c| c.of = Some(accept)), Some(RejectReason::NotTarget)),
        ("a second answer", with(B, EntryType::Refuse, |c| c.of = Some(create)), None),
        ("an answer to what is not here", with(C, EntryType::Accept, |c| c.of = Some(hash_of(99))), None),
        ("a stranger's create", with(C, EntryType::Create, |_| ()), Some(RejectReason::NotOrigin)),
        ("a stranger's amend", with(C, EntryType::Amend, |_| ()), Some(RejectReason::NotOrigin)),
        ("the holder's withdraw", with(B, EntryType::Withdraw, |_| ()), Some(RejectReason::NotOrigin)),
        ("the origin's amend", with(ORIGIN, EntryType::Amend, |_| ()), None),
        ("a second create", with(ORIGIN, EntryType::Create, |_| ()), Some(RejectReason::SecondCreate)),
        (
            "a blocked seat",
            with(B, EntryType::Transfer, |c| (c.target, c.not) = (Some(node(C)), vec![country("NL")])),
            Some(RejectReason::LegalBlock),
        ),
        (
            "a blocked country",
            with(B, EntryType::Transfer, |c| {
                (c.target, c.country, c.not) = (Some(node(C)), Some(country("BE")), vec![country("BE")]);
            }),
            Some(RejectReason::LegalBlock),
        ),
        ("a transfer", with(B, EntryType::Transfer, |c| c.target = Some(node(C))), None),
        ("a receipt, whatever it asks for", with(C, EntryType::Reject, |c| c.crit = vec!["later".into()]), None),
    ] {
        assert_eq!(reason(&told), reason_expected, "{what}");
    }
}

#[test]
fn a_country_that_the_create_forbids_blocks_later_offers() {
    let mut told = with(B, EntryType::Transfer, |content| content.target = Some(node(C)));
    assert_eq!(reason(&told), None);
    told.0.entries[0].content.not = vec![country("NL")];
    assert_eq!(reason(&told), Some(RejectReason::LegalBlock));
}

#[test]
fn the_target_answers_else_the_first_reader_else_the_holder_and_never_the_author() {
    for (what, told, who) in [
        (
            "a target",
            with(B, EntryType::Transfer, |c| (c.target, c.to) = (Some(node(C)), vec![node(ORIGIN), node(C)])),
            Some(C),
        ),
        ("readers", with(C, EntryType::Status, |c| c.to = vec![node(D), node(B)]), Some(D)),
        ("the author among the readers", with(C, EntryType::Status, |c| c.to = vec![node(C), node(D)]), Some(D)),
        ("nobody named", with(C, EntryType::Status, |_| ()), Some(B)),
        ("the holder itself", with(B, EntryType::Status, |_| ()), None),
        ("oneself", with(B, EntryType::Transfer, |c| c.target = Some(node(B))), None),
    ] {
        assert_eq!(answerer(&told), who.map(node), "{what}");
    }
}

#[test]
fn a_report_depends_on_its_origin_and_on_whom_it_was_offered_to() {
    let (mut story, create) = Story::new(Some(B));
    story.accept(B, create);
    story.transfer(B, C);
    let (origin, fold) = (node(ORIGIN), story.fold());
    let named = |fold| parties(&origin, fold).map(NodeId::as_str).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(named(Some(&fold)), [ORIGIN, B, C].into());
    assert_eq!(named(None), [ORIGIN].into());
}

#[test]
fn a_create_that_is_not_understood_makes_no_report_and_is_answered_by_its_target() {
    let (mut story, create) = Story::new(Some(B));
    story.entries[0].content.crit = vec!["later".into()];
    assert_eq!(super::super::fold(&story.seen()), None);
    let told = (story, create);
    assert_eq!((reason(&told), answerer(&told)), (Some(RejectReason::NotUnderstood), Some(node(B))));
}

#[test]
fn what_is_not_understood_holds_the_report_where_it_stands_and_tells_nothing() {
    let (mut story, create) = Story::new(Some(B));
    story.accept(B, create);
    let before = story.fold();
    let amend = story.write(ORIGIN, EntryType::Amend, |content| content.crit = vec!["later".into()]);
    let asks = story.write(B, EntryType::of_code("report.note/1"), |content| content.crit = vec!["later".into()]);
    let after = story.write(B, EntryType::Status, |content| {
        (content.status, content.reference) = (Some(Status::Removed), Some(asks));
    });
    let fold = story.fold();
    let mut held = vec![amend, asks, after];
    held.sort_unstable();
    assert_eq!(fold, Fold { waiting: held, ..before });
    assert!(!fold.heard().contains(&amend));
}

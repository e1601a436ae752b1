//! Section 5 of the specification as stories.

use super::story::{ORIGIN, Story, country, node};
use super::{Fold, Seen, fold};
use crate::bytes::Hash;
use crate::entry::{EntryType, Status};
use crate::vocabulary::State;

const B: &str = "de-b";
const C: &str = "nl-c";
const D: &str = "es-d";

/// A report that was offered to B and accepted there; with the create and the accept.
fn accepted_by_b() -> (Story, Hash, Hash) {
    let (mut story, create) = Story::new(Some(B));
    let accept = story.accept(B, create);
    (story, create, accept)
}

fn holder_and_state(fold: &Fold) -> (&str, State) {
    (fold.holder.as_str(), fold.state)
}

/// Every order of the entries.
fn orders<'a>(seen: &[Seen<'a>]) -> Vec<Vec<Seen<'a>>> {
    let Some((first, rest)) = seen.split_first() else { return vec![vec![]] };
    let put = |order: &Vec<Seen<'a>>, at: usize| [&order[..at], &[*first], &order[at..]].concat();
    orders(rest).iter().flat_map(|order| (0..=order.len()).map(|at| put(order, at)).collect::<Vec<_>>()).collect()
}

fn assert_same_in_any_order(story: &Story) {
    for order in orders(&story.seen()) {
        assert_eq!(fold(&order), Some(story.fold()));
    }
}

#[test]
fn a_report_is_offered_accepted_and_acted_upon() {
    let (mut story, create) = Story::new(Some(B));
    assert_eq!(holder_and_state(&story.fold()), (ORIGIN, State::Offered));
    assert_eq!(story.fold().unanswered_offer().map(|offer| &offer.target), Some(&node(B)));
    let accept = story.accept(B, create);
    let fold = story.fold();
    assert_eq!(holder_and_state(&fold), (B, State::Accepted));
    assert_eq!((fold.hold, fold.tenure, fold.last, fold.open_offer()), (accept, 2, accept, None));
    for (status, state) in [
        (Status::LeaInformed, State::LeaInformed),
        (Status::IspInformed, State::IspInformed),
        (Status::Removed, State::Removed),
    ] {
        let last = story.status(B, &status);
        assert_eq!((holder_and_state(&story.fold()), story.fold().last), ((B, state), last));
    }
    assert_eq!((story.fold().counted.len(), story.fold().stale.len()), (5, 0));
}

#[test]
fn a_report_without_a_target_is_what_its_create_says() {
    for (status, state) in
        [(None, State::Assessed), (Some(Status::Accepted), State::Accepted), (Some(Status::Assessed), State::Assessed)]
    {
        let (mut story, _) = Story::new(None);
        story.entries[0].content.status = status;
        assert_eq!(holder_and_state(&story.fold()), (ORIGIN, state));
    }
}

#[test]
fn a_refused_report_is_resumed_and_offered_again() {
    let (mut story, create) = Story::new(Some(B));
    story.refuse(B, create);
    assert_eq!(holder_and_state(&story.fold()), (ORIGIN, State::Refused));
    story.resume(ORIGIN, create);
    assert_eq!(holder_and_state(&story.fold()), (ORIGIN, State::Assessed));
    let second = story.transfer(ORIGIN, C);
    assert_eq!(holder_and_state(&story.fold()), (ORIGIN, State::Moved));
    story.accept(C, second);
    assert_eq!(holder_and_state(&story.fold()), (C, State::Accepted));
    assert_eq!((story.fold().tenure, story.fold().offers.len(), story.fold().stale), (2, 2, vec![]));
}

#[test]
fn a_refusal_says_why_and_where_else() {
    let (mut story, create) = Story::new(Some(B));
    story.refuse(B, create);
    story.entries[1].content.why = Some("not_hosted_here".into());
    story.entries[1].content.country = Some(country("NL"));
    let fold = story.fold();
    let refusal = fold.open_offer().and_then(|offer| offer.refusal.as_ref()).expect("refused");
    assert_eq!((&*refusal.why, refusal.country), ("not_hosted_here", country("NL").known()));
}

#[test]
fn a_second_offer_counts_only_when_the_first_was_resumed() {
    let (mut story, create) = Story::new(Some(B));
    let early = story.transfer(ORIGIN, C);
    story.accept(C, early);
    assert_eq!(holder_and_state(&story.fold()), (ORIGIN, State::Offered));
    assert_eq!(story.fold().stale.len(), 2);
    story.resume(ORIGIN, create);
    assert_eq!(holder_and_state(&story.fold()), (ORIGIN, State::Assessed), "an early offer stays without effect");
}

#[test]
fn a_node_that_was_silent_may_be_offered_the_report_again() {
    let (mut story, create) = Story::new(Some(B));
    story.resume(ORIGIN, create);
    let again = story.transfer(ORIGIN, B);
    story.accept(B, create);
    assert_eq!(holder_and_state(&story.fold()), (ORIGIN, State::Moved), "the answer to the first offer is late");
    story.accept(B, again);
    assert_eq!(holder_and_state(&story.fold()), (B, State::Accepted));
}

#[test]
fn only_the_target_answers_and_only_its_first_answer_counts() {
    let (mut story, create) = Story::new(Some(B));
    story.accept(C, create);
    story.accept(ORIGIN, create);
    assert_eq!(holder_and_state(&story.fold()), (ORIGIN, State::Offered));
    story.refuse(B, create);
    story.accept(B, create);
    assert_eq!(holder_and_state(&story.fold()), (ORIGIN, State::Refused));

    let (mut story, create, _) = accepted_by_b();
    story.refuse(B, create);
    assert_eq!(holder_and_state(&story.fold()), (B, State::Accepted));
}

#[test]
fn a_reject_by_the_target_of_an_offer_counts_as_a_refusal() {
    let (mut story, create) = Story::new(Some(B));
    story.answer(C, EntryType::Reject, create);
    assert_eq!(holder_and_state(&story.fold()), (ORIGIN, State::Offered));
    story.answer(B, EntryType::Reject, create);
    assert_eq!(holder_and_state(&story.fold()), (ORIGIN, State::Refused));
}

#[test]
fn a_report_goes_through_five_hands() {
    let (mut story, mut offer) = Story::new(Some(B));
    let chain = [B, C, D, "us-e", "gb-f"];
    for (index, holder) in chain.iter().enumerate() {
        story.accept(holder, offer);
        assert_eq!(holder_and_state(&story.fold()), (*holder, State::Accepted));
        assert_eq!(story.fold().tenure as usize, index + 2);
        if let Some(next) = chain.get(index + 1) {
            offer = story.transfer(holder, next);
            assert_eq!(holder_and_state(&story.fold()), (*holder, State::Moved));
        }
    }
    assert_eq!(story.fold().stale, vec![]);
}

#[test]
fn a_report_may_come_back_to_a_former_holder() {
    let (mut story, _, first) = accepted_by_b();
    let away = story.transfer(B, C);
    story.accept(C, away);
    let back = story.transfer(C, B);
    let second = story.accept(B, back);
    assert_eq!((holder_and_state(&story.fold()), story.fold().hold), ((B, State::Accepted), second));
    story.write(B, EntryType::Status, |content| {
        content.hold = Some(first);
        content.status = Some(Status::Removed);
    });
    assert_eq!(story.fold().state, State::Accepted, "said of the tenure that is over");
    story.status(B, &Status::Removed);
    assert_eq!(story.fold().state, State::Removed);
}

#[test]
fn a_report_may_come_back_to_its_origin() {
    let (mut story, _, _) = accepted_by_b();
    let back = story.transfer(B, ORIGIN);
    story.accept(ORIGIN, back);
    assert_eq!((holder_and_state(&story.fold()), story.fold().tenure), ((ORIGIN, State::Accepted), 3));
}

#[test]
fn a_former_holder_cannot_seize_the_report() {
    let (mut story, _, accept) = accepted_by_b();
    let away = story.transfer(B, C);
    let last = story.accept(C, away);
    for hold in [accept, last] {
        for entry_type in [EntryType::Status, EntryType::Transfer, EntryType::Resume] {
            story.write(B, entry_type, |content| {
                content.hold = Some(hold);
                content.status = Some(Status::NotIllegal);
                content.target = Some(node(D));
                content.of = Some(away);
            });
        }
    }
    story.accept(B, away);
    story.accept(D, story.entries[5].hash);
    let fold = story.fold();
    assert_eq!((holder_and_state(&fold), fold.hold, fold.last), ((C, State::Accepted), last, last));
}

#[test]
fn a_third_party_changes_nothing() {
    let (mut story, create, accept) = accepted_by_b();
    let before = story.fold();
    story.status(D, &Status::Removed);
    story.transfer(D, C);
    story.resume(D, create);
    story.write(D, EntryType::Withdraw, |_| ());
    story.write(D, EntryType::Amend, |content| content.not = vec![country("NL")]);
    story.accept(D, accept);
    let after = story.fold();
    assert_eq!(after.stale.len(), 6);
    assert_eq!(Fold { stale: vec![], ..after }, before);
}

#[test]
fn a_resume_wins_against_an_accept_that_it_did_not_see() {
    let (mut story, create) = Story::new(Some(B));
    let first = story.accept(B, create);
    let offer = story.transfer(B, C);
    let late = story.accept(C, offer);
    story.write(B, EntryType::Resume, |content| {
        content.hold = Some(first);
        content.of = Some(offer);
        content.reference = Some(offer);
    });
    assert_eq!((holder_and_state(&story.fold()), story.fold().stale), ((B, State::Assessed), vec![late]));
    assert_same_in_any_order(&story);
}

#[test]
fn who_saw_the_accept_cannot_resume() {
    let (mut story, _, first) = accepted_by_b();
    let offer = story.transfer(B, C);
    let accept = story.accept(C, offer);
    let status = story.status(C, &Status::LeaInformed);
    for seen in [accept, status] {
        let resume = story.write(B, EntryType::Resume, |content| {
            content.hold = Some(first);
            content.of = Some(offer);
            content.reference = Some(seen);
        });
        assert_eq!(holder_and_state(&story.fold()), (C, State::LeaInformed));
        assert!(story.fold().stale.contains(&resume));
    }
}

#[test]
fn the_origin_reclaims_its_own_offer_from_any_depth() {
    let (mut story, create, _) = accepted_by_b();
    let offer = story.transfer(B, C);
    story.accept(C, offer);
    let status = story.status(C, &Status::LeaInformed);
    story.write(ORIGIN, EntryType::Resume, |content| {
        content.hold = Some(create);
        content.of = Some(create);
    });
    let fold = story.fold();
    assert_eq!((holder_and_state(&fold), fold.hold, fold.tenure), ((ORIGIN, State::Assessed), create, 1));
    assert!(fold.stale.contains(&status));
    story.transfer(ORIGIN, D);
    assert_eq!(holder_and_state(&story.fold()), (ORIGIN, State::Moved));
    assert_same_in_any_order(&story);
}

#[test]
fn the_origin_cannot_resume_the_offer_of_another() {
    let (mut story, create, _) = accepted_by_b();
    let offer = story.transfer(B, C);
    story.accept(C, offer);
    story.write(ORIGIN, EntryType::Resume, |content| {
        content.hold = Some(create);
        content.of = Some(offer);
    });
    assert_eq!(holder_and_state(&story.fold()), (C, State::Accepted));
}

#[test]
fn a_status_of_a_tenure_that_the_walk_does_not_reach_is_stale() {
    let (mut story, create) = Story::new(Some(B));
    story.resume(ORIGIN, create);
    let late = story.accept(B, create);
    let status = story.write(B, EntryType::Status, |content| {
        content.hold = Some(late);
        content.status = Some(Status::Removed);
    });
    let fold = story.fold();
    assert_eq!(holder_and_state(&fold), (ORIGIN, State::Assessed));
    assert_eq!(fold.stale, [late, status]);
}

#[test]
fn the_holder_reopens_what_came_back() {
    for terminal in [Status::Removed, Status::Unavailable, Status::NotIllegal] {
        let (mut story, _, _) = accepted_by_b();
        story.status(B, &terminal);
        story.status(B, &Status::LeaInformed);
        assert_eq!(story.fold().state.code(), terminal.code(), "only reopened follows a terminal status");
        story.status(B, &Status::Reopened);
        assert_eq!(story.fold().state, State::Reopened);
        story.status(B, &Status::IspInformed);
        assert_eq!(story.fold().state, State::IspInformed);
    }
}

#[test]
fn the_first_line_of_the_table_that_matches_is_the_state() {
    let (mut story, create) = Story::new(Some(B));
    story.status(ORIGIN, &Status::LeaInformed);
    assert_eq!(story.fold().state, State::Offered, "an open offer stands before what the holder did");
    story.refuse(B, create);
    assert_eq!(story.fold().state, State::Refused);
    story.resume(ORIGIN, create);
    assert_eq!(story.fold().state, State::LeaInformed, "what the holder did stands before a resumed offer");
    story.withdraw();
    assert_eq!(story.fold().state, State::Withdrawn);
    story.status(ORIGIN, &Status::Removed);
    assert_eq!(story.fold().state, State::Removed, "a terminal status stands before all");
}

#[test]
fn an_unknown_status_is_kept_and_changes_nothing() {
    let (mut story, _, _) = accepted_by_b();
    let unknown = story.status(B, &Status::of_code("later"));
    assert_eq!((story.fold().state, story.fold().stale), (State::Accepted, vec![unknown]));
}

#[test]
fn only_the_origin_withdraws_and_it_may_do_so_at_any_time() {
    let (mut story, _, _) = accepted_by_b();
    story.write(B, EntryType::Withdraw, |_| ());
    assert_eq!(holder_and_state(&story.fold()), (B, State::Accepted));
    story.withdraw();
    assert_eq!(holder_and_state(&story.fold()), (B, State::Withdrawn));
}

#[test]
fn an_amend_is_no_part_of_the_walk_and_not_stale() {
    let (mut story, _, accept) = accepted_by_b();
    story.write(ORIGIN, EntryType::Amend, |content| content.not = vec![country("NL")]);
    let fold = story.fold();
    assert_eq!((fold.last, fold.counted.len(), fold.stale), (accept, 2, vec![]));
    assert_eq!(fold.not.into_iter().collect::<Vec<_>>(), [country("NL")]);
}

#[test]
fn an_entry_waits_until_its_ref_arrives() {
    let (mut story, create) = Story::new(Some(B));
    let accept = story.accept(B, create);
    let first = story.status(B, &Status::LeaInformed);
    let second = story.status(B, &Status::Removed);
    let fold = story.fold_without(first);
    assert_eq!(holder_and_state(&fold), (B, State::Accepted));
    assert_eq!(fold.waiting, [second]);
    let fold = story.fold_without(accept);
    assert_eq!((holder_and_state(&fold), fold.waiting.len()), ((ORIGIN, State::Offered), 2));
    assert_eq!((story.fold().state, story.fold().waiting), (State::Removed, vec![]));
}

#[test]
fn a_report_without_its_create_is_not_folded() {
    let (story, create, _) = accepted_by_b();
    let rest: Vec<_> = story.seen().into_iter().filter(|entry| entry.hash != create).collect();
    assert_eq!(fold(&rest), None);
    let (mut story, _) = Story::new(Some(B));
    story.entries[0].log = node(C);
    assert_eq!(fold(&story.seen()), None, "only the origin creates");
}

#[test]
fn a_report_is_not_passed_to_a_blocked_country() {
    for (in_create, in_transfer, cc) in [("NL", "BE", "LU"), ("BE", "NL", "LU"), ("LU", "BE", "LU"), ("BE", "LU", "LU")]
    {
        let (mut story, _, accept) = accepted_by_b();
        story.entries[0].content.not = vec![country(in_create)];
        let blocked = story.write(B, EntryType::Transfer, |content| {
            content.target = Some(node(C));
            content.not = vec![country(in_transfer)];
            content.country = Some(country(cc));
        });
        story.accept(C, blocked);
        let fold = story.fold();
        assert_eq!((holder_and_state(&fold), fold.last), ((B, State::Accepted), accept));
        assert_eq!(fold.stale.len(), 2);
        story.transfer(B, D);
        assert_eq!(story.fold().state, State::Moved, "a blocked offer is in nobody's way");
    }
}

#[test]
fn a_country_that_this_reader_does_not_know_is_forbidden_by_its_letters() {
    for (in_create, in_transfer, cc, target) in
        [("XQ", "BE", "LU", "xq-far"), ("BE", "XQ", "LU", "xq-far"), ("XQ", "BE", "XQ", C), ("BE", "XQ", "XQ", C)]
    {
        let (mut story, _, _) = accepted_by_b();
        story.entries[0].content.not = vec![country(in_create)];
        let blocked = story.write(B, EntryType::Transfer, |content| {
            content.target = Some(node(target));
            content.not = vec![country(in_transfer)];
            content.country = Some(country(cc));
        });
        assert_eq!((holder_and_state(&story.fold()), story.fold().stale), ((B, State::Accepted), vec![blocked]));
    }
}

#[test]
fn a_report_is_held_by_a_hotline_of_a_country_that_this_reader_does_not_know() {
    let (mut story, _, _) = accepted_by_b();
    let offer = story.write(B, EntryType::Transfer, |content| {
        (content.target, content.country) = (Some(node("xq-far")), Some(country("XQ")));
    });
    story.accept("xq-far", offer);
    story.status("xq-far", &Status::Removed);
    let fold = story.fold();
    assert_eq!((holder_and_state(&fold), fold.country), (("xq-far", State::Removed), None));
}

#[test]
fn the_country_is_that_of_the_last_offer_that_counts() {
    let (mut story, _, _) = accepted_by_b();
    story.entries[0].content.country = Some(country("DE"));
    assert_eq!(story.fold().country, country("DE").known());
    let offer = story.transfer(B, C);
    assert_eq!(story.fold().country, country("DE").known(), "an offer that names none");
    story.entries[2].content.country = Some(country("NL"));
    story.accept(C, offer);
    assert_eq!(story.fold().country, country("NL").known());
}

#[test]
fn all_720_orders_of_six_entries_give_the_same_fold() {
    let (mut story, create) = Story::new(Some(B));
    story.refuse(B, create);
    story.resume(ORIGIN, create);
    let offer = story.transfer(ORIGIN, C);
    story.accept(C, offer);
    story.status(C, &Status::Removed);
    assert_eq!(orders(&story.seen()).len(), 720);
    assert_eq!(holder_and_state(&story.fold()), (C, State::Removed));
    assert_same_in_any_order(&story);
}

//! The lists that are needed, and from when each counts.

use super::*;
use crate::config::section::Revocation;

#[tokio::test]
async fn a_list_that_is_dated_ahead_counts_from_its_date_and_keeps_no_other_out() {
    let house = House::new();
    let theirs = house.theirs();
    let files = house.with_lists(&[], &[]);
    let federation = house.federation(&files, &theirs);
    let (seen, _) = federation.shake_hands(federation.server(&house.own), federation.client(&theirs, OWN)).await;
    let (seen, directory) = (seen.expect("accepted"), &federation.directory);
    let warnings = || {
        directory.refresh_authority();
        directory.authority().expect("there is one").file_warnings(federation.clock.unix_seconds())
    };
    let day = TimeDelta::days(1);
    let tomorrow = || house.below.list_between(&[theirs.der()], now() + day, now() + day * 9);
    files.replace_list(1, tomorrow());
    let warned = warnings();
    assert!(matches!(warned.as_slice(), [AuthorityWarning::ListToCome { .. }]), "{warned:?}");
    assert!(!warned[0].is_fault() && warned[0].to_string().contains(BELOW), "{warned:?}");
    assert_eq!(directory.admit(&seen), Admission::Active, "what counted counts on");
    // Put back by hand, the right one is no older one.
    files.replace_list(1, house.below.list(&[]));
    assert_eq!((warnings(), directory.admit(&seen)), (vec![], Admission::Active));
    files.replace_list(1, tomorrow());
    warnings();
    federation.clock.advance(Duration::from_hours(24) - Duration::from_secs(301));
    warnings();
    assert_eq!(directory.admit(&seen), Admission::Active);
    federation.clock.advance(Duration::from_secs(1));
    let warned = warnings();
    assert!(!warned.iter().any(|warning| matches!(warning, AuthorityWarning::ListToCome { .. })), "{warned:?}");
    assert_eq!(directory.admit(&seen), Admission::Gone, "it begins to count by itself");
    // At a start nothing stands before it.
    let lists = [house.root.list(&[]), tomorrow()];
    let files = house.files(&[house.root.pem(), house.below.pem()], &lists, StaleList::Refuse);
    let missing = AuthorityRefused::ListMissing { issuer: format!("CN={BELOW}") };
    house.refused(&files, &theirs, missing).await;
}

#[tokio::test]
async fn where_leaves_alone_are_looked_up_a_root_needs_no_list() {
    let house = House::new();
    let theirs = house.theirs();
    let certificates = [house.root.pem(), house.below.pem()];
    let leaf = |lists: &[String]| house.files(&certificates, lists, StaleList::Refuse).with_depth(Revocation::Leaf);
    house.accepted(&leaf(&[house.below.list(&[])]), &theirs).await;
    house.refused(&leaf(&[house.below.list(&[theirs.der()])]), &theirs, AuthorityRefused::Revoked).await;
    let missing = AuthorityRefused::ListMissing { issuer: format!("CN={BELOW}") };
    house.refused(&leaf(&[house.root.list(&[])]), &theirs, missing).await;
    let over = |authority: &TestAuthority| authority.list_between(&[], now() - TimeDelta::days(7), now());
    house.accepted(&leaf(&[over(&house.root), house.below.list(&[])]), &theirs).await;
    house.refused(&leaf(&[house.root.list(&[]), over(&house.below)]), &theirs, stale(BELOW)).await;
    // The root's word about its issuers is not asked for.
    house.accepted(&leaf(&[house.root.list(&[&house.below.der()]), house.below.list(&[])]), &theirs).await;
}

#[tokio::test]
async fn a_list_about_others_of_an_issuer_s_certificates_is_named_as_such() {
    let house = House::new();
    let lists = [house.root.list(&[]), house.below.list_of_a_part()];
    let files = house.files(&[house.root.pem(), house.below.pem()], &lists, StaleList::Refuse);
    let partial = AuthorityRefused::ListPartial { issuer: format!("CN={BELOW}") };
    house.refused(&files, &house.theirs(), partial).await;
}

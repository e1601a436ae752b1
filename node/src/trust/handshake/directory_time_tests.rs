//! Effects of the passing of time alone on the peers that count.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::TimeDelta;

use super::directory::PeerDirectory;
use super::test_certificate::{TestCertificate, now, peer};
use crate::clock::Clock;
use crate::trust::own::set_validity;
use crate::trust::peer::PeerStanding;

#[test]
fn who_waits_for_changes_is_woken_once_when_a_certificate_is_over_and_when_one_begins_to_count() {
    let clock = Clock::set_at(now());
    let directory = PeerDirectory::new(clock.clone());
    let day = TimeDelta::days(1);
    let id = "de-example".parse().expect("a node id");
    let first = TestCertificate::of("de-example");
    let later = TestCertificate::changed("de-example", |parameters| {
        set_validity(parameters, now() + day * 400, now() + day * 700);
    });
    let certificates = [first.stored("de-example", "active"), later.stored("de-example", "announced")];
    directory.replace(vec![peer("de-example", PeerStanding::Active)], &certificates);
    let mut changes = directory.changes();
    let mut noticed = |days: u32| {
        clock.advance(Duration::from_hours(24) * days);
        directory.notice_time();
        let is_woken = changes.has_changed().expect("the directory lives");
        changes.mark_unchanged();
        directory.notice_time();
        assert!(!changes.has_changed().expect("the directory lives"), "once");
        (is_woken, directory.counting_pins(&id))
    };
    assert_eq!(noticed(0), (false, BTreeSet::from([first.pin])));
    assert_eq!(noticed(366), (false, BTreeSet::from([first.pin])));
    assert_eq!(noticed(1), (true, BTreeSet::new()));
    assert_eq!(noticed(32), (true, BTreeSet::from([later.pin])));
}

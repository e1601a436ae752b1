//! Alerts in a database.

use std::time::Duration;

use super::{delivery_log as telling, *};

async fn house() -> (tempfile::TempDir, Database, Clock) {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}/node.sqlite", folder.path().display());
    let database = Database::create_or_migrate(&url).await.expect("a database");
    (folder, database, Clock::set_at("2026-03-01T12:00:00Z".parse().expect("a time")))
}

fn behind(subject: &str) -> Cause {
    Cause::new(AlertKind::PeerBehind, subject, "nothing was delivered").with("peer", subject)
}

async fn observe(observer: &Observer, database: &Database, clock: &Clock, causes: &[Cause]) -> Changes {
    let nothing = async |_: &Write<'_>| Ok(());
    let observed = observer.observe(database, clock, AlertKind::ALL, causes, false, nothing).await;
    assert!(observed.fault.is_none(), "{:?}", observed.fault);
    observed.changes
}

async fn states(database: &Database) -> Vec<(i64, &'static str)> {
    let all = list_all(database, 100).await.expect("readable");
    all.iter().map(|alert| (alert.id, alert.state().code())).collect()
}

#[tokio::test]
async fn an_alert_ends_with_its_cause_and_the_next_outage_is_a_new_one() {
    let (_folder, database, clock) = house().await;
    let observer = Observer::default();
    let both = [behind("de-example"), behind("it-example")];
    assert_eq!(observe(&observer, &database, &clock, &both).await.opened, both);
    assert_eq!(observe(&observer, &database, &clock, &both).await, Changes::default());
    // One is acknowledged, the other is not: both end, and both open anew.
    let by = ("ada", ActOrigin::Cli);
    let taken = acknowledge(&database, &clock, &Which::Numbers(vec![1, 9]), by).await.expect("written");
    assert_eq!(
        taken.iter().map(|alert| (alert.id, alert.state())).collect::<Vec<_>>(),
        [(1, AlertState::Acknowledged)]
    );
    assert_eq!(states(&database).await, [(1, "acknowledged"), (2, "open")]);
    clock.advance(Duration::from_secs(5));
    let ended = observe(&observer, &database, &clock, &[]).await;
    assert_eq!(ended.resolved.iter().map(|alert| alert.id).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(states(&database).await, [(1, "resolved"), (2, "resolved")]);
    assert_eq!(observe(&observer, &database, &clock, &both).await.opened.len(), 2);
    assert_eq!(states(&database).await, [(1, "resolved"), (2, "resolved"), (3, "open"), (4, "open")]);
    let open = list_open(&database).await.expect("readable");
    assert_eq!(open[0].details["peer"], "de-example");
    // After another start, the observer finds the open alerts, and opens nothing twice.
    assert_eq!(observe(&Observer::default(), &database, &clock, &both).await, Changes::default());
}

#[tokio::test]
async fn an_event_ends_when_it_is_acknowledged_and_several_do_at_once() {
    let (_folder, database, clock) = house().await;
    let event = |subject: &str| Cause::new(AlertKind::EpochOpened, subject, "goes on");
    let write = database.write("raise").await.expect("a turn");
    for (subject, is_new) in [("de-example", true), ("de-example", false), ("it-example", true)] {
        assert_eq!(raise(&write, &clock, event(subject)).await.expect("raised"), is_new);
    }
    write.commit().await.expect("committed");
    assert_eq!(observe(&Observer::default(), &database, &clock, &[]).await, Changes::default());
    let by = ("ada", ActOrigin::Office);
    let which = Which::Kind("epoch_opened".into());
    assert_eq!(acknowledge(&database, &clock, &which, by).await.expect("written").len(), 2);
    assert_eq!(acknowledge(&database, &clock, &which, by).await.expect("read"), []);
    let write = database.write("raise").await.expect("a turn");
    assert!(raise(&write, &clock, event("de-example")).await.expect("raised"));
}

#[tokio::test]
async fn a_database_that_is_away_for_a_moment_calls_nobody() {
    let (_folder, database, clock) = house().await;
    let observer = Observer::default();
    let away = [Cause::new(AlertKind::Database, "fr-example", "it does not answer")];
    assert_eq!(observe(&observer, &database, &clock, &away).await.opened.len(), 0);
    clock.advance(Duration::from_secs(29));
    assert_eq!(observe(&observer, &database, &clock, &away).await.opened.len(), 0);
    assert_eq!(observe(&observer, &database, &clock, &[]).await.opened.len(), 0);
    assert_eq!(observe(&observer, &database, &clock, &away).await.opened.len(), 0);
    clock.advance(Duration::from_secs(30));
    assert_eq!(observe(&observer, &database, &clock, &away).await.opened.len(), 1);
}

#[tokio::test]
async fn what_cannot_be_written_is_held_told_and_written_later() {
    let (folder, database, clock) = house().await;
    let observer = Observer::default();
    let causes = [behind("de-example"), behind("it-example")];
    let file = folder.path().join("node.sqlite");
    let other = Database::open(&format!("sqlite://{}?mode=ro", file.display())).await.expect("read only");
    let nothing = async |_: &Write<'_>| Ok(());
    for opened in [&causes[..], &[]] {
        let observed = observer.observe(&other, &clock, AlertKind::ALL, &causes, false, nothing).await;
        observed.fault.expect("it takes nothing");
        assert_eq!(observed.changes.opened, opened, "each is raised once, also in memory");
    }
    let held = observer.held().alerts();
    assert_eq!(held.iter().map(|alert| alert.id).collect::<Vec<_>>(), [-1, -2]);
    // One was told meanwhile; the cause of the other is gone before it is written.
    let note = Note {
        alert: -1,
        channel: telling::Channel::Webhook,
        recipient: String::new(),
        at: clock.now().timestamp_micros(),
        taken: true,
        of_end: false,
    };
    observer.held().note(std::slice::from_ref(&note));
    let changes = observe(&observer, &database, &clock, &causes[..1]).await;
    assert_eq!(changes.resolved.len(), 1);
    assert_eq!(states(&database).await, [(1, "open"), (2, "resolved")]);
    assert_eq!((observer.held().alerts().len(), observer.held().notes().len()), (0, 0));
    let tries = telling::tellings(&database, telling::Channel::Webhook).await.expect("readable");
    let noted: Vec<_> = tries.iter().map(|told| (told.alert, told.told_at)).collect();
    assert_eq!(noted, [(1, Some(note.at))]);
    // A sender that tells an alert while it is written notes the try under the alert's new number.
    observer.held().note(&[note]);
    assert_eq!(observer.held().notes()[0].alert, 1);
}

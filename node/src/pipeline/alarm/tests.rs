//! Overdue offers against a database with one that nobody answers.

use super::*;
use crate::pipeline::test_house::{PATIENCE, new_context, node, offer};

#[tokio::test]
async fn an_offer_waits_longer_for_a_person_than_for_a_machine() {
    let automatic = Link { accept: Some("automatic".to_owned()), ..Link::default() };
    let manual = Link { accept: Some("manual".to_owned()), ..Link::default() };
    let undelivered = Link { behind_since: Some(i64::MAX), ..automatic.clone() };
    for (link, patience) in [
        (automatic.clone(), Duration::from_mins(15)),
        (manual.clone(), Duration::from_hours(72)),
        (undelivered, Duration::from_hours(72)),
        (Link::default(), Duration::from_hours(72)),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let context = new_context(folder.path()).await;
        offer(&context, "de-example").await;
        let targets = [(node("de-example"), link), (node("it-example"), Link::default())];
        let second = Duration::from_secs(1);
        context.clock.advance(patience.saturating_sub(second));
        assert_eq!(overdue(&context, PATIENCE, &targets).await.expect("looked"), []);
        context.clock.advance(second);
        let found = overdue(&context, PATIENCE, &targets).await.expect("looked");
        assert_eq!(found.len(), 1);
        assert!(found[0].target == node("de-example") && found[0].count == 1 && found[0].is_new, "{found:?}");
        let write = context.database.write("mark_called").await.expect("a turn");
        mark_called(&write, &context, &found).await.expect("marked");
        write.commit().await.expect("committed");
        // It stays overdue, whether a machine or a person answers there from now on; nobody is called twice.
        for link in [automatic.clone(), manual.clone()] {
            let found = overdue(&context, PATIENCE, &[(node("de-example"), link)]).await.expect("looked");
            assert!(found.len() == 1 && !found[0].is_new, "{found:?}");
        }
    }
}

//! Acts by hand on a report that this hotline published.

use hotline_protocol::vocabulary::State;

use crate::access::audit::{list_acts, verify_trail};
use crate::cli::console::exit::CliError;
use crate::cli::test_node::{call, new_node};
use crate::context::Context;
use crate::report::lifecycle::{create_reports, prepare_reports};
use crate::report::test_report::csam_report;
use crate::report::{Report, detail_of, find_report};

mod intake;

struct House {
    folder: tempfile::TempDir,
    context: Context,
    id: String,
}

impl House {
    /// A node without reports.
    async fn empty() -> Self {
        let (folder, context) = new_node().await;
        Self { folder, context, id: String::new() }
    }

    /// A node with one report, offered to `target`, or hosted at home.
    async fn with_report(target: Option<&str>) -> Self {
        let Self { folder, context, .. } = Self::empty().await;
        let prepared = prepare_reports(&context, vec![csam_report(target)]).expect("prepared");
        let write = context.database.write("create").await.expect("a turn");
        let reports = create_reports(&context, &write, prepared).await.expect("created");
        write.commit().await.expect("committed");
        Self { folder, context, id: reports[0].id.to_string() }
    }

    async fn call(&self, arguments: &[&str]) -> Result<(), CliError> {
        let arguments: Vec<&str> = arguments.iter().map(|part| if *part == "ID" { &self.id } else { *part }).collect();
        call(self.folder.path(), &arguments).await
    }

    async fn report(&self) -> Report {
        find_report(self.context.database.read(), &self.id, self.context.own.seat()).await.expect("it is here")
    }

    async fn newest_act(&self) -> (String, String) {
        let act = list_acts(&self.context.database, 1).await.expect("readable").remove(0);
        (act.act, act.what)
    }
}

#[tokio::test]
async fn what_was_done_is_recorded_with_its_act() {
    let house = House::with_report(None).await;
    let arguments = ["report", "act", "ID", "lea-informed", "--to", "police", "--via", "portal", "--reference", "77"];
    house.call(&arguments).await.expect("recorded");
    assert_eq!(house.report().await.state, State::LeaInformed);
    let what = format!("{} lea-informed; to police; via portal; reference 77", house.id);
    assert_eq!(house.newest_act().await, ("act_on_report".into(), what));
    house.call(&["report", "act", "ID", "removed"]).await.expect("recorded");
    assert_eq!(house.report().await.state, State::Removed);
    let again = house.call(&["report", "act", "ID", "unavailable"]).await.expect_err("it is final");
    assert_eq!(again.exit_code(), 1);
    house.call(&["report", "act", "ID", "reopen"]).await.expect("recorded");
    let known =
        detail_of(&house.context, house.context.database.read(), &house.report().await).await.expect("readable");
    assert_eq!(known.known.actions.len(), 3);
    assert!(verify_trail(&house.context.database).await.expect("readable").broken_at.is_none());
}

#[tokio::test]
async fn a_refused_act_leaves_nothing_in_the_trail() {
    let house = House::with_report(Some("de-example")).await;
    let before = house.newest_act().await;
    for arguments in [
        &["report", "accept", "ID"][..],
        &["report", "refuse", "ID", "--reason", "other"],
        &["report", "transfer", "ID", "--to", "it-example"],
        &["report", "act", "ID", "removed", "--at", "2999-01-01T00:00:00Z"],
        &["report", "act", "ID", "lea-informed", "--to", "https://a.example/"],
        &["report", "withdraw", "ID", "--reason", "see www.a.example", "--yes"],
    ] {
        assert!(house.call(arguments).await.is_err(), "{arguments:?}");
    }
    assert_eq!(house.newest_act().await, before);
}

#[tokio::test]
async fn an_offer_is_taken_back_and_made_to_another() {
    let house = House::with_report(Some("de-example")).await;
    house.call(&["report", "resume", "ID", "--to", "it-example"]).await.expect("recorded");
    let offer = house.report().await.offer.expect("it is offered");
    assert_eq!(offer.target.as_str(), "it-example");
    house.call(&["report", "resume", "ID"]).await.expect("recorded");
    assert_eq!(house.report().await.offer, None);
    house.call(&["report", "transfer", "ID", "--to", "nl-example"]).await.expect("recorded");
    let known =
        detail_of(&house.context, house.context.database.read(), &house.report().await).await.expect("readable");
    let last = known.known.hosting.last().and_then(|finding| finding.country);
    assert_eq!(last.map(|country| country.to_string()).as_deref(), Some("NL"));
}

#[tokio::test]
async fn a_report_is_withdrawn_and_a_reveal_is_recorded() {
    let house = House::with_report(Some("de-example")).await;
    house.call(&["report", "list"]).await.expect("shown");
    assert_eq!(house.newest_act().await.0, "init");
    house.call(&["report", "show", "ID", "--reveal"]).await.expect("shown");
    assert_eq!(house.newest_act().await, ("reveal_url".into(), house.id.clone()));
    house.call(&["report", "withdraw", "ID", "--reason", "taken in twice", "--yes"]).await.expect("recorded");
    assert_eq!(house.report().await.state, State::Withdrawn);
    assert_eq!(house.newest_act().await, ("withdraw_report".into(), format!("{} taken in twice", house.id)));
}

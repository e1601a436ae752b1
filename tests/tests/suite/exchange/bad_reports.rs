//! A report with unreadable stored data costs itself alone. It stands in lists and pages with its number and its fault,
//! it is held, a person is called once, and everything else goes on.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use hotline_protocol::log::Cursor;
use hotline_protocol::state::REPORT_ENTRIES_LIMIT;
use hotline_tests::browser::office::{Door, Office};
use hotline_tests::hostile::{LongReport, Member};
use hotline_tests::node::cli::done;
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::node::node_process::ProcessNode;
use hotline_tests::places::url_in;
use hotline_tests::sentences;
use hotline_tests::wait::until;
use libtest_mimic::Trial;
use sea_orm::{ConnectionTrait as _, Database};
use serde_json::Value;

/// A step looks long before.
const SOON: Duration = Duration::from_secs(30);

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!(
        "bad_reports",
        store,
        [
            what_cannot_be_read_costs_its_own_line_alone,
            a_member_that_writes_for_ever_about_one_report_is_called_about_once_and_slows_nobody,
            a_text_that_is_too_long_is_refused_with_its_name_the_limit_and_its_length,
            a_step_that_is_refused_says_what_can_be_done,
        ]
    )
}

/// The damage to the report with this number: each another kind.
const DAMAGE: [(u32, &str); 4] = [
    (1, "UPDATE report SET urgency = 'of_another_version' WHERE number % 100000000 = 1"),
    (2, "UPDATE report SET holder = 'nobody at all' WHERE number % 100000000 = 2"),
    (3, "UPDATE report SET channel = 'carrier_pigeon' WHERE number % 100000000 = 3"),
    (4, "UPDATE entry SET header = '{' WHERE report IN (SELECT id FROM report WHERE number % 100000000 = 4)"),
];

/// Changes a node's database behind its back.
async fn damage(node: &ProcessNode, statements: impl IntoIterator<Item = &str>) -> anyhow::Result<()> {
    let config: toml::Table = fs::read_to_string(&node.cli.config_file)?.parse()?;
    let url = config.get("database").and_then(|section| section.get("url")).and_then(toml::Value::as_str);
    let url = match url {
        Some(url) if url.starts_with("postgres") => url.to_owned(),
        _ => format!("sqlite://{}", node.folder().join("node.sqlite").display()),
    };
    let database = Database::connect(url).await?;
    for statement in statements {
        let done = database.execute_unprepared(statement).await?;
        ensure!(done.rows_affected() == 1, "{statement}: {} rows", done.rows_affected());
    }
    Ok(database.close().await?)
}

fn of_kind<'a>(alerts: &'a Value, kind: &str) -> Vec<&'a Value> {
    alerts.as_array().into_iter().flatten().filter(|alert| alert["kind"] == kind).collect()
}

async fn what_cannot_be_read_costs_its_own_line_alone(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE[..1]).await?;
    // In the country of a hotline that is not enrolled here: each waits to be placed.
    for number in 1..=6 {
        federation[0].cli.submit(&url_in("SE", number)).await?;
    }
    damage(&federation[0], DAMAGE.iter().map(|(_, statement)| *statement)).await?;
    federation[0].start().await?;
    let (node, cli) = (&federation[0], &federation[0].cli);

    done(&cli.call(&["report", "list"]).await?).context("the list is given, whatever stands in it")?;
    let (alerts, _) = until("a person is called", SOON, async || {
        let alerts = cli.json(&["alert", "list"]).await?;
        Ok((!of_kind(&alerts, "report_set_aside").is_empty()).then_some(alerts))
    })
    .await?;
    ensure!(of_kind(&alerts, "report_set_aside").len() == 1, "one call for all of them: {alerts}");

    let (list, _) = until("all of them are held", SOON, async || {
        let list = cli.json(&["report", "list"]).await?;
        let held = list.as_array().into_iter().flatten().filter(|report| report["state"] == "held").count();
        Ok((held >= DAMAGE.len()).then_some(list))
    })
    .await?;
    ensure!(list.as_array().is_some_and(|list| list.len() == 6), "each has its line: {list}");
    for (place, report) in list.as_array().context("an array")?.iter().enumerate() {
        let number = 6 - u32::try_from(place)?;
        let is_damaged = DAMAGE.iter().any(|(damaged, _)| *damaged == number);
        ensure!(report["unreadable"].is_string() == is_damaged, "{number}: {report}");
        let name = report["number"].as_str().context("its number")?;
        let shown = cli.json(&["report", "show", name]).await?;
        ensure!(shown["unreadable"] == report["unreadable"] && shown["number"] == report["number"], "{shown}");
    }
    for arguments in [
        &["report", "list"][..],
        &["report", "list", "--state", "held"],
        &["report", "list", "--reveal"],
        &["statistics"],
        &["doctor"],
    ] {
        let output = cli.call(arguments).await?;
        let is_doctor = arguments[0] == "doctor";
        ensure!(is_doctor || output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let found = cli.output(&["report", "find", "-"], Some(&url_in("SE", 1))).await?;
    done(&found)?;

    let analyst = Office::signed_in(&Door::of_process(node), "analyst", None).await?;
    for path in ["/reports", "/reports?state=held", "/reports?holder=fr-alder", "/stuck", "/figures"] {
        let page = analyst.get(path).await?;
        ensure!(page.status == 200 || (path == "/figures" && page.status < 500), "{path}: {}", page.status);
    }
    let list = analyst.get("/reports").await?;
    ensure!(list.text.contains("cannot be read"), "the list says so: {}", list.text);
    for (number, _) in DAMAGE {
        let page =
            analyst.get(&format!("/reports/FR-{}-{number:07}", year(&cli.json(&["report", "list"]).await?)?)).await?;
        ensure!(page.status == 200 && page.text.contains("cannot be read"), "{number}: {}", page.status);
    }
    let page = analyst.post("/reports/find", &[("question", &url_in("SE", 2))]).await?;
    ensure!(page.status == 200, "{}", page.text);

    let client = reqwest::Client::builder().no_proxy().timeout(SOON).build()?;
    let address = format!("http://{}/api/v1/reports", node.public_address());
    let body = format!(r#"{{"urls":["{}"]}}"#, url_in("SE", 1));
    let taken = client.post(address).header("content-type", "application/json").body(body).send().await?;
    ensure!(taken.status() == 201, "{}", taken.text().await?);
    Ok(())
}

/// Returns the year of the reports' intake.
fn year(list: &Value) -> anyhow::Result<String> {
    let number = list[0]["number"].as_str().and_then(|number| number.split('-').nth(1)).context("a number")?;
    Ok(number.to_owned())
}

async fn a_member_that_writes_for_ever_about_one_report_is_called_about_once_and_slows_nobody(
    store: Store,
) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE).await?;
    for place in 0..2 {
        federation[place].start().await?;
    }
    let hostile = Member::of(&federation[2])?;
    let mut report = LongReport::of(&hostile, &["fr-alder"])?;
    let mut last = Cursor::START;
    for count in [1, REPORT_ENTRIES_LIMIT - 1, 300, 300] {
        let run = report.write(&hostile, count)?;
        let answer = hostile.push(&federation[0], &run).await?;
        ensure!(answer.status == 200, "{}", answer.text);
        last = *report.end();
    }
    let (first, second) = (&federation[0], &federation[1]);
    // The other member fetches it from the first, with all that counts for nothing.
    until("it is passed on whole", SOON, async || {
        let heads = second.cli.json(&["log", "head"]).await?;
        Ok((heads["de-cedar"]["hash"] == last.hash.to_string()).then_some(()))
    })
    .await?;
    let mut states = Vec::new();
    for node in [first, second] {
        let alerts = node.cli.json(&["alert", "list"]).await?;
        ensure!(of_kind(&alerts, "too_many_entries").len() == 1, "{}: {alerts}", node.who.id);
        let shown = node.cli.json(&["report", "show", &report.id()]).await?;
        states.push((shown["state"].clone(), shown["holder"].clone()));
    }
    ensure!(states[0] == states[1], "they agree: {states:?}");
    let receipts = async || {
        let log = first.cli.export("fr-alder").await?;
        if log.is_empty() {
            return Ok(None);
        }
        let headers = first.cli.author("fr-alder").await?.verify(&log)?.headers;
        let receipts: Vec<Value> = headers.into_iter().filter(|header| header["type"] == "receipt.reject/1").collect();
        Ok((!receipts.is_empty()).then_some(receipts))
    };
    let (receipts, _) = until("the author is told", SOON, receipts).await?;
    ensure!(receipts.len() == 1 && receipts[0]["why"] == "too_many_entries", "{receipts:?}");
    Ok(())
}

async fn a_text_that_is_too_long_is_refused_with_its_name_the_limit_and_its_length(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE[..2]).await?;
    federation[0].start().await?;
    let (node, cli) = (&federation[0], &federation[0].cli);
    let id = cli.submit(&url_in("FR", 1)).await?;
    let long = |count: usize| "x".repeat(count);
    let (remark, memo, group) = (long(1_001), long(8_193), long(201));
    let url = url_in("FR", 2);
    for (arguments, given, says) in [
        (vec!["report", "withdraw", &id, "--yes", "--reason", &remark], None, ["--reason", "1000", "1001"]),
        (vec!["report", "reclaim", &id, "--reason", &remark], None, ["--reason", "1000", "1001"]),
        (vec!["report", "act", &id, "lea-informed", "--to", &remark], None, ["--to", "1000", "1001"]),
        (vec!["report", "act", &id, "lea-informed", "--reference", &remark], None, ["--reference", "1000", "1001"]),
        (vec!["report", "submit", "-", "--memo", &memo], Some(url.as_str()), ["--memo", "8192", "8193"]),
        (vec!["report", "submit", "-", "--group", &group], Some(url.as_str()), ["--group", "200", "201"]),
        (vec!["peer", "suspend", "nl-birch", "--reason", &remark], None, ["--reason", "1000", "1001"]),
        (vec!["peer", "grant", "nl-birch", "--days", "1", "--reason", &remark], None, ["--reason", "1000", "1001"]),
    ] {
        let output = cli.output(&arguments, given).await?;
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(output.status.code() == Some(2), "{arguments:?}: {told}");
        ensure!(says.iter().all(|word| told.contains(word)) && told.len() < 300, "{told}");
    }
    let long = format!(
        r#"{{"urls":["{}"],"comment":"{}","email":"{}@example.org"}}"#,
        url_in("FR", 3),
        long(8_193),
        long(300)
    );
    let (status, text) = node.report_publicly(&long).await?;
    ensure!(
        status == 422 && text.contains("comment") && text.contains("8193 bytes") && text.contains("8192"),
        "{text}"
    );
    ensure!(text.contains("email") && text.contains("312 bytes") && text.contains("254"), "{text}");
    let list = cli.json(&["report", "list"]).await?;
    ensure!(list.as_array().is_some_and(|list| list.len() == 1), "nothing of it was taken: {list}");
    ensure!(cli.show(&id).await?["state"] != "withdrawn", "and nothing done");
    Ok(())
}

async fn a_step_that_is_refused_says_what_can_be_done(store: Store) -> anyhow::Result<()> {
    let federation = Federation::new(&store, &THREE[..2]).await?;
    let cli = &federation[0].cli;
    // In the country of a hotline that is not enrolled here, so that it stays here.
    let id = cli.submit(&url_in("SE", 1)).await?;
    let refused = async |arguments: &[&str], next: &str| -> anyhow::Result<()> {
        let output = cli.call(arguments).await?;
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(output.status.code() == Some(1), "{arguments:?}: {told}");
        ensure!(told.contains(next), "{arguments:?} says no next step: {told}");
        Ok(())
    };
    refused(&["report", "resume", &id], "hotline-node report transfer ID --to NODE").await?;
    refused(&["report", "reclaim", &id, "--reason", "no answer"], "hotline-node report show ID").await?;
    refused(&["report", "accept", &id], "hotline-node report show").await?;
    refused(&["report", "act", &id, "reopen"], "hotline-node report act ID ACTION").await?;
    cli.json(&["report", "withdraw", &id, "--reason", "taken in twice", "--yes"]).await?;
    refused(&["report", "withdraw", &id, "--reason", "again", "--yes"], "hotline-node report submit -").await?;
    refused(&["report", "transfer", &id, "--to", "nl-birch"], "hotline-node report submit -").await
}

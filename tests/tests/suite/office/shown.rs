//! Everything that a report holds is shown, at its origin and at its holder: by commands and on the office's page, in
//! both languages. Its contents are read from the bodies as they travelled, so an added field is looked for too.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use hotline_tests::browser::office::{Door, Office};
use hotline_tests::node::cli::{Cli, done};
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::places::{repository, url_in};
use hotline_tests::sentences;
use hotline_tests::wait::until;
use libtest_mimic::Trial;
use serde_json::{Value, json};

/// An offer is accepted and an act is back long before.
const PATIENCE: Duration = Duration::from_mins(1);

/// A column and its cell: every column of an import.
const ROW: &[(&str, &str)] = &[
    ("reference", "case-4711"),
    ("received_at", "2026-03-04T05:06:07Z"),
    ("url", ""),
    ("page_url", "https://gallery.example.org/found/on"),
    ("group", "group-seven"),
    ("source", "helpline"),
    ("channel", "phone"),
    ("reporter_email", "someone@mail.example"),
    ("offence", "other"),
    ("assessed_offence", "csam"),
    ("behaviour", "grooming|sextortion"),
    ("terrorism_type", "torture_barbarity"),
    ("urgency", "new_victim"),
    ("assessment", "national"),
    ("reason", "premium_account_necessary"),
    ("assessed_at", "2026-03-05T06:07:08Z"),
    ("site_type", "file_host"),
    ("commerciality", "commercial"),
    ("payment_methods", "paypal|sms"),
    ("media", "video|text"),
    ("age", "infant|pubescent"),
    ("sex", "male"),
    ("production", "exploitation|self_produced"),
    ("virtual", "true"),
    ("self_generated", "true"),
    ("child_modelling", "true"),
    ("referrer", "https://links.example.net/list/9"),
    ("access_username", "visitor-name"),
    ("access_password", "open-word"),
    ("memo", "behind the second door"),
];

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!(
        "shown",
        store,
        [
            everything_that_a_report_holds_is_shown_at_its_origin_and_at_its_holder,
            a_reporters_words_are_revealed_and_the_address_to_nobody,
            a_url_that_was_reported_before_is_told_and_taken,
            a_number_is_taken_whole_and_an_act_that_ends_a_report_is_confirmed,
        ]
    )
}

/// The words of codes, as the pages have them.
fn texts(language: &str) -> anyhow::Result<Vec<(String, String)>> {
    let file = repository().join("node/locales").join(language).join("vocabulary.ftl");
    let text = fs::read_to_string(file)?;
    let pairs = text.lines().filter_map(|line| line.split_once(" = "));
    Ok(pairs.map(|(key, text)| (key.to_owned(), text.to_owned())).collect())
}

/// Returns the contents of the report's bodies in some log: each value with its key.
async fn held(cli: &Cli, log: &str, url: &str) -> anyhow::Result<BTreeSet<(String, String)>> {
    let output = cli.call(&["log", "export", "--log", log, "--bodies", "--reveal"]).await?;
    done(&output)?;
    let mut held = BTreeSet::new();
    let mut is_here = false;
    for line in String::from_utf8(output.stdout)?.lines().filter(|line| line.contains("\"salt\"")) {
        let body: Value = serde_json::from_str(line)?;
        is_here |= body["url"] == url;
        collect("", &body, &mut held);
    }
    ensure!(is_here || log != "fr-alder", "the report's URL is in no body of {log}");
    Ok(held)
}

fn collect(key: &str, value: &Value, into: &mut BTreeSet<(String, String)>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| collect(key, value, into)),
        Value::Array(items) => items.iter().for_each(|item| collect(key, item, into)),
        Value::String(text) if key != "salt" => drop(into.insert((key.to_owned(), text.clone()))),
        Value::Number(number) => drop(into.insert((key.to_owned(), number.to_string()))),
        _ => {}
    }
}

/// How a value is written in JSON and on the terminal.
fn as_shown(key: &str, value: &str) -> String {
    let is_time = key == "at" || key.ends_with("_at") || key.starts_with("last_seen") || key.starts_with("first_seen");
    let seconds = value.parse().ok().filter(|_| is_time);
    let time = seconds.and_then(|seconds| chrono::DateTime::from_timestamp(seconds, 0));
    time.map_or_else(|| value.to_owned(), |time| time.format("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// How a value is written on the page: a code in words, a time for people.
fn on_page(key: &str, value: &str, texts: &[(String, String)]) -> String {
    let list = match key {
        "answer" => "witness-answer".to_owned(),
        "decision" => "location-decision".to_owned(),
        _ => key.trim_end_matches('s').replace('_', "-"),
    };
    let code = format!("{list}-{value}").replace('_', "-");
    if let Some((_, text)) = texts.iter().find(|(key, _)| *key == code) {
        return text.clone();
    }
    let shown = as_shown(key, value);
    if shown == value { shown } else { shown.trim_end_matches('Z').replacen('T', "\u{a0}", 1) + "\u{a0}UTC" }
}

fn readable(page: &str) -> String {
    page.replace("&#38;", "&").replace("&#39;", "’").replace("&#34;", "\"")
}

/// Each value of `held` is in the JSON, in the text and on the page of the report.
async fn all_is_shown(door: &Door<'_>, id: &str, held: &BTreeSet<(String, String)>) -> anyhow::Result<()> {
    let cli = door.cli();
    let json = cli.json(&["report", "show", id, "--reveal"]).await?.to_string();
    let output = cli.call(&["report", "show", id, "--reveal"]).await?;
    done(&output)?;
    let text = String::from_utf8(output.stdout)?;
    let office = Office::signed_in(door, "analyst", None).await?;
    for language in ["en", "fr"] {
        office.set_cookie("hotline-language", Some(language));
        let page = office.post(&format!("/reports/{id}/reveal"), &[]).await?;
        page.is(200)?;
        let (page, texts) = (readable(&page.text), texts(language)?);
        for (key, value) in held {
            let shown = on_page(key, value, &texts);
            ensure!(page.contains(&shown), "{}: {key} {value} ({shown}) is not on the page in {language}", cli.id);
        }
    }
    for (key, value) in held {
        let shown = as_shown(key, value);
        ensure!(json.contains(&shown), "{}: {key} {value} is not in the JSON", cli.id);
        ensure!(text.contains(&shown), "{}: {key} {value} is not in the text: {text}", cli.id);
    }
    Ok(())
}

async fn everything_that_a_report_holds_is_shown_at_its_origin_and_at_its_holder(store: Store) -> anyhow::Result<()> {
    let federation = Federation::started(&store, &THREE[..2]).await?;
    let (origin, holder) = (&federation[0], &federation[1]);
    let url = url_in("NL", 41);
    let cell = |(column, value): &(&str, &str)| if *column == "url" { url.clone() } else { (*value).to_owned() };
    let columns: Vec<&str> = ROW.iter().map(|(column, _)| *column).collect();
    let cells: Vec<String> = ROW.iter().map(cell).collect();
    let file = federation.folder().join("whole.csv");
    fs::write(&file, format!("{}\n{}\n", columns.join(","), cells.join(",")))?;
    let taken = origin.cli.json(&["report", "import", &file.to_string_lossy()]).await?;
    ensure!(taken["taken"] == 1, "{taken}");
    let list = origin.cli.json(&["report", "list"]).await?;
    let id = list[0]["id"].as_str().context("it is listed")?.to_owned();

    until("the holder accepts", PATIENCE, async || {
        Ok(holder.cli.find(&id).await?.filter(|shown| shown["state"] == "accepted"))
    })
    .await?;
    let act = ["report", "act", &id, "lea_informed", "--to", "cyber unit", "--via", "portal", "--reference", "NP/12-C"];
    holder.cli.json(&act).await?;
    let seen = ["--last-seen-online", "2026-03-06T01:02:03Z", "--first-seen-offline", "2026-03-06T04:05:06Z"];
    let gone = ["report", "act", &id, "unavailable", "--reason", "link-expired"];
    holder.cli.json(&[&gone[..], &seen[..]].concat()).await?;
    until("the origin hears of it", PATIENCE, async || {
        Ok(origin.cli.find(&id).await?.filter(|shown| shown["state"] == "unavailable"))
    })
    .await?;

    let mut travelled = held(&origin.cli, "fr-alder", &url).await?;
    travelled.extend(held(&origin.cli, "nl-birch", &url).await?);
    ensure!(travelled.len() > 35, "the bodies hold little: {travelled:?}");
    all_is_shown(&Door::of_process(holder), &id, &travelled).await?;
    // Data that stays in the house of the origin: each column but the reporter's address; this is shown to nobody.
    let house = ROW.iter().filter(|(column, _)| !["url", "reporter_email"].contains(column));
    let of_cells = house.flat_map(|(column, cell)| cell.split('|').map(move |part| (column, part)));
    travelled.extend(
        of_cells.filter(|(_, cell)| *cell != "true").map(|(column, cell)| ((*column).to_owned(), cell.to_owned())),
    );
    travelled.retain(|(column, _)| !column.starts_with("assessed_") && column != "received_at");
    all_is_shown(&Door::of_process(origin), &id, &travelled).await?;

    // The holder's notes about the police are its own.
    let shown = holder.cli.show(&id).await?;
    ensure!(shown["references"] == json!(["NP/12-C"]), "{}", shown["references"]);
    ensure!(shown["informed"][0]["to"] == "cyber unit", "{}", shown["informed"]);
    let told = origin.cli.json(&["report", "show", &id, "--reveal"]).await?.to_string();
    ensure!(!told.contains("NP/12-C") && !told.contains("someone@mail"), "{told}");
    Ok(())
}

async fn a_reporters_words_are_revealed_and_the_address_to_nobody(store: Store) -> anyhow::Result<()> {
    let federation = Federation::started(&store, &THREE[..1]).await?;
    let node = &federation[0];
    let case = json!({ "urls": [url_in("FR", 9)], "comment": "I saw it at the bus stop", "email": "me@post.example" });
    let (status, answer) = node.report_publicly(&case.to_string()).await?;
    ensure!(status == 201, "{status} {answer}");
    let answer: Value = serde_json::from_str(&answer)?;
    let number = answer["case_number"].as_str().context("it is taken")?.to_owned();

    let shown = node.cli.show(&number).await?;
    ensure!(shown["reporter"]["comment"].is_null() && shown["reporter"]["has_email"] == true, "{}", shown["reporter"]);
    let acts = node.cli.json(&["audit", "list"]).await?;
    ensure!(!acts.to_string().contains("reveal_url"), "{acts}");
    let revealed = node.cli.json(&["report", "show", &number, "--reveal"]).await?;
    ensure!(revealed["reporter"]["comment"] == "I saw it at the bus stop", "{}", revealed["reporter"]);
    let acts = node.cli.json(&["audit", "list"]).await?;
    ensure!(acts.to_string().contains("reveal_url"), "{acts}");

    let door = Door::of_process(node);
    let path = format!("/reports/{number}");
    let analyst = Office::signed_in(&door, "analyst", None).await?;
    let page = analyst.get(&path).await?;
    ensure!(page.text.contains("Left an e-mail address") && !page.text.contains("bus stop"), "{}", page.text);
    let page = analyst.post(&format!("{path}/reveal"), &[]).await?;
    ensure!(page.text.contains("I saw it at the bus stop"), "{}", page.text);
    let admin = Office::signed_in(&door, "admin", None).await?;
    admin.post(&format!("{path}/reveal"), &[]).await?.is(403)?;
    for page in [page, admin.get(&path).await?] {
        ensure!(!page.text.contains("me@post"), "{}", page.text);
    }
    ensure!(!revealed.to_string().contains("me@post"), "{revealed}");
    Ok(())
}

async fn a_url_that_was_reported_before_is_told_and_taken(store: Store) -> anyhow::Result<()> {
    let federation = Federation::new(&store, &THREE[..1]).await?;
    let cli = &federation[0].cli;
    // One that waits, one that is published: both are found.
    let (waits, published) = (url_in("FR", 1), url_in("FR", 2));
    let first = cli.json_of(&["report", "submit", "-"], Some(&waits)).await?;
    let second = cli.json_of(&["report", "submit", "-", "--assessment", "baseline"], Some(&published)).await?;
    ensure!(first["known"].is_null() && first["duplicate_of"].is_null(), "{first}");
    let again = cli.json_of(&["report", "submit", "-", "--assessment", "national"], Some(&waits)).await?;
    ensure!(again["known"] == "own" && again["duplicate_of"] == first["number"], "{again}");
    ensure!(again["state"] == "accepted", "it is taken: {again}");
    let first = cli.show(first["number"].as_str().context("a number")?).await?;
    ensure!(first["known"] == "own" && first["duplicate_of"].is_null(), "{first}");
    ensure!(first["same_url"] == json!([again["number"]]), "{first}");

    let rows = format!(
        "reference,received_at,url,assessment\n\
        a,2026-01-02T03:04:05Z,{published},baseline\n\
        b,2026-01-02T03:04:05Z,{new},\n\
        c,2026-01-02T03:04:05Z,{new}#part,baseline\n\
        d,2026-01-02T03:04:05Z,{waits},\n",
        new = url_in("FR", 3)
    );
    let file = federation.folder().join("again.csv");
    fs::write(&file, rows)?;
    let taken = cli.json(&["report", "import", &file.to_string_lossy()]).await?;
    ensure!(taken["taken"] == 4, "{taken}");
    let pairs: Vec<_> = taken["duplicates"].as_array().context("they are listed")?.iter().collect();
    let lines: Vec<_> = pairs.iter().map(|it| it["line"].as_u64()).collect();
    ensure!(lines == [Some(2), Some(4), Some(5)], "{taken}");
    ensure!(pairs[0]["duplicate_of"] == second["number"] && pairs[2]["duplicate_of"] == first["number"], "{taken}");
    let output = cli.call(&["report", "show", pairs[1]["number"].as_str().context("a number")?]).await?;
    done(&output)?;
    let text = String::from_utf8(output.stdout)?;
    ensure!(text.contains("was reported here before"), "{text}");
    Ok(())
}

async fn a_number_is_taken_whole_and_an_act_that_ends_a_report_is_confirmed(store: Store) -> anyhow::Result<()> {
    let federation = Federation::new(&store, &THREE[..1]).await?;
    let cli = &federation[0].cli;
    let taken = cli.json_of(&["report", "submit", "-", "--assessment", "baseline"], Some(&url_in("FR", 1))).await?;
    let number = taken["number"].as_str().context("a number")?;
    let (start, count) = number.rsplit_once('-').context("it has parts")?;
    let short = format!("{start}-{}", count.trim_start_matches('0'));
    let other = number.replacen("FR", "NL", 1);
    for (name, word) in [(short.as_str(), "written whole"), (&other, "another hotline"), ("1", "is named by")] {
        for command in [&["report", "show", name][..], &["report", "act", name, "removed"]] {
            let output = cli.output(command, None).await?;
            let told = String::from_utf8_lossy(&output.stderr);
            ensure!(output.status.code() == Some(1) && told.contains(word), "{command:?}: {told}");
        }
    }
    cli.json(&["report", "show", &number.to_lowercase()]).await?;

    let end = ["report", "act", number, "not_illegal", "--reason", "virtual-material"];
    let output = cli.output(&end, None).await?;
    let told = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.code() == Some(1) && told.contains("--yes"), "{told}");
    ensure!(cli.show(number).await?["state"] == "accepted", "nothing was done");
    let ended = cli.json(&[&end[..], &["--yes"]].concat()).await?;
    ensure!(ended["state"] == "not_illegal", "{ended}");
    Ok(())
}

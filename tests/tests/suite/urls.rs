//! What is no URL that can be reported: refused on every way in, with the reason and without the URL.

use std::fs;
use std::process::Output;

use anyhow::{Context as _, ensure};
use hotline_tests::database::Store;
use hotline_tests::federation::{Federation, THREE};
use hotline_tests::refusal::{FAILED, refusal};
use hotline_tests::sentences;
use libtest_mimic::Trial;
use serde_json::{Value, json};

/// Stands in every one of them and in no answer.
const CANARY: &str = "canary-url";

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!(
        "urls",
        store,
        [
            what_is_no_web_address_is_refused_by_every_command,
            what_is_no_web_address_is_a_problem_that_does_not_repeat_it,
            a_url_is_never_cut_to_one_that_would_be_taken,
            a_file_that_holds_no_url_is_refused,
            a_url_with_control_characters_is_shown_without_them,
        ]
    )
}

/// Each with a word of the reason.
fn no_web_addresses() -> Vec<(String, &'static str)> {
    let long = format!("https://{CANARY}.test/{}", "a".repeat(100_000));
    let with_host = |start: &str| format!("{start}{CANARY}.test/item");
    vec![
        (with_host("ftp://"), "ftp"),
        (format!("magnet:?xt=urn:btih:{CANARY}"), "magnet"),
        (format!("javascript:alert('{CANARY}')"), "neither http nor https"),
        (format!("data:text/html,{CANARY}"), "neither http nor https"),
        (with_host("file:///"), "neither http nor https"),
        (with_host(""), "must begin with"),
        (with_host("//"), "must begin with"),
        (format!("https://?{CANARY}"), "no host"),
        (with_host("https://a b."), "neither a name nor"),
        (with_host("https://\u{7}"), "neither a name nor"),
        (with_host("https://[2001:db8::"), "neither a name nor"),
        (format!("https://{CANARY}.test:99999/"), "port"),
        (long, "longer than"),
    ]
}

/// A refusal that names the reason and nothing of the URL.
fn refused_without_it(output: &Output, reason: &str) -> anyhow::Result<()> {
    let sentence = refusal(output, FAILED)?;
    ensure!(sentence.contains(reason), "'{reason}' is not in: {sentence}");
    let told = String::from_utf8_lossy(&output.stderr);
    ensure!(!told.contains(CANARY) && output.stdout.is_empty(), "it is repeated: {told}");
    Ok(())
}

async fn reports(federation: &Federation) -> anyhow::Result<usize> {
    Ok(federation[0].cli.json(&["report", "list"]).await?.as_array().context("a list")?.len())
}

async fn what_is_no_web_address_is_refused_by_every_command(store: Store) -> anyhow::Result<()> {
    let federation = Federation::new(&store, &THREE[..1]).await?;
    let file = federation.folder().join("url.txt");
    let from_file = format!("@{}", file.display());
    for (url, reason) in no_web_addresses() {
        fs::write(&file, &url)?;
        let cli = &federation[0].cli;
        for (arguments, input) in [
            (vec!["report", "submit", "-"], Some(url.as_str())),
            (vec!["report", "submit", &from_file], None),
            (vec!["locate", "-"], Some(&url)),
        ] {
            let output = cli.output(&arguments, input).await?;
            refused_without_it(&output, reason).with_context(|| format!("{} {reason}", arguments.join(" ")))?;
        }
    }
    ensure!(reports(&federation).await? == 0, "nothing is taken");
    Ok(())
}

async fn what_is_no_web_address_is_a_problem_that_does_not_repeat_it(store: Store) -> anyhow::Result<()> {
    let federation = Federation::started(&store, &THREE[..1]).await?;
    for (url, _) in no_web_addresses() {
        let good = "https://hosting.example/item";
        let (status, answer) = federation[0].report_publicly(&json!({ "urls": [good, url] }).to_string()).await?;
        ensure!(status == 422 && !answer.contains(CANARY), "{status} {answer}");
        let problem: Value = serde_json::from_str(&answer)?;
        ensure!(problem["type"] == "urn:hotline-node:p:validation", "{problem}");
        ensure!(problem["faults"][0]["field"] == "urls[1]", "{problem}");
    }
    ensure!(reports(&federation).await? == 0, "a case is taken whole or not at all");
    Ok(())
}

async fn a_url_is_never_cut_to_one_that_would_be_taken(store: Store) -> anyhow::Result<()> {
    let federation = Federation::new(&store, &THREE[..1]).await?;
    for url in [
        // Cut after the longest URL's length, and trimmed, this would be one.
        format!("      https://{CANARY}.test/{}", "a".repeat(10_000)),
        // Defanged it is three times as long.
        format!("hxxps://{}test/", format!("{CANARY}[.]").repeat(1_200)),
    ] {
        refused_without_it(&federation[0].cli.output(&["report", "submit", "-"], Some(&url)).await?, "longer than")?;
    }
    ensure!(reports(&federation).await? == 0, "nothing is taken");
    Ok(())
}

async fn a_file_that_holds_no_url_is_refused(store: Store) -> anyhow::Result<()> {
    let federation = Federation::new(&store, &THREE[..1]).await?;
    let file = federation.folder().join("url.txt");
    fs::write(&file, b"https://canary-url.test/\xff\n")?;
    let missing = federation.folder().join("missing.txt");
    for (path, reason) in
        [(file.as_path(), "UTF-8"), (federation.folder(), "directory"), (missing.as_path(), "No such file")]
    {
        let argument = format!("@{}", path.display());
        let output = federation[0].cli.output(&["report", "submit", &argument], None).await?;
        refused_without_it(&output, reason)?;
    }
    Ok(())
}

async fn a_url_with_control_characters_is_shown_without_them(store: Store) -> anyhow::Result<()> {
    let federation = Federation::new(&store, &THREE[..1]).await?;
    let url = "https://hosting.example/a\u{1b}[2J\u{7}\u{9b}b\0";
    federation[0].cli.json_of(&["report", "submit", "-"], Some(url)).await?;
    for arguments in [&["report", "list"][..], &["report", "list", "--json"]] {
        let shown = String::from_utf8(federation[0].cli.call(arguments).await?.stdout)?;
        ensure!(shown.contains("hosting[.]example"), "{shown:?}");
        let steers = shown.chars().any(|letter| letter.is_control() && letter != '\n');
        ensure!(!steers, "the terminal is steered: {shown:?}");
    }
    Ok(())
}

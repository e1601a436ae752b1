//! Texts that are no reportable URL: refused on every way in, with the reason and without the URL.

use std::fs;
use std::process::Output;

use anyhow::{Context as _, ensure};
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
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
            what_a_peer_or_a_command_writes_does_not_act_on_the_terminal,
            every_way_in_reads_a_defanged_url_alike_and_tells_it,
            every_way_in_refuses_what_is_no_url_alike,
            a_url_that_is_not_defanged_keeps_every_byte_at_every_way_in,
            several_urls_are_never_made_one_at_any_way_in,
            a_list_pasted_into_the_public_api_makes_a_report_of_each,
            an_address_that_nobody_can_reach_or_a_gateway_is_noted_at_every_way_in,
            a_report_behind_a_gateway_is_held_because_its_origin_is_hidden,
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
        (with_host("https://a b."), "white space"),
        (with_host("https://a,b."), "the host holds"),
        (with_host("https://a..b."), "a dot too many"),
        (with_host("http://https://"), "a second http://"),
        (format!("https://{CANARY}/item"), "no dot"),
        (with_host("https://\u{7}"), "a control character (U+0007)"),
        (format!("https://{CANARY}.test/a\u{1b}[2J"), "a control character (U+001B)"),
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

async fn what_a_peer_or_a_command_writes_does_not_act_on_the_terminal(store: Store) -> anyhow::Result<()> {
    let federation = Federation::new(&store, &THREE[..1]).await?;
    let cli = &federation[0].cli;
    let turning = "seen\u{202e}gnp.exe\u{2066}\u{200f}, וגם";
    let arguments = ["report", "submit", "-", "--memo", turning, "--group", turning];
    let taken = cli.json_of(&arguments, Some("https://hosting.example/a")).await?;
    let id = taken["id"].as_str().context("an id")?;
    ensure!(taken["memo"] == turning && taken["group"] == turning, "JSON says what was given: {taken}");
    for arguments in [&["report", "show", id][..], &["report", "show", id, "--json"], &["report", "list"]] {
        let shown = String::from_utf8(cli.call(arguments).await?.stdout)?;
        let acts = shown.chars().any(|letter| {
            matches!(letter, '\u{200f}' | '\u{202e}' | '\u{2066}') || (letter.is_control() && letter != '\n')
        });
        ensure!(!acts && shown.contains("hosting[.]example"), "{shown:?}");
        ensure!(arguments.len() == 2 || (shown.contains("202e") && shown.contains("וגם")), "{shown:?}");
    }
    let (long_group, long_memo) = ("g".repeat(201), "m".repeat(8_193));
    for (option, text) in
        [("--group", long_group.as_str()), ("--group", "two\nlines"), ("--memo", &long_memo), ("--memo", "a\u{1b}[2J")]
    {
        let output = cli.output(&["report", "submit", "-", option, text], Some("https://hosting.example/b")).await?;
        ensure!(output.status.code() == Some(2), "{option}: {output:?}");
    }
    ensure!(reports(&federation).await? == 1, "what is too long is not taken");
    Ok(())
}

/// Returns each URL as taken in: the output of `report show --reveal` for each report, newest first.
async fn revealed(federation: &Federation) -> anyhow::Result<Vec<String>> {
    let cli = &federation[0].cli;
    let list = cli.json(&["report", "list", "--limit", "1000"]).await?;
    let mut urls = Vec::new();
    for report in list.as_array().context("a list")? {
        let number = report["number"].as_str().context("a number")?;
        let shown = cli.json(&["report", "show", number, "--reveal"]).await?;
        urls.push(shown["url"].as_str().context("a URL")?.to_owned());
    }
    Ok(urls)
}

/// A file with one row for each URL, in quotes.
fn file_of(federation: &Federation, urls: &[&str]) -> anyhow::Result<String> {
    let row =
        |(number, url): (usize, &&str)| format!("R-{number},2026-01-02T03:04:05Z,\"{}\"\n", url.replace('"', "\"\""));
    let rows: String = urls.iter().enumerate().map(row).collect();
    let file = federation.folder().join("rows.csv");
    fs::write(&file, format!("reference,received_at,url\n{rows}"))?;
    Ok(file.to_string_lossy().into_owned())
}

async fn every_way_in_reads_a_defanged_url_alike_and_tells_it(store: Store) -> anyhow::Result<()> {
    let federation = Federation::started(&store, &THREE[..1]).await?;
    let cli = &federation[0].cli;
    let written = [
        (
            "hxxps[://]birch[.]example[.]net/x[.]y?u=hxxp[://]oak[.]test/z",
            "https://birch.example.net/x.y?u=http://oak.test/z",
        ),
        ("http://birch(.)example(.)net/x(.)y", "http://birch.example.net/x.y"),
        ("https://birch\\.example\\.net/x", "https://birch.example.net/x"),
        ("hXXp[:]//birch(dot)example[dot]net[/]x", "http://birch.example.net/x"),
        ("<https://birch.example.net/x?y>", "https://birch.example.net/x?y"),
    ];
    for (text, url) in written {
        let shown = url.replacen("http", "hxxp", 1);
        let (host, _) = url.split_once("net").context("the host")?;
        let shown = shown.replacen(host.split_once("//").context("a scheme")?.1, "birch[.]example[.]", 1);
        let shown = shown.replace("u=http:", "u=hxxp:");
        // No file knows the host; this is told after the note on reading the URL.
        let located = cli.output(&["locate", "-", "--offline"], Some(text)).await?;
        ensure!(String::from_utf8(located.stderr)?.contains(&format!("read as {shown}")), "{text}");
        let submitted = cli.output(&["report", "submit", "-"], Some(text)).await?;
        let said = String::from_utf8(submitted.stderr)?;
        ensure!(said.contains(&format!("read as {shown}")), "{said} {shown}");
        let view: Value = serde_json::from_slice(&submitted.stdout)?;
        ensure!(view["read_as"] == shown && view["url"] == shown, "{view}");
        let found = cli.json_of(&["report", "find", "-"], Some(text)).await?;
        ensure!(found["question"] == "url" && found["read_as"] == shown, "{found}");
        ensure!(found["here"].as_array().is_some_and(|here| here.iter().any(|it| it["id"] == view["id"])), "{found}");
        let (status, answer) = federation[0].report_publicly(&json!({ "urls": [text] }).to_string()).await?;
        let answer: Value = serde_json::from_str(&answer)?;
        ensure!(status == 201 && answer["read_as"][0]["read_as"] == shown, "{status} {answer}");
        ensure!(answer["read_as"][0]["field"] == "urls[0]", "{answer}");
        ensure!(revealed(&federation).await?[..2] == [url, url], "{text}");
    }
    let imported = cli.json(&["report", "import", &file_of(&federation, &written.map(|(text, _)| text))?]).await?;
    ensure!(
        imported["taken"] == written.len()
            && imported["read_as"].as_array().is_some_and(|read| read.len() == written.len()),
        "{imported}"
    );
    ensure!(imported["read_as"][0]["line"] == 2 && imported["read_as"][0]["column"] == "url", "{imported}");
    let mut urls = revealed(&federation).await?[..written.len()].to_vec();
    urls.reverse();
    ensure!(urls == written.map(|(_, url)| url), "{urls:?}");
    let again = cli.json_of(&["report", "submit", "-"], Some("https://birch.example.net/plain")).await?;
    ensure!(again["read_as"].is_null() && again["read_how"] == json!([]), "{again}");
    Ok(())
}

/// No URLs, on any way in, with a word of the reason.
const NO_URLS: [(&str, &str); 13] = [
    ("http://https://birch.example.net/d", "second http"),
    ("https://birch,example,net/a", "the host"),
    ("https://birch.example.net\"", "quote"),
    ("https://birch..example.net/", "dot"),
    ("https://birch/", "dot"),
    ("https://birch.example.net/a and more", "white space"),
    ("hxxp://birch[.]example[.]net/a(.)b", "two ways"),
    ("https://birch\u{200b}.example.net/", "invisible"),
    ("https://birch.example.nethttps://oak.test/", "nothing between"),
    ("https://birch.example.net/a\u{1b}[2Jb", "control character"),
    ("https://birch.example.net/a\u{9b}b", "control character"),
    ("https://bir\0ch.example.net/", "control character"),
    ("https://birch.example.net/a\u{202e}b", "invisible"),
];

async fn every_way_in_refuses_what_is_no_url_alike(store: Store) -> anyhow::Result<()> {
    let federation = Federation::started(&store, &THREE[..1]).await?;
    let cli = &federation[0].cli;
    for (text, reason) in NO_URLS {
        for command in [&["report", "submit", "-"][..], &["locate", "-"], &["report", "find", "-"]] {
            let sentence = refusal(&cli.output(command, Some(text)).await?, FAILED)?;
            ensure!(sentence.contains(reason) && !sentence.contains("birch"), "{command:?} {text}: {sentence}");
        }
        let page = cli.output(&["report", "submit", "https://oak.test/", "--page", "-"], Some(text)).await?;
        ensure!(refusal(&page, FAILED)?.contains(reason), "{text}");
        let (status, answer) = federation[0].report_publicly(&json!({ "urls": [text] }).to_string()).await?;
        let problem: Value = serde_json::from_str(&answer)?;
        ensure!(status == 422 && problem["faults"][0]["field"] == "urls[0]", "{status} {answer}");
        let fault = problem["faults"][0]["fault"].as_str().context("a sentence")?;
        ensure!(fault.contains(reason) && !answer.contains("birch"), "{text}: {answer}");
    }
    let file = file_of(&federation, &NO_URLS.map(|(text, _)| text))?;
    for arguments in [&["report", "import", file.as_str()][..], &["report", "import", &file, "--historical"]] {
        let output = cli.output(arguments, None).await?;
        let result: Value = serde_json::from_slice(&output.stdout)?;
        let faults = result["faulty"].as_array().context("faults")?;
        ensure!(faults.len() == NO_URLS.len() && result["taken"] == 0, "{result}");
        for (place, (fault, (_, reason))) in faults.iter().zip(NO_URLS).enumerate() {
            ensure!(fault["line"] == place + 2 && fault["column"] == "url", "{fault}");
            ensure!(fault["fault"].as_str().is_some_and(|fault| fault.contains(reason)), "{fault}");
        }
    }
    ensure!(reports(&federation).await? == 0, "nothing is taken");
    Ok(())
}

async fn a_url_that_is_not_defanged_keeps_every_byte_at_every_way_in(store: Store) -> anyhow::Result<()> {
    let federation = Federation::started(&store, &THREE[..1]).await?;
    let cli = &federation[0].cli;
    let urls = [
        "https://birch.example.net/a[.]b(dot)c?hxxp://d[.]e=(.)&f={.}",
        "http://oak.test:8080/x,y;z|w?u=https://elm.test/,a",
        "https://[2001:db8::1]:8443/[.]",
        "HTTPS://Name:Word@Oak.Test./%41#hxxps",
    ];
    for url in urls {
        let submitted = cli.json_of(&["report", "submit", "-"], Some(url)).await?;
        ensure!(submitted["read_as"].is_null(), "{submitted}");
        // A URL copied from our own pages is read back as the same URL.
        let shown = submitted["url"].as_str().context("a URL")?;
        let found = cli.json_of(&["report", "find", "-"], Some(shown)).await?;
        ensure!(found["here"][0]["id"] == submitted["id"], "{shown}: {found}");
        let (status, answer) = federation[0].report_publicly(&json!({ "urls": [url] }).to_string()).await?;
        ensure!(status == 201 && !answer.contains("read_as"), "{status} {answer}");
        ensure!(revealed(&federation).await?[..2] == [url, url], "{url}");
    }
    let imported = cli.json(&["report", "import", &file_of(&federation, &urls)?]).await?;
    ensure!(imported["taken"] == urls.len() && imported["read_as"].is_null(), "{imported}");
    let mut kept = revealed(&federation).await?[..urls.len()].to_vec();
    kept.reverse();
    ensure!(kept == urls, "{kept:?}");
    Ok(())
}

async fn several_urls_are_never_made_one_at_any_way_in(store: Store) -> anyhow::Result<()> {
    let federation = Federation::new(&store, &THREE[..1]).await?;
    let cli = &federation[0].cli;
    let (first, second) = ("https://birch.example.net/1", "https://oak.test/2");
    let texts: Vec<String> = ["\n", "\r\n", " ", "\t", ",", ";", " | ", ", "]
        .map(|between| format!("{first}{between}{second}"))
        .into_iter()
        .chain([
            "hxxp[://]birch[.]test,hxxp[://]oak[.]test".to_owned(),
            "https://birch.test\nhttps://oak.test".to_owned(),
        ])
        .collect();
    for text in &texts {
        for command in [&["report", "submit", "-"][..], &["locate", "-"], &["report", "find", "-"]] {
            let sentence = refusal(&cli.output(command, Some(text)).await?, FAILED)?;
            ensure!(sentence.contains("2 URLs") && sentence.contains("report import"), "{text:?}: {sentence}");
        }
    }
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let file = file_of(&federation, &texts)?;
    let output = cli.output(&["report", "import", &file], None).await?;
    let result: Value = serde_json::from_slice(&output.stdout)?;
    let faults = result["faulty"].as_array().context("faults")?;
    ensure!(faults.len() == texts.len() && reports(&federation).await? == 0, "{result}");
    for fault in faults {
        ensure!(fault["column"] == "url", "{fault}");
        ensure!(fault["fault"].as_str().is_some_and(|fault| fault.contains("a row of its own")), "{fault}");
    }
    Ok(())
}

async fn a_list_pasted_into_the_public_api_makes_a_report_of_each(store: Store) -> anyhow::Result<()> {
    let federation = Federation::started(&store, &THREE[..1]).await?;
    let pasted = "- https://birch.example.net/1\r\n- hxxps[://]oak[.]test/2\n- https://elm.test/3;https://elm.test/4\n";
    let request = json!({ "urls": [pasted, "https://ash.test/5"] }).to_string();
    let (status, answer) = federation[0].report_publicly(&request).await?;
    let answer: Value = serde_json::from_str(&answer)?;
    ensure!(status == 201 && answer["urls"] == 5, "{status} {answer}");
    let told: Vec<_> = answer["read_as"].as_array().context("told")?.iter().map(|it| it["read_as"].clone()).collect();
    ensure!(
        told == [
            "hxxps://birch[.]example[.]net/1",
            "hxxps://oak[.]test/2",
            "hxxps://elm[.]test/3",
            "hxxps://elm[.]test/4"
        ],
        "{answer}"
    );
    let mut urls = revealed(&federation).await?;
    urls.sort_unstable();
    let expected = [
        "https://ash.test/5",
        "https://birch.example.net/1",
        "https://elm.test/3",
        "https://elm.test/4",
        "https://oak.test/2",
    ];
    ensure!(urls == expected, "{urls:?}");
    let many = json!({ "urls": ["https://oak.test/1\n".repeat(101)] }).to_string();
    let (status, answer) = federation[0].report_publicly(&many).await?;
    ensure!(status == 422 && answer.contains("1 to 100 URLs"), "{status} {answer}");
    Ok(())
}

async fn an_address_that_nobody_can_reach_or_a_gateway_is_noted_at_every_way_in(store: Store) -> anyhow::Result<()> {
    let federation = Federation::started(&store, &THREE[..1]).await?;
    let cli = &federation[0].cli;
    // Made of a key of 32 bytes of 1 and its checksum.
    let label = "aeaqcaibaeaqcaibaeaqcaibaeaqcaibaeaqcaibaeaqcaibaea37ead";
    let mistyped = label.replacen("aeaq", "aeqa", 1);
    let addresses = [
        (format!("http://{label}.onion/a"), None),
        (format!("http://{mistyped}.onion/a"), Some("onion_mistyped")),
        (format!("http://www.{}.onion/a", &label[1..]), Some("onion_mistyped")),
        ("http://abcdefghij234567.onion/a".to_owned(), Some("onion_retired")),
        (format!("https://{label}.gateway.example/a"), Some("tor_gateway")),
        (format!("https://{label}.onion.gateway.test/a"), Some("tor_gateway")),
        (format!("https://gateway.example/ipfs/Qm{}", "a1B2".repeat(11)), Some("ipfs_gateway")),
        ("https://keeper.example/web/20180504093000/http://oak.test/".to_owned(), Some("web_archive")),
        ("https://keeper.example/web/2018id_/http://oak.test/".to_owned(), Some("web_archive")),
        ("https://keeper.example/web/*/http://oak.test/".to_owned(), Some("web_archive")),
    ];
    for (url, note) in &addresses {
        let note = note.map_or(Value::Null, Value::from);
        let submitted = cli.output(&["report", "submit", "-"], Some(url)).await?;
        let view: Value = serde_json::from_slice(&submitted.stdout)?;
        ensure!(view["address_note"] == note, "{url}: {view}");
        let said = String::from_utf8(submitted.stderr)?;
        ensure!(said.contains("note: ") != note.is_null(), "{url}: {said}");
        let shown = cli.show(view["id"].as_str().context("an id")?).await?;
        ensure!(shown["address_note"] == note, "{url}: {shown}");
        let found = cli.json_of(&["report", "find", "-"], Some(url)).await?;
        ensure!(found["address_note"] == note, "{url}: {found}");
        let (status, answer) = federation[0].report_publicly(&json!({ "urls": [url] }).to_string()).await?;
        let answer: Value = serde_json::from_str(&answer)?;
        ensure!(status == 201 && answer["read_as"][0]["address_note"] == note, "{url}: {answer}");
    }
    let urls: Vec<&str> = addresses.iter().map(|(url, _)| url.as_str()).collect();
    let imported = cli.json(&["report", "import", &file_of(&federation, &urls)?]).await?;
    let noted = imported["read_as"].as_array().context("notes")?;
    ensure!(imported["taken"] == urls.len() && noted.len() == urls.len() - 1, "{imported}");
    Ok(())
}

async fn a_report_behind_a_gateway_is_held_because_its_origin_is_hidden(store: Store) -> anyhow::Result<()> {
    let federation = Federation::new(&store, &THREE).await?;
    let label = "aeaqcaibaeaqcaibaeaqcaibaeaqcaibaeaqcaibaeaqcaibaea37ead";
    let (tor, copy) = (format!("{label}.gateway.example"), "20180504093000/http://oak.test/");
    federation.name_hosts(&[(&tor, "NL"), ("gateway.example", "NL"), ("keeper.example", "NL")])?;
    let cli = &federation[0].cli;
    for url in [format!("https://{tor}/a"), format!("https://gateway.example/ipfs/Qm{}", "a1B2".repeat(11))] {
        let shown = cli.show(&cli.submit(&url).await?).await?;
        ensure!(shown["state"] == "held" && shown["route"]["reason"] == "origin_hidden", "{shown}");
        ensure!(shown["route"]["destination"].is_null(), "{shown}");
        ensure!(shown["hosting"]["decision"] == "origin_hidden", "{shown}");
    }
    // A copy is hosted where the archive is.
    for url in [format!("https://keeper.example/web/{copy}"), "https://gateway.example/a".to_owned()] {
        let shown = cli.show(&cli.submit(&url).await?).await?;
        ensure!(shown["route"]["destination"] == "nl-birch", "{shown}");
    }
    Ok(())
}

//! A canary: a reported URL and a reporter's address go through everything that a node does, and are then searched for
//! in everything that it tells of itself, at log level `trace`; so are its private keys.

use std::path::Path;
use std::process::Output;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use data_encoding::{BASE64, HEXLOWER};
use hotline_protocol::log::Cursor;
use hotline_tests::leak::{Needle, none_in, text_needles, url_needles};
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::peer::forged_run::Forger;
use hotline_tests::peer::outsider::{Outsider, Shown};
use hotline_tests::sentences;
use hotline_tests::wait::until;
use libtest_mimic::Trial;
use serde_json::{Value, json};

const HOST: &str = "canary-host.test";
const URL: &str = "https://canary-host.test/canary-path/item?canary-query=1";
const PAGE: &str = "https://canary-page.test/canary-gallery/index";
const EMAIL: &str = "canary.reporter@canary-mail.example";
const COMMENT: &str = "canary-words-of-a-reporter";
const PASSWORD: &str = "canary-password";

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!("secrets", store, [nothing_that_was_reported_stands_in_what_a_node_tells_of_itself])
}

/// Output of a node and its commands: names of texts, and the texts.
#[derive(Default)]
struct Told(Vec<(String, Vec<u8>)>);

impl Told {
    fn take(&mut self, name: impl Into<String>, text: impl Into<Vec<u8>>) {
        self.0.push((name.into(), text.into()));
    }

    /// Takes a command's standard error; its standard output is meant for the asker.
    fn take_diagnostics(&mut self, name: &str, output: &Output) {
        self.take(format!("standard error of {name}"), output.stderr.clone());
    }
}

async fn nothing_that_was_reported_stands_in_what_a_node_tells_of_itself(store: Store) -> anyhow::Result<()> {
    let mut federation = Federation::new(&store, &THREE).await?;
    federation.name_hosts(&[(HOST, "NL"), ("canary-page.test", "NL")])?;
    for place in 0..2 {
        federation[place].configure(&[("log", "level", "trace".into())])?;
        federation[place].start().await?;
    }
    let mut told = Told::default();
    report_it_in_every_way(&federation, &mut told).await?;
    ask_for_it(&federation, &mut told).await?;
    make_mistakes_with_it(&federation, &mut told).await?;
    be_told_it_by_a_faulty_peer(&federation, &mut told).await?;
    federation[1].kill().await?;
    let while_away = submit(&federation, URL).await?;
    federation[1].start().await?;
    until_held_in_nl(&federation, &while_away).await?;
    gather(&federation, &mut told).await?;

    let mut needles: Vec<Needle> = url_needles(URL)?;
    needles.extend(url_needles(PAGE)?);
    for text in [EMAIL, COMMENT, PASSWORD, "canary"] {
        needles.extend(text_needles(text));
    }
    for node in &federation.nodes()[..2] {
        needles.extend(key_needles(&node.folder().join("keys"))?);
    }
    for (name, text) in &told.0 {
        none_in(name, text, &needles)?;
    }
    let trace = federation[0].log()?;
    ensure!(trace.contains("hotline_node"), "the log at trace says something");
    Ok(())
}

/// Every private key of a node, as its file has it, and the sealing key.
fn key_needles(folder: &Path) -> anyhow::Result<Vec<Needle>> {
    let mut needles = Vec::new();
    let seal = std::fs::read(folder.join("seal.key"))?;
    needles.extend(text_needles(&HEXLOWER.encode(&seal)));
    needles.extend(text_needles(&BASE64.encode(&seal)));
    for file in folder.read_dir()? {
        let content = std::fs::read(file?.path())?;
        let text = String::from_utf8_lossy(&content);
        if text.contains("PRIVATE KEY") {
            // A line of base64; its last, shorter one could stand anywhere by chance.
            let lines: Vec<&str> = text.lines().filter(|line| line.len() > 32 && !line.contains('-')).collect();
            ensure!(!lines.is_empty(), "a key file has lines");
            needles.extend(lines.into_iter().flat_map(text_needles));
        }
    }
    Ok(needles)
}

async fn submit(federation: &Federation, url: &str) -> anyhow::Result<String> {
    federation[0].cli.submit(url).await
}

async fn until_held_in_nl(federation: &Federation, id: &str) -> anyhow::Result<()> {
    for node in &federation.nodes()[..2] {
        until(format!("{id} is held in NL"), Duration::from_secs(30), async || {
            Ok(node.cli.find(id).await?.filter(|seen| seen["holder"] == "nl-birch"))
        })
        .await?;
    }
    Ok(())
}

async fn report_it_in_every_way(federation: &Federation, told: &mut Told) -> anyhow::Result<()> {
    let origin = &federation[0];
    let page = federation.folder().join("page");
    std::fs::write(&page, PAGE)?;
    let page = format!("@{}", page.display());
    let arguments = ["report", "submit", "-", "--assessment", "baseline", "--page", &page, "--memo", "canary-memo"];
    let output = origin.cli.output(&arguments, Some(URL)).await?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    told.take_diagnostics("report submit", &output);
    let id = serde_json::from_slice::<Value>(&output.stdout)?["id"].as_str().context("an id")?.to_owned();
    until_held_in_nl(federation, &id).await?;

    let file = federation.folder().join("rows");
    let head = "reference,received_at,url,page_url,reporter_email,assessment,access_username,access_password,memo";
    let row =
        format!("canary-1,2026-01-02T03:04:05Z,{URL}&row=1,{PAGE},{EMAIL},baseline,canary,{PASSWORD},canary-memo");
    // A fault in each column: the faults name line and column, never the cell's content.
    let faults = format!(
        "canary-2,{URL},{URL},,,baseline,,,\ncanary-3,2026-01-02T03:04:05Z,ftp://{HOST}/canary-path,,,baseline,,,\n\
         canary-4,2026-01-02T03:04:05Z,{URL},{HOST},,baseline,,,\ncanary-5,2026-01-02T03:04:05Z,{URL},,,{URL},,,\n\
         canary-6,2026-01-02T03:04:05Z,{URL},,{HOST},baseline,,,\n"
    );
    std::fs::write(&file, format!("{head}\n{row}\n{faults}"))?;
    let output = origin.cli.output(&["report", "import", &file.to_string_lossy()], None).await?;
    let shown: Value = serde_json::from_slice(&output.stdout)?;
    ensure!(shown["taken"] == 1 && shown["faulty"].as_array().map_or(0, Vec::len) >= 4, "{shown}");
    told.take_diagnostics("report import", &output);
    told.take("what report import shows", output.stdout);
    std::fs::write(&file, format!("{head},{URL}\n{row},\n"))?;
    let output = origin.cli.output(&["report", "import", &file.to_string_lossy()], None).await?;
    ensure!(!output.status.success(), "an unknown column is refused");
    told.take_diagnostics("report import with an unknown column", &output);

    let body = json!({ "urls": [URL, PAGE], "email": EMAIL, "comment": COMMENT }).to_string();
    let (status, answer) = origin.report_publicly(&body).await?;
    ensure!(status == 201, "{answer}");
    told.take("the reporting API's answer", answer);
    Ok(())
}

async fn ask_for_it(federation: &Federation, told: &mut Told) -> anyhow::Result<()> {
    let origin = &federation[0];
    for (arguments, input) in [
        (&["report", "find", "-"][..], Some(URL)),
        (&["locate", "-"], Some(URL)),
        (&["report", "list", "--reveal"], None),
        (&["log", "export", "--bodies", "--reveal"], None),
        (&["doctor"], None),
        (&["peer", "check", "nl-birch"], None),
    ] {
        let output = origin.cli.output(arguments, input).await?;
        told.take_diagnostics(&arguments.join(" "), &output);
    }
    for arguments in [
        &["audit", "list"][..],
        &["alert", "list"],
        &["statistics"],
        &["peer", "list"],
        &["config", "show"],
        &["identity", "rotate-certificate"],
        &["identity", "rotate-signing-key"],
        &["identity", "show"],
    ] {
        let output = origin.cli.output(arguments, None).await?;
        ensure!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        told.take_diagnostics(&arguments.join(" "), &output);
        told.take(format!("what {} shows", arguments.join(" ")), output.stdout);
    }
    Ok(())
}

async fn make_mistakes_with_it(federation: &Federation, told: &mut Told) -> anyhow::Result<()> {
    let origin = &federation[0];
    for url in
        ["canary-host.test/canary-path", "ftp://canary-host.test/canary-path", "https://canary-host.test:99999/x"]
    {
        let output = origin.cli.output(&["report", "submit", "-", "--assessment", "baseline"], Some(url)).await?;
        ensure!(!output.status.success(), "{url} is no http or https URL");
        told.take_diagnostics("report submit of no URL", &output);
    }
    for arguments in [&["report", "show", URL][..], &["report", "assess", URL, "--assessment", "baseline"]] {
        let output = origin.cli.output(arguments, None).await?;
        ensure!(!output.status.success(), "{arguments:?}");
        told.take_diagnostics(&arguments[..2].join(" "), &output);
    }
    for body in [
        json!({ "urls": ["ftp://canary-host.test/canary-path"] }).to_string(),
        json!({ "urls": [URL], "email": "canary-mail.example" }).to_string(),
        json!({ "urls": [URL], "canary.test": URL }).to_string(),
        json!({ "urls": [URL], "offence": "canary" }).to_string(),
        format!("{URL} is no JSON"),
    ] {
        let (status, answer) = origin.report_publicly(&body).await?;
        ensure!((400..500).contains(&status), "{status} {answer}");
        told.take("a problem of the reporting API", answer);
    }
    for path in ["/canary-path", "/metrics?canary-query=1", "/readyz/canary-path"] {
        let (_, answer) = origin.operations(path).await?;
        told.take("an answer of the operations listener", answer);
    }
    Ok(())
}

async fn be_told_it_by_a_faulty_peer(federation: &Federation, told: &mut Told) -> anyhow::Result<()> {
    let peer = Outsider::new(federation[0].exchange_address(), Some(Shown::of_folder(federation[2].folder())?))?;
    let pen = Forger::of_folder("de-cedar", federation[2].folder())?;
    let (run, _) = pen.run(&Cursor::START, 1)?;
    let with_a_body = run.trim_end().to_owned() + "\n" + &json!({ "url": URL }).to_string() + "\n";
    for answer in [
        peer.hello(json!({ "net": URL }).to_string()).await?,
        peer.push("de-cedar", with_a_body).await?,
        peer.push("de-cedar", run.replacen("report.create/1", URL, 1)).await?,
        peer.push("canary-path", run).await?,
        peer.get("/canary-path?canary-query=1").await?,
        peer.get("/bodies/canary-path?ep=1&seq=1").await?,
        peer.get("/bodies/canary-path?canary-query=1").await?,
        peer.get("/logs/de-cedar/runs?canary-query=1").await?,
    ] {
        ensure!(answer.status >= 400, "{}", answer.text);
        told.take("a problem of the exchange", answer.text);
    }
    Ok(())
}

async fn gather(federation: &Federation, told: &mut Told) -> anyhow::Result<()> {
    for node in &federation.nodes()[..2] {
        for page in ["/metrics", "/readyz", "/healthz"] {
            told.take(format!("{page} of {}", node.who.id), node.operations(page).await?.1);
        }
        told.take(format!("the log of {}", node.who.id), node.log()?);
    }
    Ok(())
}

//! Files that `report import` cannot take, or not whole. Faulty cells are named by line and column, good rows are taken
//! once, and nothing of the file is repeated.

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use anyhow::{Context as _, bail, ensure};
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::places::url_in;
use hotline_tests::refusal::{FAILED, refusal, refused_with};
use hotline_tests::sentences;
use hotline_tests::wait::until;
use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::exchange::between_hotlines::SOON;

/// Stands in every file and in no answer.
const CANARY: &str = "canary-import";
const HEADER: &str = "reference,received_at,url,offence,assessment,assessed_at\n";

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    sentences!(
        "import",
        store,
        [
            faulty_rows_are_named_and_good_rows_are_taken_once,
            a_corrected_file_adds_what_was_faulty_and_nothing_else,
            a_file_with_a_faulty_header_adds_nothing,
            a_field_of_ten_megabytes_costs_its_row,
            a_quote_that_never_ends_costs_the_rows_after_it,
            what_is_no_file_of_rows_is_refused_with_a_sentence,
            a_log_holds_however_much_waits_for_its_signature,
            an_import_without_a_pause_keeps_no_other_writer_waiting,
        ]
    )
}

/// A node that does not serve.
struct House {
    federation: Federation,
}

impl House {
    async fn new(store: &Store) -> anyhow::Result<Self> {
        Ok(Self { federation: Federation::new(store, &THREE[..1]).await? })
    }

    fn file(&self, content: &[u8]) -> anyhow::Result<PathBuf> {
        let file = self.federation.folder().join("rows.csv");
        fs::write(&file, content)?;
        Ok(file)
    }

    async fn import(&self, content: &[u8]) -> anyhow::Result<(Output, Value)> {
        let file = self.file(content)?;
        let output = self.federation[0].cli.output(&["report", "import", &file.to_string_lossy()], None).await?;
        let told = String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned();
        ensure!(!told.contains(CANARY), "what stands in the file is repeated: {told}");
        let result = serde_json::from_slice(&output.stdout).context("one JSON document on standard output")?;
        Ok((output, result))
    }

    /// Imports a file with faults; gives where each stands.
    async fn faults(&self, content: &[u8]) -> anyhow::Result<Vec<(u64, Option<String>)>> {
        let (output, result) = self.import(content).await?;
        refused_with(&output, FAILED, &["correct"])?;
        let faults = result["faulty"].as_array().context("faults are a list")?.iter();
        faults
            .map(|fault| {
                ensure!(fault["fault"].as_str().is_some_and(|text| text.contains(' ')), "no sentence: {fault}");
                Ok((fault["line"].as_u64().context("a line")?, fault["column"].as_str().map(str::to_owned)))
            })
            .collect()
    }

    async fn reports(&self) -> anyhow::Result<usize> {
        let list = self.federation[0].cli.json(&["report", "list", "--limit", "1000"]).await?;
        Ok(list.as_array().context("a list")?.len())
    }
}

fn good(number: u32) -> String {
    format!("good-{number},2026-01-02T03:04:05Z,https://{CANARY}.test/item/{number},csam,,\n")
}

async fn faulty_rows_are_named_and_good_rows_are_taken_once(store: Store) -> anyhow::Result<()> {
    let house = House::new(&store).await?;
    let mut text = HEADER.as_bytes().to_vec();
    text.extend(good(1).as_bytes());
    text.extend(b"a,yesterday,https://canary-import.test/a,csam,,\n");
    text.extend(b"b,2026-01-02T03:04:05Z,ftp://canary-import.test/b,csam,,\n");
    text.extend(b"c,2026-01-02T03:04:05Z,https:///,csam,,\n");
    text.extend(b"d,2026-01-02T03:04:05Z,https://canary-import.test/d,canary-import,baseline,\n");
    text.extend(b"e,2026-01-02T03:04:05Z\n");
    text.extend(b"f,2026-01-02T03:04:05Z,https://canary-import.test/\xff,csam,,\n");
    text.extend(b"g\0,2026-01-02T03:04:05Z,https://canary-import.test/g,csam,,\n");
    text.extend(b",2026-01-02T03:04:05Z,javascript:canary-import,csam,,\n");
    text.extend(good(2).as_bytes());
    let expected = [
        (3, Some("received_at")),
        (4, Some("url")),
        (5, Some("url")),
        (6, Some("offence")),
        (7, None),
        (8, Some("url")),
        (9, Some("reference")),
        (10, Some("reference")),
        (10, Some("url")),
    ];
    for round in ["first", "second"] {
        let mut found = house.faults(&text).await?;
        found.sort();
        let expected: Vec<_> = expected.iter().map(|(line, column)| (*line, column.map(str::to_owned))).collect();
        ensure!(found == expected, "{round} import: {found:?}");
        ensure!(house.reports().await? == 2, "{round} import: two rows are good");
    }
    Ok(())
}

async fn a_corrected_file_adds_what_was_faulty_and_nothing_else(store: Store) -> anyhow::Result<()> {
    let house = House::new(&store).await?;
    let faulty = format!("{HEADER}{}x,yesterday,https://{CANARY}.test/x,csam,,\n{}", good(1), good(2));
    house.faults(faulty.as_bytes()).await?;
    let (_, result) = house.import(faulty.replace("yesterday", "2026-01-02T03:04:05Z").as_bytes()).await?;
    ensure!(result == json!({ "rows": 3, "taken": 1, "known": 2, "faulty": [], "duplicates": [] }), "{result}");
    ensure!(house.reports().await? == 3, "three rows, three reports");
    Ok(())
}

async fn a_file_with_a_faulty_header_adds_nothing(store: Store) -> anyhow::Result<()> {
    let house = House::new(&store).await?;
    let rows = good(1) + &good(2);
    let utf_16: Vec<u8> = [0xff, 0xfe].into_iter().chain(HEADER.bytes().flat_map(|byte| [byte, 0])).collect();
    for (what, content, column) in [
        ("an empty file", Vec::new(), None),
        ("blank lines", b"\n\r\n\n".to_vec(), None),
        ("an unknown column", format!("colour,{HEADER}").into_bytes(), Some("colour")),
        ("a column twice", format!("url,{HEADER}").into_bytes(), Some("url")),
        ("a column missing", b"reference,received_at\na,b\n".to_vec(), Some("url")),
        ("a column of the past", format!("lea_at,{HEADER}").into_bytes(), Some("lea_at")),
        ("no header", rows.clone().into_bytes(), Some("url")),
        ("a separator of lists", HEADER.replace(',', "|").into_bytes(), None),
        ("UTF-16", utf_16, None),
        ("a spreadsheet itself", b"PK\x03\x04\x14\0".to_vec(), None),
        ("nothing but zeros", vec![0; 10_000], Some("url")),
    ] {
        let faults = house.faults(&content).await.context(what)?;
        ensure!(faults.iter().any(|(_, found)| found.as_deref() == column), "{what}: {faults:?}");
        ensure!(house.reports().await? == 0, "{what}: nothing is taken");
    }
    Ok(())
}

async fn a_field_of_ten_megabytes_costs_its_row(store: Store) -> anyhow::Result<()> {
    let house = House::new(&store).await?;
    let long = CANARY.repeat(10 * 1024 * 1024 / CANARY.len());
    let row = format!("long,2026-01-02T03:04:05Z,https://{CANARY}.test/{long},csam,,\n");
    let faults = house.faults(format!("{HEADER}{}{row}{}", good(1), good(2)).as_bytes()).await?;
    ensure!(faults == [(3, Some("url".to_owned()))], "{faults:?}");
    ensure!(house.reports().await? == 2, "the rows around it are taken");
    Ok(())
}

async fn a_quote_that_never_ends_costs_the_rows_after_it(store: Store) -> anyhow::Result<()> {
    let house = House::new(&store).await?;
    let open = format!("open,2026-01-02T03:04:05Z,\"https://{CANARY}.test/open,csam,,\n");
    let text = format!("{HEADER}{}{open}{}", good(1), good(2));
    let faults = house.faults(text.as_bytes()).await?;
    ensure!(faults.iter().all(|(line, _)| *line == 3), "{faults:?}");
    ensure!(house.reports().await? == 1, "what stands before it is taken");
    let (_, result) = house.import(text.replace('"', "").as_bytes()).await?;
    ensure!(result["taken"] == 2 && result["known"] == 1, "{result}");
    Ok(())
}

async fn what_is_no_file_of_rows_is_refused_with_a_sentence(store: Store) -> anyhow::Result<()> {
    let house = House::new(&store).await?;
    let folder = house.federation.folder();
    for (path, words) in [(folder.join("missing.csv"), "No such file"), (folder.to_owned(), "directory")] {
        let output = house.federation[0].cli.output(&["report", "import", &path.to_string_lossy()], None).await?;
        let sentence = refusal(&output, FAILED)?;
        ensure!(sentence.contains(words) && sentence.contains(&*path.to_string_lossy()), "{sentence}");
        ensure!(output.stdout.is_empty(), "nothing is shown");
    }
    ensure!(house.reports().await? == 0, "nothing is taken");
    Ok(())
}

async fn a_log_holds_however_much_waits_for_its_signature(store: Store) -> anyhow::Result<()> {
    const ROWS: u32 = 3_000;
    let house = House::new(&store).await?;
    let rows: Vec<_> = (0..ROWS).map(|number| (format!("R-{number}"), url_in("FR", number))).collect();
    let cli = &house.federation[0].cli;
    ensure!(cli.import(&rows).await?["taken"] == ROWS, "every row is good");
    let verified = cli.json(&["log", "verify"]).await?;
    ensure!(verified["ok"] == true && verified["entries"] == ROWS, "{verified}");
    let heads = cli.json(&["log", "head"]).await?;
    ensure!(heads["fr-alder"]["seq"] == 0, "nothing is signed while nobody serves: {heads}");
    Ok(())
}

async fn an_import_without_a_pause_keeps_no_other_writer_waiting(store: Store) -> anyhow::Result<()> {
    const ROWS: u32 = 12_000;
    let federation = Federation::started(&store, &THREE[..1]).await?;
    let cli = &federation[0].cli;
    let rows: Vec<_> = (0..ROWS).map(|number| (format!("R-{number}"), url_in("FR", number))).collect();
    let import = cli.import(&rows);
    tokio::pin!(import);
    let signed = until("the node signs", SOON, async || {
        let heads = cli.json(&["log", "head"]).await?;
        Ok((heads["fr-alder"]["seq"] != 0).then_some(()))
    });
    tokio::select! {
        biased;
        imported = &mut import => bail!("nothing was signed until the import ended: {:?}", imported?),
        signed = signed => signed?,
    };
    ensure!(import.await?["taken"] == ROWS, "every row is good");
    Ok(())
}

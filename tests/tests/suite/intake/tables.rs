//! One and the same 50 reports as everyday programs write them (`fixtures/tables`). They are imported with the same
//! result, or refused with a sentence that names the needed change.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use hotline_node::clock::Clock;
use hotline_node::intake::csv::file::{ImportReader, Reading, RowRefused, Scope};
use hotline_node::intake::csv::row::ImportRow;
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::places::repository;
use hotline_tests::sentences;
use libtest_mimic::Trial;
use secrecy::ExposeSecret as _;
use serde_json::Value;

/// How many reports there are.
const REPORTS: usize = 50;

/// The way of importing a file, and its result.
struct Table {
    name: &'static str,
    options: &'static [&'static str],
    outcome: Outcome,
}

enum Outcome {
    /// Every row says the same.
    Same,
    /// So many rows say the same; every other one is refused with one of these.
    Some(usize, &'static [&'static str]),
    /// No row is read.
    None(&'static str),
}
use Outcome::{None as Refused, Same, Some as Partly};

const NAMIBIA: &[&str] = &["--namibia"];

/// Every file; a test finds one that is missing here.
const TABLES: &[Table] = &[
    table("reference.csv", NAMIBIA, Same),
    table("reference.csv", &[], Partly(40, &["--namibia", "--missing NA"])),
    table("pandas-default.csv", NAMIBIA, Same),
    table("pandas-no-index.csv", NAMIBIA, Same),
    table("pandas-semicolon-windows-1252.csv", NAMIBIA, Same),
    table("pandas-tab.tsv", NAMIBIA, Same),
    table("pandas-mark.csv", NAMIBIA, Same),
    table("pandas-flags-as-numbers.csv", NAMIBIA, Same),
    table("pandas-quote-all.csv", &[], Same),
    table("pandas-nan.csv", &["--namibia", "--missing", "NaN"], Same),
    table("pandas-nan.csv", NAMIBIA, Partly(0, &["--missing 'NaN'"])),
    table("pandas-utf-16.csv", NAMIBIA, Refused("UTF-16")),
    table("pandas-without-zone.csv", NAMIBIA, Partly(0, &["without its zone"])),
    table("pandas-days.csv", NAMIBIA, Partly(0, &["without its hour"])),
    table("r-default.csv", &["--missing", "NA"], Same),
    table("r-default.csv", &[], Partly(0, &["--missing 'NA'", "--missing NA"])),
    table("r-empty.csv", &[], Same),
    table("r-csv2-windows-1252.csv", &[], Same),
    table("r-tab.tsv", &[], Partly(45, &["a quote in a field must be doubled"])),
    table(
        "r-table.csv",
        &["--missing", "NA"],
        Partly(0, &["without row names", "a quote in a field must be doubled", "fields, where"]),
    ),
    table("r-no-quotes.csv", &[], Partly(0, &["--missing", "fields, where", "a quote in a field must be doubled"])),
    table("r-times.csv", &[], Partly(0, &["without its zone"])),
    table("r-times-with-zone.csv", &[], Same),
    table("libreoffice-default.csv", &[], Same),
    table("libreoffice-semicolon-quoted.csv", &[], Same),
    table("libreoffice-semicolon-windows-1252.csv", &[], Same),
    table("libreoffice-tab.csv", &[], Same),
    table("libreoffice-cells.csv", &[], Same),
    table("libreoffice-dates.csv", &[], Partly(0, &["without its zone"])),
    table("libreoffice-utf-16.csv", &[], Refused("UTF-16")),
    table("postgresql-copy-csv.csv", NAMIBIA, Same),
    table("postgresql-copy-paris.csv", NAMIBIA, Same),
    table("postgresql-copy-calcutta-quoted.csv", &[], Same),
    table("postgresql-copy-semicolon.csv", NAMIBIA, Same),
    table("postgresql-copy-null.csv", &["--namibia", "--missing", "NULL"], Same),
    table(
        "postgresql-copy-text.tsv",
        &["--namibia", "--missing", "\\N"],
        Partly(40, &["FORMAT csv", "a quote in a field must be doubled"]),
    ),
    table("postgresql-psql-csv.csv", NAMIBIA, Same),
    table("postgresql-psql-unaligned.txt", NAMIBIA, Refused("vertical bars")),
    table("sqlite-csv.csv", NAMIBIA, Same),
    table("sqlite-semicolon.csv", NAMIBIA, Same),
    table("sqlite-null.csv", &["--namibia", "--missing", "NULL"], Same),
    table("sqlite-tabs.tsv", NAMIBIA, Partly(40, &["fields, where", "a quote in a field must be doubled"])),
    table("sqlite-list.txt", NAMIBIA, Refused("vertical bars")),
];

const fn table(name: &'static str, options: &'static [&'static str], outcome: Outcome) -> Table {
    Table { name, options, outcome }
}

/// The contents of files are the same for every database.
pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    match store {
        Store::Sqlite => sentences!(
            "tables",
            store,
            [
                the_same_reports_from_every_program_are_the_same_or_refused_with_what_to_change,
                every_cell_is_read_as_the_reference_has_it,
            ]
        ),
        Store::Postgres(_) => Vec::new(),
    }
}

fn folder() -> PathBuf {
    repository().join("fixtures/tables")
}

async fn the_same_reports_from_every_program_are_the_same_or_refused_with_what_to_change(
    store: Store,
) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder())? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let is_table = !["make.py", "README.md"].contains(&name.as_str());
        ensure!(!is_table || TABLES.iter().any(|table| table.name == name), "{name} is not imported here");
    }
    let federation = Federation::new(&store, &THREE[..1]).await?;
    let import = async |table: &Table| -> anyhow::Result<Value> {
        let file = folder().join(table.name);
        let arguments = ["report", "import", "--historical", &*file.to_string_lossy()];
        let output = federation[0].cli.output(&[&arguments, table.options].concat(), None).await?;
        let is_right = output.status.code() == Some(i32::from(!matches!(table.outcome, Same)));
        ensure!(is_right, "{}: {}", output.status, String::from_utf8_lossy(&output.stderr));
        Ok(serde_json::from_slice(&output.stdout)?)
    };
    ensure!(import(&TABLES[0]).await?["taken"] == REPORTS, "the reference is taken");
    let mut faults = Vec::new();
    for table in TABLES {
        let result = import(table).await.with_context(|| table.name)?;
        let (known, sentences) = match table.outcome {
            Same => (REPORTS, &[][..]),
            Partly(known, sentences) => (known, sentences),
            Refused(ref sentence) => (0, std::slice::from_ref(sentence)),
        };
        let told = result["faulty"].as_array().context("a list")?;
        let named = |fault: &Value| {
            let fault = fault["fault"].as_str().unwrap_or_default();
            sentences.iter().any(|sentence| fault.contains(sentence))
        };
        let is_right = result["known"] == known && result["taken"] == 0 && told.is_empty() == sentences.is_empty();
        if !is_right || !told.iter().all(named) {
            faults.push(format!("{} {:?}: {result}", table.name, table.options));
        }
    }
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}

/// Independent of how the program knows a row again: cell by cell.
async fn every_cell_is_read_as_the_reference_has_it(_: Store) -> anyhow::Result<()> {
    let reference = rows(&TABLES[0])?;
    ensure!(reference.len() == REPORTS, "{} rows", reference.len());
    for table in TABLES.iter().filter(|table| !matches!(table.outcome, Refused(_))) {
        let rows = rows(table)?;
        let all = matches!(table.outcome, Same);
        ensure!(!all || rows.len() == REPORTS, "{}: {} rows", table.name, rows.len());
        for (name, cells) in rows {
            ensure!(reference.get(&name) == Some(&cells), "{}: {name}: {cells:?}", table.name);
        }
    }
    Ok(())
}

/// The rows that are taken, by their references.
fn rows(table: &Table) -> anyhow::Result<BTreeMap<String, Vec<String>>> {
    let bytes = fs::read(folder().join(table.name))?;
    let missing = table.options.iter().skip_while(|option| **option != "--missing").skip(1);
    let reading = Reading {
        missing: missing.map(ToString::to_string).collect(),
        namibia: table.options.contains(&"--namibia"),
        ..Reading::new(Scope::Historical, Clock::system().now())
    };
    let reader = ImportReader::open(&bytes[..], reading).context(table.name)?;
    let mut rows = BTreeMap::new();
    for row in reader {
        match row {
            Ok(row) => rows.insert(row.reference.clone(), cells(&row)),
            Err(RowRefused::Faulty(_)) => continue,
            Err(RowRefused::Unreadable(error)) => return Err(error.into()),
        };
    }
    Ok(rows)
}

/// Everything that a row says.
fn cells(row: &ImportRow) -> Vec<String> {
    let memo = row.memo.as_ref().map(|memo| memo.expose_secret().replace("\r\n", "\n"));
    let email = row.reporter_email.as_ref().map(|email| email.expose_secret().to_owned());
    vec![
        row.received_at.to_rfc3339(),
        row.url.as_given().to_owned(),
        format!("{:?} {email:?} {memo:?}", row.group),
        format!("{:?} {:?} {:?} {:?}", row.source, row.channel, row.urgency, row.offence),
        format!("{:?}", row.finding),
        format!("{:?}", row.past),
    ]
}

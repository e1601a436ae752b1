//! Confirmed data is there, and nothing else is. The disk is full, or the database server is killed, at random moments
//! of intake, exchange and acceptance. Other processes look at the nodes' confirmations.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Output;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use hotline_tests::chance::Chance;
use hotline_tests::node::cli::{Cli, run};
use hotline_tests::node::database::Store;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::node::node_process::ProcessNode;
use hotline_tests::places::url_in;
use hotline_tests::sentences;
use hotline_tests::service::postgres::PostgresCluster;
use hotline_tests::service::small_disk::SmallDisk;
use hotline_tests::wait::{random_moment, until};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use tokio::process::Command;

/// After the last fault everything is in place within this time.
const SETTLED: Duration = Duration::from_mins(1);
/// Reports of the public at each node and moment.
const POSTS: u32 = 4;
/// Rows of the import of each moment.
const ROWS: u32 = 3;
/// Moments between two looks of another process at everything confirmed so far.
const LOOKS: u32 = 50;

pub(crate) fn trials(store: &Store) -> Vec<Trial> {
    match store {
        Store::Sqlite => {
            sentences!("confirmed", store, [what_was_confirmed_is_there_however_often_the_disk_was_full])
        }
        Store::Postgres(_) => {
            sentences!("confirmed", store, [what_was_confirmed_is_there_however_often_the_server_was_killed])
        }
    }
}

async fn what_was_confirmed_is_there_however_often_the_disk_was_full(store: Store) -> anyhow::Result<()> {
    /// MiB: two write-ahead logs as long as they become, and both databases.
    const DISK: u32 = 192;
    /// Room that is there between two faults, in bytes.
    const ROOM: u64 = 24 << 20;
    /// How long the disk is full.
    const FULL: Duration = Duration::from_millis(60);
    let Some(disk) = SmallDisk::new(DISK).await else { return Ok(()) };
    let mut federation = Federation::new(&store, &THREE[..2]).await?;
    for place in 0..2 {
        let database = disk.path().join(format!("{}.sqlite", federation[place].who.id));
        let mut copy = Command::new("cp");
        copy.arg(federation[place].folder().join("node.sqlite")).arg(&database);
        hotline_tests::node::cli::done(&run(&mut disk.command(&copy)?, None).await?)?;
        federation[place].configure(&[("database", "url", format!("sqlite:{}", database.display()).into())])?;
        federation[place].cli.within = disk.way_in()?;
    }
    federation.start().await?;
    let mut chance = Chance::printed("confirmed on a full disk");
    let mut told = Told::default();
    disk.leave(ROOM)?;
    for moment in 0..200 {
        let before = Duration::from_micros(chance.within(0..80_000));
        // Also so little that a transaction fails on its way, or the index of the write-ahead log.
        let room = chance.within(0..300_000);
        let fault = async {
            random_moment(&mut chance, before).await;
            disk.leave(room)?;
            random_moment(&mut chance, FULL).await;
            disk.leave(ROOM)
        };
        let (work, ()) = tokio::try_join!(work(&federation, moment), fault)?;
        told.add(work);
        if moment % LOOKS == LOOKS - 1 {
            told.hold(&federation).await?;
        }
    }
    finish(&mut federation, &mut told).await
}

async fn what_was_confirmed_is_there_however_often_the_server_was_killed(_: Store) -> anyhow::Result<()> {
    let cluster = Arc::new(PostgresCluster::start().context("there was one for the suite")?);
    // Looking after every file by itself takes seconds a start.
    cluster.configure("postgresql.conf", "recovery_init_sync_method = syncfs")?;
    let mut federation = Federation::started(&Store::Postgres(Arc::clone(&cluster)), &THREE[..2]).await?;
    let mut chance = Chance::printed("confirmed by a server that is killed");
    let mut told = Told::default();
    for moment in 0..50 {
        let before = Duration::from_micros(chance.within(0..400_000));
        let fault = async {
            random_moment(&mut chance, before).await;
            let cluster = Arc::clone(&cluster);
            tokio::task::spawn_blocking(move || cluster.kill().and_then(|()| cluster.start_again())).await?
        };
        let (work, ()) = tokio::try_join!(work(&federation, moment), fault)?;
        told.add(work);
        if moment % LOOKS == LOOKS / 2 {
            told.hold(&federation).await?;
        }
    }
    finish(&mut federation, &mut told).await
}

/// Answers to one moment's work.
struct Work {
    cases: Vec<String>,
    unknown: usize,
    import: (usize, String, Option<bool>),
}

/// Reports of the public at both nodes, and an import of reports for the other one at one of them.
async fn work(federation: &Federation, moment: u32) -> anyhow::Result<Work> {
    let importer = usize::try_from(moment % 2)?;
    let posts = |place: usize| async move {
        let (mut cases, mut unknown) = (Vec::new(), 0);
        for number in 0..POSTS {
            let url = format!("https://case-{place}-{moment}-{number}.example/");
            let (status, said) = federation[place].report_publicly(&json!({ "urls": [url] }).to_string()).await?;
            match status {
                201 => {
                    let said: Value = serde_json::from_str(&said)?;
                    cases.push(said["case_number"].as_str().context("a case has a number")?.to_owned());
                }
                503 if said.contains("outcome-unknown") => unknown += 1,
                500 | 503 => {}
                status => bail!("{status} {said}"),
            }
        }
        anyhow::Ok((cases, unknown))
    };
    let rows = rows(importer, moment)?;
    let name = format!("moment-{moment}");
    let import = import(&federation[importer].cli, federation.folder(), &name, &rows);
    let ((first, first_unknown), (second, second_unknown), import) = tokio::try_join!(posts(0), posts(1), import)?;
    let said = String::from_utf8_lossy(&import.stderr);
    let import = match import.status.code() {
        Some(0) => Some(true),
        // All of them, and not the line in the audit trail.
        _ if said.contains(&format!("{ROWS} rows were taken")) => Some(true),
        _ if said.contains("it is not known") => None,
        _ => Some(false),
    };
    Ok(Work {
        cases: [first, second].concat(),
        unknown: first_unknown + second_unknown,
        import: (importer, rows, import),
    })
}

/// Reports that the other node will hold.
fn rows(importer: usize, moment: u32) -> anyhow::Result<String> {
    let country = ["NL", "FR"].get(importer).context("there are two")?;
    let row = |number: u32| {
        let url = url_in(country, moment * ROWS + number);
        format!("row-{moment}-{number},2026-01-02T03:04:05Z,{url},baseline,2026-01-02T04:04:05Z\n")
    };
    Ok((0..ROWS).map(row).collect())
}

async fn import(cli: &Cli, folder: &Path, name: &str, rows: &str) -> anyhow::Result<Output> {
    let file = folder.join(format!("{name}.csv"));
    fs::write(&file, format!("reference,received_at,url,assessment,assessed_at\n{rows}"))?;
    cli.output(&["report", "import", &file.to_string_lossy()], None).await
}

/// All answers to people.
#[derive(Default)]
struct Told {
    /// Case numbers.
    cases: BTreeSet<String>,
    /// Reports with an unknown fate.
    unknown: usize,
    /// By node: rows, and whether they were taken.
    imports: BTreeMap<usize, Vec<(String, Option<bool>)>>,
}

impl Told {
    fn add(&mut self, work: Work) {
        for case in work.cases {
            assert!(self.cases.insert(case.clone()), "{case} was given twice");
        }
        self.unknown += work.unknown;
        let (node, rows, taken) = work.import;
        self.imports.entry(node).or_default().push((rows, taken));
    }

    /// Another process finds every case that was confirmed, and no other; every number once.
    async fn hold(&self, federation: &Federation) -> anyhow::Result<()> {
        let mut numbers = BTreeSet::new();
        let mut received = 0;
        for node in federation.nodes() {
            for report in listed(node).await?.iter().filter(|report| report["origin"] == node.who.id) {
                let number = report["number"].as_str().context("an own report has a number")?;
                ensure!(numbers.insert(number.to_owned()), "two reports have the number {number}");
                received += usize::from(report["state"] == "received");
            }
        }
        let lost: Vec<&String> = self.cases.difference(&numbers).collect();
        ensure!(lost.is_empty(), "{} confirmed cases are not there: {lost:?}", lost.len());
        let most = self.cases.len() + self.unknown;
        ensure!(
            (self.cases.len()..=most).contains(&received),
            "{received} cases are there, {} were confirmed, of {} nobody could tell",
            self.cases.len(),
            self.unknown
        );
        Ok(())
    }

    /// Rows by node: how many were confirmed, how many were refused, and of how many nobody could tell.
    fn rows(&self, node: usize) -> [u64; 3] {
        let count = |wanted: Option<bool>| {
            let imports = self.imports.get(&node).into_iter().flatten();
            imports.filter(|(_, taken)| *taken == wanted).count() as u64 * u64::from(ROWS)
        };
        [count(Some(true)), count(Some(false)), count(None)]
    }
}

async fn listed(node: &ProcessNode) -> anyhow::Result<Vec<Value>> {
    let list = node.cli.json(&["report", "list", "--limit", "100000"]).await?;
    list.as_array().cloned().context("a list")
}

/// The faults are over. Refused reports are imported now, and no confirmed one is imported again. Everything is
/// exchanged and accepted once, and still there when the nodes have stopped.
async fn finish(federation: &mut Federation, told: &mut Told) -> anyhow::Result<()> {
    for place in 0..2 {
        federation[place].wait_for("/readyz").await?;
    }
    told.hold(federation).await?;
    let mut all = 0;
    for place in 0..2 {
        let imports = told.imports.get(&place).context("both have imported")?;
        let rows: String = imports.iter().map(|(rows, _)| rows.as_str()).collect();
        let output = import(&federation[place].cli, federation.folder(), "again", &rows).await?;
        hotline_tests::node::cli::done(&output)?;
        let result: Value = serde_json::from_slice(&output.stdout)?;
        let number = |key: &str| result[key].as_u64().with_context(|| format!("{key}: {result}"));
        let [confirmed, refused, unknown] = told.rows(place);
        let (known, taken) = (number("known")?, number("taken")?);
        ensure!((confirmed..=confirmed + unknown).contains(&known), "{confirmed} rows were confirmed: {result}");
        ensure!((refused..=refused + unknown).contains(&taken), "{refused} rows were refused: {result}");
        println!("confirmed: {place}: {confirmed} rows confirmed, {refused} refused, {unknown} unknown");
        all += known + taken;
    }
    println!("confirmed: {} cases, {} unknown", told.cases.len(), told.unknown);
    for node in federation.nodes() {
        let other = if node.who.id == THREE[0].id { THREE[1].id } else { THREE[0].id };
        until(format!("{} has everything that was exchanged", node.who.id), SETTLED, async || {
            let list = listed(node).await?;
            let exchanged: BTreeMap<&str, &Value> = list
                .iter()
                .filter(|report| report["state"] != "received")
                .filter_map(|report| Some((report["id"].as_str()?, report)))
                .collect();
            let is_settled = |(id, report): (&&str, &&Value)| {
                let holder = if id.starts_with(node.who.id) { other } else { node.who.id };
                report["state"] == "accepted" && report["holder"] == holder
            };
            ensure!(exchanged.len() as u64 <= all, "{} reports of {all} rows", exchanged.len());
            Ok((exchanged.len() as u64 == all && exchanged.iter().all(is_settled)).then_some(()))
        })
        .await?;
    }
    federation.until_heads_equal(SETTLED).await?;
    federation.verify_logs().await?;
    once_each(federation, all).await?;
    for place in 0..2 {
        federation[place].stop().await?;
        let trail = federation[place].cli.json(&["audit", "verify"]).await?;
        ensure!(trail["ok"] == true, "{trail}");
    }
    told.hold(federation).await
}

/// In the two logs together one create and one accept a report, and nothing else.
async fn once_each(federation: &Federation, reports: u64) -> anyhow::Result<()> {
    let mut seen = BTreeSet::new();
    for who in &THREE[..2] {
        let node = &federation[0];
        for header in node.cli.author(who.id).await?.verify(&node.cli.export(who.id).await?)?.headers {
            let said = format!("{} of {}/{}", header["type"], header["org"], header["rid"]);
            ensure!(seen.insert(said.clone()), "it stands there twice: {said}");
        }
    }
    ensure!(seen.len() as u64 == 2 * reports, "{} entries for {reports} reports", seen.len());
    Ok(())
}

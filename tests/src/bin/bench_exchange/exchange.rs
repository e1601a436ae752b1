//! The measurement itself: reports go into A, and are looked for at B.

use std::fs::{self, File};
use std::io::BufReader;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use hotline_node::config::Config;
use hotline_node::context::Context;
use hotline_node::geolocation::{Geolocator, Settings};
use hotline_node::intake::csv::file::{Reading, Scope};
use hotline_node::intake::{ImportResult, import_file};
use hotline_node::report::query::Filter;
use hotline_node::report::{head, list_reports};
use hotline_node::routing::Locator;
use hotline_node::telemetry;
use hotline_protocol::id::NodeId;

use crate::node::Node;
use crate::setup::Bench;
use crate::transactions::{Transactions, transactions};
use crate::{probe, rows};

/// How often the other node's database is asked, where one report is waited for; the timer knows no shorter time.
const POLL_ONE: Duration = Duration::from_millis(1);
/// For waits on many: asking takes processor time from the measured work.
const POLL_MANY: Duration = Duration::from_millis(20);
/// Without any progress for so long, something is broken.
const PATIENCE: Duration = Duration::from_mins(1);

/// A figure of each node.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub(crate) struct Pair<T> {
    /// The node that took the reports in.
    pub(crate) a: T,
    /// The node that they were offered to.
    pub(crate) b: T,
}

/// The measurements.
pub(crate) struct Exchange {
    pub(crate) ingest: Duration,
    pub(crate) end_to_end: Duration,
    pub(crate) accepted_at_a: Duration,
    /// Of each report that was sent alone, in order of length.
    pub(crate) latencies: Vec<Duration>,
    pub(crate) rss_peak_mib: Pair<f64>,
    /// Of the many reports alone, accepts included.
    pub(crate) cpu_s: Pair<f64>,
    pub(crate) ingest_cpu_s: f64,
    pub(crate) disk_bytes: Pair<u64>,
    pub(crate) transactions: Transactions,
}

/// Starts both nodes and measures.
pub(crate) async fn measure(bench: &mut Bench, reports: u32, singles: u32) -> Result<Exchange> {
    let own_metrics = telemetry::metrics();
    bench.a.serve()?;
    bench.b.serve()?;
    let intake = Intake::open(&bench.a).await?;
    let target = bench.b.open().await?.1;
    // The first report finds both nodes started and greeted.
    intake.import(bench, "first", 1).await?;
    let mut seen = reach(bench, &target, &intake.context, 1, POLL_ONE).await?;
    reach(bench, &intake.context, &target, 1, POLL_ONE).await?;

    let cpu_before = cpu(bench)?;
    let own_before = probe::cpu_seconds(std::process::id())?;
    let file = bench.file("many.csv");
    fs::write(&file, rows::import_file("many", reports))?;
    seen += u64::from(reports);
    let begin = Instant::now();
    let ingested = async {
        intake.import_file(&file).await?;
        anyhow::Ok((begin.elapsed(), probe::cpu_seconds(std::process::id())? - own_before))
    };
    let arrived = async {
        reach(bench, &target, &intake.context, seen, POLL_MANY).await?;
        let end_to_end = begin.elapsed();
        reach(bench, &intake.context, &target, seen, POLL_MANY).await?;
        anyhow::Ok((end_to_end, begin.elapsed()))
    };
    let ((ingest, ingest_cpu_s), (end_to_end, accepted_at_a)) = tokio::try_join!(ingested, arrived)?;
    let cpu_after = cpu(bench)?;
    check_held(&intake.context, &target, reports).await?;
    let latencies = single_reports(bench, &intake, &target, singles).await?;
    Ok(Exchange {
        ingest,
        end_to_end,
        accepted_at_a,
        latencies,
        rss_peak_mib: Pair { a: probe::peak_rss_mib(bench.a.pid()?)?, b: probe::peak_rss_mib(bench.b.pid()?)? },
        cpu_s: Pair { a: cpu_after.a - cpu_before.a, b: cpu_after.b - cpu_before.b },
        ingest_cpu_s,
        disk_bytes: Pair { a: disk(&bench.a, &intake.context).await?, b: disk(&bench.b, &target).await? },
        transactions: Transactions {
            a: transactions(&bench.a.metrics().await?),
            b: transactions(&bench.b.metrics().await?),
            ingest: transactions(&own_metrics.render()),
        },
    })
}

fn cpu(bench: &Bench) -> Result<Pair<f64>> {
    Ok(Pair { a: probe::cpu_seconds(bench.a.pid()?)?, b: probe::cpu_seconds(bench.b.pid()?)? })
}

async fn disk(node: &Node, context: &Context) -> Result<u64> {
    let elsewhere = match context.database.engine() {
        hotline_node::storage::Engine::Sqlite => 0,
        hotline_node::storage::Engine::Postgres => context.database.size_bytes().await?,
    };
    Ok(probe::folder_bytes(&node.folder)? + elsewhere)
}

/// Reports one at a time: the time from before the import to the report being applied at B.
async fn single_reports(bench: &Bench, intake: &Intake, target: &Context, count: u32) -> Result<Vec<Duration>> {
    let before = head(target.database.read(), &intake.context.own).await?.seq;
    let mut latencies = Vec::new();
    for (number, place) in (0..count).zip(before + 1..) {
        let file = bench.file("single.csv");
        fs::write(&file, rows::import_file(&format!("single-{number}"), 1))?;
        let begin = Instant::now();
        intake.import_file(&file).await?;
        reach(bench, target, &intake.context, place, POLL_ONE).await?;
        latencies.push(begin.elapsed());
    }
    latencies.sort_unstable();
    Ok(latencies)
}

/// Waits until `reader` has applied `writer`'s log up to `seq`: an entry's effects on its report and the log's end are
/// one transaction, so the end is as good as counting reports, and costs the reader one row.
async fn reach(bench: &Bench, reader: &Context, writer: &Context, seq: u64, poll: Duration) -> Result<u64> {
    let log: &NodeId = &writer.own;
    let mut timer = tokio::time::interval(poll);
    let (mut last, mut moved) = (0, Instant::now());
    loop {
        let now = head(reader.database.read(), log).await?.seq;
        if now >= seq {
            return Ok(now);
        }
        if now != last {
            (last, moved) = (now, Instant::now());
        }
        let logs = || [&bench.a, &bench.b].map(|node| fs::read_to_string(node.folder.join("serve.log")));
        ensure!(moved.elapsed() < PATIENCE, "{} stays at {last} of {seq} of {log}: {:?}", reader.own, logs());
        timer.tick().await;
    }
}

/// Every report that was sent is held by B, as both nodes see it.
async fn check_held(origin: &Context, target: &Context, reports: u32) -> Result<()> {
    for side in [origin, target] {
        let filter = Filter { holder: Some(target.own.clone()), limit: u64::from(reports) + 1, ..Filter::default() };
        let held = list_reports(side.database.read(), &filter).await?.len();
        ensure!(held == reports as usize + 1, "{} sees {held} of {reports} reports held by {}", side.own, target.own);
    }
    Ok(())
}

/// The import into A, as the command does it: a process of its own, the file read row by row.
struct Intake {
    config: Config,
    context: Context,
    geolocator: Arc<Geolocator>,
}

impl Intake {
    async fn open(node: &Node) -> Result<Self> {
        let (config, context) = node.open().await?;
        let geolocator = Arc::new(Geolocator::open(&Settings::from(&config.geolocation))?);
        Ok(Self { config, context, geolocator })
    }

    async fn import(&self, bench: &Bench, series: &str, count: u32) -> Result<()> {
        let file = bench.file(&format!("{series}.csv"));
        fs::write(&file, rows::import_file(series, count))?;
        self.import_file(&file).await
    }

    async fn import_file(&self, file: &std::path::Path) -> Result<()> {
        let mut result = ImportResult::default();
        let locator = Locator::new(&self.context, Arc::clone(&self.geolocator), &self.config.routing).await?;
        let input = BufReader::new(File::open(file)?);
        let reading = Reading::new(Scope::Present, self.context.clock.now());
        import_file(&self.context, &locator, input, reading, &mut result).await?;
        ensure!(result.taken == result.rows, "{} of {} rows were taken", result.taken, result.rows);
        Ok(())
    }
}

//! Measures the exchange between two real nodes, and holds it against a bare loop that moves the same bytes.
//!
//! `cargo run --profile shipped -p hotline-tests --bin bench_exchange -- --reports 100000 --database sqlite --json`
//!
//! Node A (`fr-bench`) takes reports in that are hosted in the country of node B (`nl-bench`). Both are processes of
//! their own in temporary folders; this program imports into A's database as `report import` does, and looks into B's.
//! All reports are synthetic. The meaning of each figure stands in [`figures`].

mod exchange;
mod figures;
mod floor;
mod node;
mod probe;
mod rows;
mod setup;
mod transactions;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, ValueEnum};

use crate::figures::{Outcome, Run};
use crate::setup::Bench;

/// Measures the exchange between two nodes on this machine.
#[derive(Parser)]
struct Arguments {
    /// How many reports are exchanged
    #[arg(long, value_name = "N", default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(1..))]
    reports: u32,
    /// Where both nodes keep them
    #[arg(long, value_enum, default_value = "sqlite")]
    database: Store,
    /// How often it is measured; the median is printed, and every run beside it
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// How many reports are then sent one at a time
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..))]
    singles: u32,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// A database that nodes can use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, serde::Serialize)]
#[serde(rename_all = "snake_case")]
enum Store {
    /// A file of SQLite for each node
    Sqlite,
    /// A private PostgreSQL server, one database for each node
    Postgres,
}

fn main() -> ExitCode {
    if std::env::var_os(node::BECOME_NODE).is_some() {
        return hotline_node::cli::main();
    }
    let done = if std::env::var_os(floor::BECOME_RECEIVER).is_some() {
        in_runtime(floor::receive())
    } else {
        in_runtime(measure(Arguments::parse()))
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("bench_exchange: {reason:#}");
            ExitCode::FAILURE
        }
    }
}

fn in_runtime(work: impl Future<Output = Result<()>>) -> Result<()> {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}

async fn measure(arguments: Arguments) -> Result<()> {
    let mut runs = Vec::new();
    for number in 1..=arguments.runs {
        eprintln!("run {number} of {}: {} reports, {:?}", arguments.runs, arguments.reports, arguments.database);
        runs.push(measure_once(&arguments).await?);
    }
    let outcome = Outcome::of(arguments.database, runs);
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&outcome)?);
    } else {
        print!("{outcome}");
    }
    Ok(())
}

/// One measurement on two new nodes.
async fn measure_once(arguments: &Arguments) -> Result<Run> {
    let mut bench = Bench::make(arguments.database)?;
    let exchange = exchange::measure(&mut bench, arguments.reports, arguments.singles).await?;
    bench.stop_nodes()?;
    let floor_per_s = floor::measure(&bench, arguments.reports).await?;
    Ok(Run::new(arguments.reports, exchange, floor_per_s))
}

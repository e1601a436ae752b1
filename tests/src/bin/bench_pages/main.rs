//! Measures the pages' questions about a node's figures.
//!
//! `cargo run --profile shipped -p hotline-tests --bin bench_pages -- --config DIR/config.toml --json`
//!
//! The database is one that `generate_volume` filled. First everything that is stale is counted ahead, then each function
//! is asked as pages ask it, in turn with all kinds of filters; at last a node serves it, and whole pages are asked for
//! over HTTPS.

mod measure;
mod pages;
mod questions;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use clap::Parser;
use hotline_node::config::section::Acceptance;
use hotline_node::context::Context;
use hotline_node::statistics::rollup::{Rollups, Span, refresh};
use hotline_tests::node::become_node;
use serde::Serialize;

use crate::measure::Measured;

/// The network of nodes that are there to be measured.
const NETWORK: &str = "bench";

/// Measures the pages' questions about a node's figures.
#[derive(Parser)]
struct Arguments {
    /// The node's configuration
    #[arg(long)]
    config: PathBuf,
    /// How often each is asked
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Leave the yearly figures out: they take longest to count ahead
    #[arg(long)]
    without_years: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// The measurements.
#[derive(Serialize)]
struct Outcome {
    /// Counting everything ahead.
    counted_days: usize,
    counted_days_s: f64,
    counted_years: usize,
    counted_years_s: f64,
    /// The first question after a start: it reads all counted figures.
    first_ms: f64,
    /// The pages' questions.
    questions: Vec<Measured>,
    /// Whole pages.
    pages: Vec<Measured>,
}

fn main() -> ExitCode {
    if let Some(code) = become_node::if_asked() {
        return code;
    }
    let arguments = Arguments::parse();
    let done = tokio::runtime::Runtime::new().map_err(Into::into).and_then(|runtime| runtime.block_on(run(&arguments)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<()> {
    let outcome = measure_all(arguments).await?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&outcome)?);
        return Ok(());
    }
    println!(
        "counted ahead: {} days in {:.1} s, {} years in {:.1} s; read in {:.0} ms",
        outcome.counted_days, outcome.counted_days_s, outcome.counted_years, outcome.counted_years_s, outcome.first_ms
    );
    for measured in outcome.questions.iter().chain(&outcome.pages) {
        println!(
            "{:36} p50 {:7.2} ms   p99 {:7.2} ms   worst {:7.2} ms",
            measured.name, measured.p50_ms, measured.p99_ms, measured.worst_ms
        );
    }
    Ok(())
}

async fn measure_all(arguments: &Arguments) -> Result<Outcome> {
    let (config, context) = hotline_node::cli::open(&arguments.config).await?;
    // Accounts are made in it, with a password that stands in the source.
    ensure!(
        context.network.as_str() == NETWORK,
        "only a node of the network '{NETWORK}' is measured: init --network {NETWORK}"
    );
    ensure!(
        config.exchange.accept == Acceptance::Manual,
        "a node that accepts offers by itself would do that while it is measured: exchange.accept = \"manual\""
    );
    let (counted_days, days) = count_ahead(&context, Span::Days).await?;
    let has_years = !arguments.without_years;
    let (counted_years, years) =
        if has_years { count_ahead(&context, Span::Years).await? } else { (0, Duration::ZERO) };
    let rollups = Rollups::new(context.clone());
    let begin = Instant::now();
    rollups.warm().await?;
    let first = begin.elapsed();
    let (questions, peers) = questions::ask_all(&rollups, arguments.rounds, has_years).await?;
    drop(rollups);
    context.database.close().await?;
    let pages = pages::ask_all(&arguments.config, arguments.rounds, &peers).await?;
    Ok(Outcome {
        counted_days,
        counted_days_s: days.as_secs_f64(),
        counted_years,
        counted_years_s: years.as_secs_f64(),
        first_ms: first.as_secs_f64() * 1_000.0,
        questions,
        pages,
    })
}

async fn count_ahead(context: &Context, span: Span) -> Result<(usize, Duration)> {
    let begin = Instant::now();
    let (mut counted, mut after) = (0, 0);
    loop {
        let step = refresh(context, span, after, 64).await?;
        counted += step.buckets;
        match step.next {
            Some(next) => after = next,
            None => return Ok((counted, begin.elapsed())),
        }
    }
}

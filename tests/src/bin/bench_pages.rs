//! Measures what pages ask of a node's figures.
//!
//! `cargo run --release -p hotline-tests --bin bench_pages -- --config DIR/config.toml --json`
//!
//! The database is one that `generate_volume` filled. First everything that is stale is counted ahead, then each function
//! is asked as pages ask it, in turn with all kinds of filters.

use std::future::Future;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use chrono::NaiveDate;
use clap::Parser;
use hotline_node::context::Context;
use hotline_node::statistics::{Filter, Period, Rollups, Span, Step, recount};
use hotline_node::storage::StorageError;
use hotline_protocol::id::NodeId;
use hotline_protocol::vocabulary::{Offence, SiteType};
use serde::Serialize;

/// Measures what pages ask of a node's figures.
#[derive(Parser)]
struct Arguments {
    /// The node's configuration
    #[arg(long)]
    config: PathBuf,
    /// How often each is asked
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Leave the yearly figures out, which take longest to count ahead
    #[arg(long)]
    without_years: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// What was measured.
#[derive(Serialize)]
struct Outcome {
    /// Counting everything ahead.
    counted_days: usize,
    counted_days_s: f64,
    counted_years: usize,
    counted_years_s: f64,
    /// The first question after a start, which reads all that was counted.
    first_ms: f64,
    questions: Vec<Question>,
}

/// A question that pages ask.
#[derive(Serialize)]
struct Question {
    name: &'static str,
    p50_ms: f64,
    p99_ms: f64,
    worst_ms: f64,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let (_, context) = hotline_node::cli::open(&arguments.config).await?;
    let (counted_days, days) = count_ahead(&context, Span::Days).await?;
    let (counted_years, years) =
        if arguments.without_years { (0, Duration::ZERO) } else { count_ahead(&context, Span::Years).await? };
    let rollups = Rollups::new(context.clone());
    let begin = Instant::now();
    rollups.warm().await?;
    let first = begin.elapsed();
    let questions = ask_all(&rollups, &arguments).await?;
    let outcome = Outcome {
        counted_days,
        counted_days_s: days.as_secs_f64(),
        counted_years,
        counted_years_s: years.as_secs_f64(),
        first_ms: first.as_secs_f64() * 1_000.0,
        questions,
    };
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&outcome)?);
    } else {
        println!(
            "counted ahead: {counted_days} days in {days:?}, {counted_years} years in {years:?}; read in {first:?}"
        );
        for question in &outcome.questions {
            println!(
                "{:28} p50 {:7.2} ms   p99 {:7.2} ms   worst {:7.2} ms",
                question.name, question.p50_ms, question.p99_ms, question.worst_ms
            );
        }
    }
    Ok(())
}

async fn count_ahead(context: &Context, span: Span) -> Result<(usize, Duration)> {
    let begin = Instant::now();
    let (mut counted, mut after) = (0, 0);
    loop {
        let step = recount(context, span, after, 64).await?;
        counted += step.buckets;
        match step.next {
            Some(next) => after = next,
            None => return Ok((counted, begin.elapsed())),
        }
    }
}

async fn ask_all(rollups: &Rollups, arguments: &Arguments) -> Result<Vec<Question>> {
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).expect("a day");
    let always = Period { from: day(2021, 1, 1), to: day(2026, 12, 31) };
    let year = Period { from: day(2025, 1, 1), to: day(2025, 12, 31) };
    let whole = rollups.volumes(&Filter::of(always, Step::Month)).await?;
    ensure!(
        whole.sent.counts.offered > 0 && whole.fresh.waiting == 0,
        "there is something to count: {:?}",
        whole.fresh
    );
    let peers: Vec<NodeId> = whole.peers.keys().cloned().collect();
    let mut turn = 0;
    let mut peer = || {
        turn += 1;
        peers[turn % peers.len()].clone()
    };
    let combined = |filter: Filter, peer: NodeId| Filter {
        country: Some(peer.seat()),
        peer: Some(peer),
        offence: Some(Offence::Csam),
        site_type: Some(SiteType::Forum),
        ..filter
    };
    let rounds = arguments.rounds;
    let mut asked = Vec::new();
    for (name, filter) in [
        ("volumes, always, by day", Filter::of(always, Step::Day)),
        ("volumes, always, by month", Filter::of(always, Step::Month)),
        ("volumes, a year, by week", Filter::of(year, Step::Week)),
    ] {
        asked.push(measured(name, rounds, || rollups.volumes(&filter)).await?);
    }
    let plain = Filter::of(always, Step::Week);
    asked.push(
        measured("volumes, a peer", rounds, || {
            let filter = Filter { peer: Some(peer()), ..plain.clone() };
            async move { rollups.volumes(&filter).await }
        })
        .await?,
    );
    asked.push(
        measured("volumes, all filters", rounds, || {
            let filter = combined(plain.clone(), peer());
            async move { rollups.volumes(&filter).await }
        })
        .await?,
    );
    asked.push(measured("world, always", rounds, || rollups.world(&plain)).await?);
    asked.push(
        measured("world, all filters", rounds, || {
            let filter = combined(plain.clone(), peer());
            async move { rollups.world(&filter).await }
        })
        .await?,
    );
    asked.push(measured("federation, always", rounds, || rollups.federation(&plain)).await?);
    asked.push(
        measured("reconcile, first page", rounds, || {
            let peer = peer();
            async move { rollups.reconcile(&peer, None, 50).await }
        })
        .await?,
    );
    if !arguments.without_years {
        asked.push(measured("yearly figures", rounds, || rollups.year(2025)).await?);
    }
    Ok(asked)
}

async fn measured<T, F: Future<Output = Result<T, StorageError>>>(
    name: &'static str,
    rounds: u32,
    mut ask: impl FnMut() -> F,
) -> Result<Question> {
    let mut taken = Vec::with_capacity(rounds as usize);
    for _ in 0..rounds {
        let begin = Instant::now();
        ask().await?;
        taken.push(begin.elapsed());
    }
    taken.sort_unstable();
    let at = |hundredth: usize| {
        let place = (taken.len() * hundredth).div_ceil(100).saturating_sub(1);
        taken[place].as_secs_f64() * 1_000.0
    };
    Ok(Question { name, p50_ms: at(50), p99_ms: at(99), worst_ms: at(100) })
}

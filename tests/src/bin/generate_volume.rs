//! Fills a new node's database with millions of synthetic reports, to look at and to measure.
//!
//! `cargo run --profile shipped -p hotline-tests --bin generate_volume -- --config DIR/config.toml --reports 2500000`
//!
//! The node comes from `hotline-node init`, with a SQLite file or a database of PostgreSQL. Every report has five entries.

use std::path::PathBuf;
use std::time::Instant;

use chrono::{DateTime, Utc};
use clap::Parser;
use hotline_tests::volume::{Volume, fill};

/// Fills a new node's database with synthetic reports.
#[derive(Parser)]
struct Arguments {
    /// The node's configuration
    #[arg(long)]
    config: PathBuf,
    /// How many reports
    #[arg(long, value_name = "N", default_value_t = 250_000, value_parser = clap::value_parser!(u32).range(1..))]
    reports: u32,
    /// The same seed gives the same reports
    #[arg(long, default_value_t = 2018)]
    seed: u64,
    /// When the first was received
    #[arg(long, default_value = "2021-11-01T00:00:00Z")]
    from: DateTime<Utc>,
    /// When the last was received
    #[arg(long, default_value = "2026-11-01T00:00:00Z")]
    to: DateTime<Utc>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let (_, context) = hotline_node::cli::open(&arguments.config).await?;
    let volume = Volume {
        reports: arguments.reports,
        seed: arguments.seed,
        from: arguments.from.timestamp(),
        to: arguments.to.timestamp(),
    };
    let begin = Instant::now();
    let made = fill(&context, &volume, |reports| {
        if reports % 100_000 == 0 {
            eprintln!("{reports} reports after {} s", begin.elapsed().as_secs());
        }
    })
    .await?;
    context.database.inform_planner().await?;
    context.database.close().await?;
    println!("{}", serde_json::to_string(&made)?);
    Ok(())
}

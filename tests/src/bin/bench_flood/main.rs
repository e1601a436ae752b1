//! Measures the cost of a member that floods.
//!
//! - `cargo run -p hotline-tests --bin bench_flood -- --entries 30000 --bodies`: it writes for ever about one report; how
//!   long each of its pushes takes, and how long others wait meanwhile.
//! - `cargo run -p hotline-tests --bin bench_flood -- --floods --runs 3 --before PROGRAM`: traces of floods of other
//!   kinds. It runs this build and an earlier build in turn.
//!
//! With `HOTLINE_NODE_PROGRAM` the nodes run another build.

mod beside;
mod bystanders;
mod figure;
mod floods;
mod one_report;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use hotline_tests::program::{self, Kept};

/// Measures the cost of a member that floods.
#[derive(Parser)]
struct Arguments {
    /// How many entries it writes about one report
    #[arg(long, value_name = "N", default_value_t = 30_000)]
    entries: usize,
    /// Its entries have bodies that the measured node is entitled to
    #[arg(long)]
    bodies: bool,
    /// Where the nodes keep their data
    #[arg(long, value_enum, default_value = "sqlite")]
    database: Kept,
    /// No push about one report begins after so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    longest: u64,
    /// The other floods: unknown types, digest keys, epochs, reports that stand still, offers hosted elsewhere
    #[arg(long)]
    floods: bool,
    /// How often the floods are measured; the medians are printed
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..), requires = "floods")]
    runs: u32,
    /// An earlier build: its nodes meet the same floods in turn; it must know the configuration's keys
    #[arg(long, value_name = "PROGRAM", requires = "floods")]
    before: Option<PathBuf>,
    /// Prints the figures of one run as JSON
    #[arg(long, requires = "floods", conflicts_with_all = ["runs", "before"])]
    json: bool,
}

fn main() -> ExitCode {
    program::run("bench_flood", async || measure(&Arguments::parse()).await)
}

async fn measure(arguments: &Arguments) -> Result<ExitCode> {
    if !arguments.floods {
        one_report::measure(arguments).await?;
    } else if arguments.json {
        println!("{}", serde_json::to_string(&floods::measure(&arguments.database.store()?).await?)?);
    } else {
        beside::measure(arguments)?;
    }
    Ok(ExitCode::SUCCESS)
}

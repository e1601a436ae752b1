//! A hostile member and a stranger do everything that they can to three honest nodes, by chance; exits with 1 and a
//! sentence for each thing that did not hold.
//!
//! `cargo run -p hotline-tests --bin hostile -- --minutes 5 --seed 7`; with `HOTLINE_NODE_PROGRAM` the nodes run
//! another build. The seed gives the attacks' order and kind; the actions of processes and network in between are not
//! repeated.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use clap::Parser;
use hotline_node::randomness::Randomness;
use hotline_tests::program::{self, Kept};
use hotline_tests::storm::{Budget, Goals, Plan, weather};

/// Attacks three honest nodes, and looks whether they hold.
#[derive(Parser)]
struct Arguments {
    /// How long
    #[arg(long, value_name = "MINUTES", default_value_t = 5.0)]
    minutes: f64,
    /// Seed of the hostile ones' choices; else a new one
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Where the nodes keep their data
    #[arg(long, value_enum, default_value = "sqlite")]
    database: Kept,
    /// Most resident memory of an honest node
    #[arg(long, value_name = "MIB", default_value_t = 400)]
    memory: u64,
    /// Longest that 99 of 100 calls of others may take
    #[arg(long, value_name = "MS", default_value_t = 1_000)]
    wait: u64,
    /// Most that an honest node may grow by on disk; else the limit from the author's budget
    #[arg(long, value_name = "MIB")]
    disk: Option<u64>,
    /// Prints a JSON document
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    program::run("hostile", async || run(&Arguments::parse()).await)
}

async fn run(arguments: &Arguments) -> Result<ExitCode> {
    let plan = Plan {
        time: Duration::try_from_secs_f64(arguments.minutes * 60.0)?,
        seed: arguments.seed.unwrap_or_else(|| u64::from_le_bytes(Randomness.bytes())),
        store: arguments.database.store()?,
        budget: Budget::default(),
        calm: Duration::from_mins(3),
    };
    eprintln!("hostile: --seed {}", plan.seed);
    let outcome = weather(&plan).await?;
    let goals = Goals { rss_mib: arguments.memory, p99_ms: arguments.wait, disk_mib: arguments.disk };
    let wrong = outcome.wrong(&goals);
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&serde_json::json!({ "outcome": outcome, "wrong": wrong }))?);
    } else {
        print!("{outcome}");
    }
    for sentence in &wrong {
        eprintln!("{sentence}");
    }
    Ok(if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

//! Measures what a member costs that writes for ever about one report: how long each of its pushes takes, and how long
//! others wait meanwhile.
//!
//! `cargo run -p hotline-tests --bin bench_flood -- --entries 30000 --bodies`; with `HOTLINE_NODE_PROGRAM` the nodes run
//! another build.

mod bystanders;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::Parser;
use hotline_tests::federation::{Federation, THREE};
use hotline_tests::hostile::{LongReport, Member};
use hotline_tests::program::{self, Kept};

use crate::bystanders::Bystanders;

/// Entries in a push: as many as a run may have.
const RUN: usize = 1_024;

/// Measures pushes of one member about one report.
#[derive(Parser)]
struct Arguments {
    /// How many entries it writes
    #[arg(long, value_name = "N", default_value_t = 30_000)]
    entries: usize,
    /// Its entries have bodies that the measured node is entitled to
    #[arg(long)]
    bodies: bool,
    /// Where the nodes keep what they know
    #[arg(long, value_enum, default_value = "sqlite")]
    database: Kept,
    /// No push begins after so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    longest: u64,
}

fn main() -> ExitCode {
    program::run("bench_flood", async || measure(&Arguments::parse()).await)
}

async fn measure(arguments: &Arguments) -> Result<ExitCode> {
    let mut federation = Federation::new(&arguments.database.store()?, &THREE).await?;
    federation[0].start().await?;
    let (node, hostile) = (&federation[0], Member::of(&federation[2])?);
    let readers: &[&str] = if arguments.bodies { &["fr-alder"] } else { &[] };
    let mut report = LongReport::of(&hostile, readers)?;
    let bystanders = Bystanders::begin(node.public_address(), &federation[0], &Member::of(&federation[1])?)?;
    let (begin, mut pushes, mut written) = (Instant::now(), Vec::new(), 0);
    while written < arguments.entries && begin.elapsed() < Duration::from_secs(arguments.longest) {
        let count = RUN.min(arguments.entries - written);
        let run = report.write(&hostile, count)?;
        let before = Instant::now();
        let answer = hostile.push(node, &run).await;
        let took = before.elapsed();
        pushes.push((count, took));
        match answer {
            Ok(answer) if answer.status == 200 => written += count,
            Ok(answer) => {
                println!("push {} after {took:.2?}: {} {}", pushes.len(), answer.status, answer.text);
                break;
            }
            Err(error) => {
                println!("push {} after {took:.2?}: {error:#}", pushes.len());
                break;
            }
        }
    }
    let full: Vec<f64> = pushes.iter().filter(|(count, _)| *count == RUN).map(|(_, took)| took.as_secs_f64()).collect();
    let shown: Vec<String> = full.iter().map(|took| format!("{took:.3}")).collect();
    println!("{written} entries in {:.1?}, bodies: {}, {:?}", begin.elapsed(), arguments.bodies, arguments.database);
    println!("  seconds for each push of {RUN}: {}", shown.join(" "));
    for (what, times) in bystanders.end().await {
        println!("  {what}: {times}");
    }
    Ok(ExitCode::SUCCESS)
}

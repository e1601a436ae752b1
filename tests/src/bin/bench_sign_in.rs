//! Measures whether the time of a refused sign-in tells existing names.
//!
//! `cargo run -p hotline-tests --bin bench_sign_in -- --rounds 300`; with `HOTLINE_NODE_PROGRAM` the node runs another
//! build. In each round somebody signs in, in an order by chance. Names: two that nobody has (their difference is
//! noise), one that exists with a wrong password, one that exists and waits after failures. It is a real node over TLS,
//! on a connection that is open already. Beside the time that the asker sees stands the time that the node's processors
//! worked: other programs of the machine disturb it less.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, ensure};
use clap::Parser;
use hotline_tests::browser::office::{Door, Office};
use hotline_tests::chance::Chance;
use hotline_tests::node::federation::{Federation, THREE};
use hotline_tests::program::{self, Kept};
use sea_orm::{ConnectionTrait as _, DatabaseConnection};

/// Measures refused sign-ins.
#[derive(Parser)]
struct Arguments {
    /// How often each kind signs in
    #[arg(long, value_name = "N", default_value_t = 300, value_parser = clap::value_parser!(u32).range(10..))]
    rounds: u32,
    /// Seed of the order
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Where the node keeps its data
    #[arg(long, value_enum, default_value = "sqlite")]
    database: Kept,
}

/// Names of the sign-ins; all are equally long.
const KINDS: [(&str, &str); 4] = [
    ("nobody", "nobody has the name"),
    ("noone1", "nobody has this one either"),
    ("wrong1", "it exists, the password is wrong"),
    ("waits1", "it exists and waits"),
];
/// The first rounds are not counted: caches fill.
const WARM: u32 = 10;
/// A password of nobody.
const PASSWORD: &str = "no such words here";
/// So often a sample is drawn again from itself.
const REDRAWN: usize = 400;

fn main() -> ExitCode {
    program::run("bench_sign_in", async || measure(&Arguments::parse()).await)
}

async fn measure(arguments: &Arguments) -> Result<ExitCode> {
    let store = arguments.database.store()?;
    let mut federation = Federation::new(&store, &THREE[..1]).await?;
    federation[0].start().await?;
    let node = &federation[0];
    let door = Door::of_process(node);
    for (name, _) in &KINDS[2..] {
        Office::signed_in_as(&door, name, "analyst", None).await?;
    }
    let (database, office) = (node.database(&store).await?, Office::visitor(&door)?);
    let mut chance = Chance::seeded(arguments.seed);
    let (mut took, mut worked): ([Vec<f64>; KINDS.len()], [Vec<f64>; KINDS.len()]) = Default::default();
    for round in 0..WARM + arguments.rounds {
        for kind in shuffled(&mut chance) {
            settle(&database).await?;
            let (work, begin) = (node.processor_time()?, Instant::now());
            let page = office.sign_in(KINDS[kind].0, PASSWORD, "000000").await?;
            let millis = begin.elapsed().as_secs_f64() * 1_000.0;
            ensure!(page.status == 403, "{}: {}", page.status, page.text);
            let work = node.processor_time()?.saturating_sub(work);
            if round >= WARM {
                took[kind].push(millis);
                worked[kind].push(work.as_secs_f64() * 1_000.0);
            }
        }
    }
    println!("{} rounds, {:?}, milliseconds; ± is one standard error", arguments.rounds, arguments.database);
    tell("answered after", &mut took, &mut chance);
    tell("the node's processors worked", &mut worked, &mut chance);
    Ok(ExitCode::SUCCESS)
}

/// Each kind's median and fastest tenth, beside the first one's.
fn tell(title: &str, samples: &mut [Vec<f64>], chance: &mut Chance) {
    for (percent, name) in [(50, "median"), (10, "fastest tenth")] {
        println!("{title}, {name}");
        let first = Quantile::of(&mut samples[0], percent, chance);
        for ((_, what), sample) in KINDS.iter().zip(&mut *samples) {
            let here = Quantile::of(sample, percent, chance);
            let (apart, error) = (here.value - first.value, here.error.hypot(first.error));
            println!("  {what:34} {:8.3}, from the first {apart:+.3} ± {error:.3}", here.value);
        }
    }
}

/// One has never failed, the other so often that it waits. Both are set before every sign-in of any name, so that none
/// finds colder caches than the others.
async fn settle(database: &DatabaseConnection) -> Result<()> {
    let now = hotline_node::clock::Clock::system().now().timestamp_micros();
    for (name, failures, at) in [("wrong1", 0, 0), ("waits1", 20, now)] {
        let change = format!("UPDATE account SET failures = {failures}, failed_at = {at} WHERE name = '{name}'");
        database.execute_unprepared(&change).await?;
    }
    Ok(())
}

fn shuffled(chance: &mut Chance) -> [usize; KINDS.len()] {
    let mut order = std::array::from_fn(|place| place);
    for last in (1..KINDS.len()).rev() {
        let other = usize::try_from(chance.within(0..last as u64 + 1)).unwrap_or(0);
        order.swap(last, other);
    }
    order
}

/// A quantile of the measured times, in milliseconds.
struct Quantile {
    value: f64,
    error: f64,
}

impl Quantile {
    /// Its error is its scatter where the sample is drawn again from itself.
    fn of(took: &mut [f64], percent: usize, chance: &mut Chance) -> Self {
        let value = quantile(took, percent);
        let mut drawn = took.to_vec();
        let mut again = Vec::with_capacity(REDRAWN);
        for _ in 0..REDRAWN {
            for place in &mut drawn {
                let from = usize::try_from(chance.within(0..took.len() as u64)).unwrap_or(0);
                *place = took[from];
            }
            again.push(quantile(&mut drawn, percent));
        }
        let count = f64::from(u32::try_from(REDRAWN).unwrap_or(u32::MAX));
        let mean = again.iter().sum::<f64>() / count;
        let error = (again.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0)).sqrt();
        Self { value, error }
    }
}

fn quantile(took: &mut [f64], percent: usize) -> f64 {
    took.sort_unstable_by(f64::total_cmp);
    took[(took.len() - 1) * percent / 100]
}

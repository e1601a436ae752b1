//! Writes synthetic cases of the past that carry the figures of Point de Contact's yearly report for 2018, for
//! `hotline-node report import --historical`.
//!
//! `cargo run --release -p hotline-tests --bin historical_cases > cases.csv`

use std::io::Write as _;

use clap::Parser;
use hotline_tests::historical::csv;
use hotline_tests::historical::year::YEARS;

/// Writes the cases of 2014 to 2018 to standard output.
#[derive(Parser)]
struct Arguments {
    /// Only this year.
    #[arg(long)]
    year: Option<i32>,
    /// The same seed gives the same file.
    #[arg(long, default_value_t = 2018)]
    seed: u64,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let years: Vec<_> =
        YEARS.into_iter().filter(|year| arguments.year.is_none_or(|wanted| year.year == wanted)).collect();
    std::io::stdout().lock().write_all(csv(&years, arguments.seed).as_bytes())?;
    Ok(())
}

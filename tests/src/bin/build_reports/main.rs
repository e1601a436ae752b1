//! Makes the reports that the demo and the tests import: `fixtures/reports/fr.csv` and `nl.csv`.
//!
//! Everything is synthetic: names from `fixtures/hosts` and names that nobody can have, neutral paths, and a spread
//! of codes by chance. The same hosts file gives the same reports, byte for byte, on every machine.
//!
//! `cargo run -p hotline-tests --bin build_reports` writes them; with `--check` it writes nothing and fails where
//! they would change.

mod address;
mod chance;
mod classification;
mod hosts;
mod report;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use clap::Parser;

use crate::report::Series;

/// The series to make: country, file, number of reports, seed.
const SERIES: [Series; 2] = [
    Series { country: "fr", reports: 2_000, seed: 0x6672_2d72_6570_6f72 },
    Series { country: "nl", reports: 1_200, seed: 0x6e6c_2d72_6570_6f72 },
];

/// Makes the reports of the fixtures.
#[derive(Parser)]
struct Arguments {
    /// The hosts file with the names that the reports use.
    #[arg(long, default_value = "fixtures/hosts")]
    hosts: PathBuf,
    /// The folder of the reports.
    #[arg(long, default_value = "fixtures/reports")]
    out: PathBuf,
    /// Write nothing, and fail where a file would change.
    #[arg(long)]
    check: bool,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let hosts = std::fs::read_to_string(&arguments.hosts).context("the hosts file cannot be read")?;
    let names = hosts::names(&hosts);
    ensure!(!names.is_empty(), "the hosts file has no name");
    for series in SERIES {
        let file = arguments.out.join(format!("{}.csv", series.country));
        let text = series.csv(&names);
        if arguments.check {
            let present =
                std::fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
            ensure!(present == text, "{} is not what this program makes", file.display());
        } else {
            std::fs::write(&file, text).with_context(|| format!("{} cannot be written", file.display()))?;
        }
    }
    Ok(())
}

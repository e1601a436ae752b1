//! `report import`: takes in the rows of a file, each once.

use std::path::PathBuf;

use clap::Args;

use crate::cli::Globals;
use crate::cli::exit::CliError;

/// Which file.
#[derive(Args, Debug)]
#[command(
    after_help = "The columns are described in the documentation; reference, received_at and url are required.\n\
    Good rows are taken once, faulty ones are named with line and column; the same file again adds nothing.\n  \
    hotline-node report import reports.csv --json"
)]
pub struct ImportArgs {
    /// The file (comma-separated values, UTF-8, with a header line)
    #[arg(value_name = "FILE.csv")]
    pub(super) file: PathBuf,
    /// Cases of the past: counted, never sent
    #[arg(long)]
    pub(super) historical: bool,
}

pub(super) async fn run(_args: ImportArgs, _globals: &Globals) -> Result<(), CliError> {
    CliError::unfilled("report import").await
}

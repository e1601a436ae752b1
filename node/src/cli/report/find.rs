//! `report find`: looks for a URL, a reference or a number. Stores nothing of the question.

use clap::Args;

use crate::cli::Globals;
use crate::cli::exit::CliError;

/// What is looked for.
#[derive(Args, Debug)]
#[command(after_help = "A match in the federation's digests is a hint to a person, no more:\n  \
    hotline-node report find - < url.txt")]
pub struct FindArgs {
    /// A URL, a reference or a number: - for standard input, @FILE for a file
    #[arg(value_name = "-|@FILE|NUMBER")]
    pub(super) question: String,
}

pub(super) async fn run(_args: FindArgs, _globals: &Globals) -> Result<(), CliError> {
    CliError::unfilled("report find").await
}

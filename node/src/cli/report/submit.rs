//! `report submit`: takes one URL in.

use clap::Args;
use hotline_protocol::vocabulary::{Assessment, Channel, Offence, Source, Urgency};

use crate::cli::Globals;
use crate::cli::exit::CliError;
use crate::cli::terminal::read_url;

/// What is reported.
#[derive(Args, Debug)]
#[command(after_help = "A URL on the command line stands in the process list and the shell's history, so:\n  \
    hotline-node report submit - --assessment baseline < url.txt\n  \
    hotline-node report submit @url.txt --source police --urgency new_victim")]
pub struct SubmitArgs {
    /// The URL: - for standard input, @FILE for a file
    #[arg(value_name = "URL|-|@FILE")]
    pub(super) url: String,
    /// The offence
    #[arg(long, value_name = "O", default_value = "csam")]
    pub(super) offence: Offence,
    /// What an analyst found; without it the report waits for one (state received)
    #[arg(long, value_name = "A", default_value = "unassessed")]
    pub(super) assessment: Assessment,
    /// How soon somebody must act
    #[arg(long, value_name = "U", default_value = "routine")]
    pub(super) urgency: Urgency,
    /// Who reported
    #[arg(long, value_name = "S", default_value = "public")]
    pub(super) source: Source,
    /// By which way it came
    #[arg(long, value_name = "C", default_value = "computer")]
    pub(super) channel: Channel,
    /// Joins URLs that were found together
    #[arg(long, value_name = "G")]
    pub(super) group: Option<String>,
    /// The page on which it was found: - or @FILE too
    #[arg(long, value_name = "URL|-|@FILE")]
    pub(super) page: Option<String>,
    /// A remark for the other hotline; never anything about the reporter
    #[arg(long, value_name = "TEXT")]
    pub(super) memo: Option<String>,
}

pub(super) async fn run(args: SubmitArgs, _globals: &Globals) -> Result<(), CliError> {
    let _url = read_url(&args.url)?;
    CliError::unfilled("report submit").await
}

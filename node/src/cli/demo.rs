//! `demo`: a federation of national nodes on this machine, on synthetic fixtures.

use std::path::PathBuf;

use clap::Args;

use super::Globals;
use super::exit::CliError;

/// How large, and until when.
#[derive(Args, Debug)]
#[command(after_help = "Nothing leaves the machine: nodes listen on loopback, and every report is made up.\n  \
    hotline-node demo --reports 1000 --exit-when-settled --json")]
pub struct DemoArgs {
    /// Where the nodes' folders are made; a temporary folder that is removed at the end if absent
    #[arg(long, value_name = "DIR")]
    pub(super) dir: Option<PathBuf>,
    /// How many reports are taken in, over all nodes
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub(super) reports: u32,
    /// End when every log is everywhere and no offer is open, and say what happened
    #[arg(long)]
    pub(super) exit_when_settled: bool,
}

pub(super) async fn run(_args: DemoArgs, _globals: &Globals) -> Result<(), CliError> {
    CliError::unfilled("demo").await
}

//! `statistics`: the figures of a period.

use chrono::NaiveDate;
use clap::Args;
use hotline_protocol::id::NodeId;

use super::Globals;
use super::exit::CliError;

/// Which period, and whose.
#[derive(Args, Debug)]
#[command(after_help = "Exact numbers are for the house; small cells are withheld in everything that leaves it.\n  \
    hotline-node statistics --year 2026 --json")]
pub struct StatisticsArgs {
    /// A calendar year (UTC); the present one if no period is given
    #[arg(long, value_name = "YEAR", conflicts_with_all = ["from", "to"])]
    pub(super) year: Option<u16>,
    /// First day (UTC)
    #[arg(long, value_name = "DATE", requires = "to")]
    pub(super) from: Option<NaiveDate>,
    /// Last day (UTC), itself included
    #[arg(long, value_name = "DATE", requires = "from")]
    pub(super) to: Option<NaiveDate>,
    /// Only what was exchanged with this hotline
    #[arg(long, value_name = "ID")]
    pub(super) peer: Option<NodeId>,
    /// Print comma-separated rows instead of a table
    #[arg(long, conflicts_with = "json")]
    pub(super) csv: bool,
}

pub(super) async fn run(_args: StatisticsArgs, _globals: &Globals) -> Result<(), CliError> {
    CliError::unfilled("statistics").await
}

//! `serve`: runs the node.

use clap::Args;

use super::Globals;
use super::exit::CliError;

/// `serve` takes everything from the configuration.
#[derive(Args, Debug)]
#[command(after_help = "SIGTERM or Ctrl-C stops it after what is being written; a second one stops it at once.")]
pub struct ServeArgs {}

pub(super) async fn run(_args: ServeArgs, _globals: &Globals) -> Result<(), CliError> {
    CliError::unfilled("serve").await
}

//! `completions`: what a shell needs to complete this command line.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::exit::CliError;
use super::{Cli, output};

/// Which shell.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  hotline-node completions bash > /etc/bash_completion.d/hotline-node")]
pub struct CompletionsArgs {
    /// The shell
    pub shell: Shell,
}

pub(super) fn run(args: &CompletionsArgs) -> Result<(), CliError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "hotline-node", &mut script);
    output::print(&script)
}

//! `completions`: the script that a shell needs to complete this command line.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::Cli;
use super::console::exit::CliError;
use super::console::output;

/// The shell.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  hotline-node completions bash > /etc/bash_completion.d/hotline-node")]
pub struct CompletionsArgs {
    /// The shell
    pub shell: Shell,
}

pub(super) fn run(args: &CompletionsArgs) -> Result<(), CliError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), NAME, &mut script);
    if args.shell == Shell::Bash {
        script = with_one_name(&script);
    }
    output::print(&script)
}

/// The program's name.
const NAME: &str = "hotline-node";

/// The generator (`clap_complete` 4.6.11) writes a hyphen of the program's name in two ways. It is `__` in the step to
/// a command, and `__subcmd__` in the choices behind it. The two do not match, so nothing would come below the first
/// level.
fn with_one_name(script: &[u8]) -> Vec<u8> {
    let (leads, says) = (NAME.replace('-', "__"), NAME.replace('-', "__subcmd__"));
    String::from_utf8_lossy(script).replace(&says, &leads).into_bytes()
}

//! `log`: the replicated logs.

use clap::{Args, Subcommand};
use hotline_protocol::id::NodeId;

use super::Globals;
use super::exit::CliError;

/// What can be done with the logs.
#[derive(Subcommand, Debug)]
pub enum LogCommand {
    /// Show how far each log is here
    Head,
    /// Check every chain and signature that is here
    Verify(VerifyArgs),
    /// Print runs as they go over the wire
    Export(ExportArgs),
    /// Sign and publish although the check at the start waits
    Seal(SealArgs),
}

/// Which logs.
#[derive(Args, Debug)]
pub struct VerifyArgs {
    /// Only this node's log
    #[arg(long, value_name = "ID")]
    pub(super) log: Option<NodeId>,
}

/// What is printed.
#[derive(Args, Debug)]
#[command(after_help = "What is printed can be verified with nothing but the author's card:\n  \
    hotline-node log export --log fr-example --after 1024 > fr-example.hxp")]
pub struct ExportArgs {
    /// Whose log; this node's own if absent
    #[arg(long, value_name = "ID")]
    pub(super) log: Option<NodeId>,
    /// Only entries after this sequence number
    #[arg(long, value_name = "SEQ", default_value_t = 0)]
    pub(super) after: u64,
    /// With the bodies that are here: they hold URLs
    #[arg(long, requires = "reveal")]
    pub(super) bodies: bool,
    /// Show URLs; written to the audit trail
    #[arg(long)]
    pub(super) reveal: bool,
}

/// How the check is passed over.
#[derive(Args, Debug)]
#[command(after_help = "Only where no peer can be asked: if a peer holds more of this log than this node, \
    sealing makes a fork that every peer refuses.")]
pub struct SealArgs {
    /// Say that it is meant
    #[arg(long, required = true)]
    pub(super) anyway: bool,
}

pub(super) async fn run(command: LogCommand, _globals: &Globals) -> Result<(), CliError> {
    CliError::unfilled(match command {
        LogCommand::Head => "log head",
        LogCommand::Verify(_) => "log verify",
        LogCommand::Export(_) => "log export",
        LogCommand::Seal(_) => "log seal",
    })
    .await
}

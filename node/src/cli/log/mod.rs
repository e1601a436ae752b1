//! `log`: the replicated logs.

mod copies;
mod evidence;
mod export;
mod head;
mod left_behind;
mod open_epoch;
mod seal;
mod verify;

#[cfg(test)]
mod tests;

use clap::Subcommand;

use super::Globals;
use super::console::exit::CliError;

/// Commands on the logs.
#[derive(Subcommand, Debug)]
pub enum LogCommand {
    /// Show how far each log is here
    Head,
    /// Check every chain and signature that is here
    Verify(verify::VerifyArgs),
    /// Print runs as they go over the wire
    Export(export::ExportArgs),
    /// Print the proof that an author has signed two entries under one place of its log
    Evidence(evidence::EvidenceArgs),
    /// Sign and publish although the check at the start waits
    Seal(seal::SealArgs),
    /// List the reports with an entry that counts no more, since a log went on in a new epoch
    LeftBehind(left_behind::LeftBehindArgs),
    /// Go on in a new epoch: after a fork, a lost end or a theft of keys
    OpenEpoch(open_epoch::OpenEpochArgs),
}

pub(super) async fn run(command: LogCommand, globals: &Globals) -> Result<(), CliError> {
    match command {
        LogCommand::Head => head::run(globals).await,
        LogCommand::Verify(args) => verify::run(&args, globals).await,
        LogCommand::Export(args) => export::run(args, globals).await,
        LogCommand::Evidence(args) => evidence::run(args, globals).await,
        LogCommand::Seal(_) => seal::run(globals).await,
        LogCommand::LeftBehind(args) => left_behind::run(args, globals).await,
        LogCommand::OpenEpoch(args) => open_epoch::run(args, globals).await,
    }
}

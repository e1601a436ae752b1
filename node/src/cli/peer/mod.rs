//! `peer`: the hotlines that exchange reports with this node.

mod add;
mod card_file;
#[cfg(test)]
mod card_refusal_tests;
mod certificate;
mod check;
mod grant;
mod list;
mod obstacle;
mod suspend;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use certificate::CertificateCommand;
use clap::{Args, Subcommand};
use grant::GrantArgs;
use hotline_protocol::id::NodeId;

use super::Globals;
use super::console::Confirmation;
use super::console::exit::CliError;
use crate::trust::peer::PeerStanding;

/// Commands on peers.
#[derive(Subcommand, Debug)]
pub enum PeerCommand {
    /// Take a hotline's card, after its fingerprint was compared over the telephone
    Add(AddArgs),
    /// Show every peer
    List,
    /// Show one peer with its keys
    Show(PeerArgs),
    /// The certificates that identify a peer, one by one
    #[command(subcommand)]
    Certificate(CertificateCommand),
    /// Make a real handshake and hello, and name the obstacles
    Check(PeerArgs),
    /// Take an old log that comes for the first time: more of it than is taken in a day, once, within 30 days
    Grant(GrantArgs),
    /// Offer nothing to a peer and take nothing from it, until it is resumed
    Suspend(PeerActArgs),
    /// Exchange with a suspended peer again
    Resume(PeerActArgs),
    /// End the exchange with a peer; its log stays as it is here
    Remove(RemoveArgs),
}

/// The card.
#[derive(Args, Debug)]
#[command(after_help = "Call the other hotline on a number that you know, and let it read its fingerprint:\n  \
    hotline-node peer add de-example.card --fingerprint XXXXX-XXXXX-…")]
pub struct AddArgs {
    /// The card, as `identity card` prints it; `-` for standard input
    pub(super) card_file: PathBuf,
    /// The fingerprint as it was read over the telephone; asked for at a terminal
    #[arg(long, value_name = "F")]
    pub(super) fingerprint: Option<String>,
    /// Replace the keys of a known peer by this card's: revokes all its earlier keys and certificates
    #[arg(long)]
    pub(super) replace: bool,
    /// Why; kept in the audit trail
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: Option<String>,
    /// Confirmation.
    #[command(flatten)]
    pub(super) confirmation: Confirmation,
}

/// The peer.
#[derive(Args, Debug)]
pub struct PeerArgs {
    /// Its node id
    pub(super) id: NodeId,
}

/// The peer, and the reason.
#[derive(Args, Debug)]
pub struct PeerActArgs {
    /// Its node id
    pub(super) id: NodeId,
    /// Why; kept in the audit trail
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: Option<String>,
}

/// The peer, the reason, and the confirmation.
#[derive(Args, Debug)]
pub struct RemoveArgs {
    /// Arguments of every act.
    #[command(flatten)]
    pub(super) act: PeerActArgs,
    /// Confirmation.
    #[command(flatten)]
    pub(super) confirmation: Confirmation,
}

pub(super) use add::read_card;
pub(super) use check::check_hello;

pub(super) async fn run(command: PeerCommand, globals: &Globals) -> Result<(), CliError> {
    match command {
        PeerCommand::Add(args) => add::run(args, globals).await,
        PeerCommand::List => list::list(globals).await,
        PeerCommand::Show(args) => list::show_one(args, globals).await,
        PeerCommand::Certificate(command) => certificate::run(command, globals).await,
        PeerCommand::Check(args) => check::run(args, globals).await,
        PeerCommand::Grant(args) => grant::run(args, globals).await,
        PeerCommand::Suspend(args) => suspend::run(args, globals, PeerStanding::Suspended).await,
        PeerCommand::Resume(args) => suspend::run(args, globals, PeerStanding::Active).await,
        PeerCommand::Remove(args) => suspend::remove(args, globals).await,
    }
}

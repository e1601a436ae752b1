//! `peer certificate`: the certificates that identify a peer, one by one.

mod add;
mod list;
mod revoke;
mod show;
mod view;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use hotline_protocol::bytes::Hash;
use hotline_protocol::id::NodeId;
pub(super) use view::CertificateView;

use super::PeerArgs;
use crate::cli::Globals;
use crate::cli::console::Confirmation;
use crate::cli::console::exit::CliError;
use crate::trust::peer::{PinPrefix, read_pin};

/// Commands on a peer's certificates.
#[derive(Subcommand, Debug)]
#[command(after_help = "A fingerprint here is the one that 'identity show' calls the TLS fingerprint: SHA-256 of the \
    certificate's public key (SubjectPublicKeyInfo), in hexadecimal digits.")]
pub enum CertificateCommand {
    /// Show the certificates that were ever pinned for a peer
    List(PeerArgs),
    /// Show the content of one certificate, and the faults that make it unusable
    Show(OneArgs),
    /// Pin one more certificate, after its fingerprint was compared over the telephone
    Add(AddArgs),
    /// Revoke a certificate for good; connections under it end within seconds
    Revoke(RevokeArgs),
}

/// The certificate, and its peer.
#[derive(Args, Debug)]
pub struct OneArgs {
    /// The peer's node id
    pub(super) id: NodeId,
    /// The certificate's TLS fingerprint, or its first digits, eight at least
    pub(super) fingerprint: PinPrefix,
}

/// The certificate to pin, and its peer.
#[derive(Args, Debug)]
#[command(after_help = "Call the other hotline on a number that you know, and let it read its TLS fingerprint:\n  \
    hotline-node peer certificate add de-example exchange.crt.pem --fingerprint 1f0c…")]
pub struct AddArgs {
    /// The peer's node id
    pub(super) id: NodeId,
    /// The certificate in PEM or DER; `-` for standard input
    pub(super) file: PathBuf,
    /// Its whole TLS fingerprint as it was read over the telephone
    #[arg(long, value_name = "F", value_parser = read_pin)]
    pub(super) fingerprint: Hash,
    /// Why; kept in the audit trail
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: Option<String>,
}

/// The certificate to revoke, the reason, and the confirmation.
#[derive(Args, Debug)]
pub struct RevokeArgs {
    /// The certificate.
    #[command(flatten)]
    pub(super) one: OneArgs,
    /// Why; kept in the audit trail
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: Option<String>,
    /// Confirmation.
    #[command(flatten)]
    pub(super) confirmation: Confirmation,
}

pub(super) async fn run(command: CertificateCommand, globals: &Globals) -> Result<(), CliError> {
    match command {
        CertificateCommand::List(args) => list::run(args, globals).await,
        CertificateCommand::Show(args) => show::run(args, globals).await,
        CertificateCommand::Add(args) => add::run(args, globals).await,
        CertificateCommand::Revoke(args) => revoke::run(args, globals).await,
    }
}

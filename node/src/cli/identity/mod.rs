//! `identity`: this node's keys, and the card to give to other hotlines.

mod issued;
mod request;
mod rotate;
mod show;
#[cfg(test)]
mod tests;
mod withdraw;

use clap::Subcommand;
use hotline_protocol::bytes::Hash;
use hotline_protocol::country::{Country, CountryCode};
use hotline_protocol::entry::KeyUse;
use hotline_protocol::fingerprint::Fingerprint;
use hotline_protocol::id::{Network, NodeId};
use hotline_protocol::log::{BoundKey, Position};
use hotline_protocol::signature::PublicKey;
pub(super) use issued::issued_chain;
use serde::Serialize;

use super::Globals;
use super::console::exit::CliError;
use super::console::output::{fields, or_dash, show, tell};
use super::open::open;
use crate::clock::time_of_seconds;
use crate::config::Config;
use crate::context::Context;
use crate::exchange::rotation::Announced;
use crate::trust::own::Identity;
use crate::trust::peer::own_card;

/// Commands on this node's keys and card.
#[derive(Subcommand, Debug)]
pub enum IdentityCommand {
    /// Show this node's identity, and the fingerprints of its keys
    Show,
    /// Print the node card to give to another hotline
    #[command(
        after_help = "Give the card by mail, and let the other hotline call you and compare the fingerprint:\n  \
        hotline-node identity card > fr-example.card"
    )]
    Card,
    /// Print a request for a certificate, to give to the federation's authority
    #[command(
        after_help = "Over a new TLS key, which stays here and waits for the certificate; called again, over the same \
        key:\n  hotline-node identity certificate-request > fr-example.csr\n  \
        hotline-node identity rotate-certificate --certificate fr-example.crt"
    )]
    CertificateRequest(request::RequestArgs),
    /// Exchange the TLS key and certificate for new ones, without a restart and without asking any peer
    #[command(
        after_help = "Announced in this node's log, and switched to by the serving node when every peer that can be \
        reached has the announcement. Both are accepted during the overlap; then the old one is retired."
    )]
    RotateCertificate(rotate::CertificateArgs),
    /// Exchange the key that signs the log for a new one, without a restart and without asking any peer
    #[command(
        after_help = "Announced in this node's log, and switched to by the serving node when every peer that can be \
        reached has the announcement. The card's fingerprint is another one after that: it is over the signing key."
    )]
    RotateSigningKey(rotate::SigningKeyArgs),
    /// Take back a certificate that was announced and is not in use yet, because its key file was lost for instance
    #[command(
        after_help = "Said in this node's log; no peer ever accepts it after that, and its files are removed here. \
        Another one can then be announced: hotline-node identity rotate-certificate"
    )]
    WithdrawCertificate(withdraw::WithdrawArgs),
    /// Take back a signing key that was announced and is not in use yet, because its file was lost for instance
    #[command(
        after_help = "Said in this node's log; no peer ever accepts it after that, and its file is removed here. \
        Another one can then be announced: hotline-node identity rotate-signing-key"
    )]
    WithdrawSigningKey(withdraw::WithdrawArgs),
}

/// Answer to a change of a key, as JSON shows it.
#[derive(Debug, Serialize)]
struct ChangedView {
    fingerprint: Hash,
    epoch: u64,
    seq: u64,
}

impl ChangedView {
    const fn of(announced: Announced) -> Self {
        let Announced { fingerprint, place } = announced;
        Self { fingerprint, epoch: place.epoch, seq: place.seq }
    }
}

/// The shown facts of a node's keys.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct KeyFacts {
    /// Of the card: over network, id and signing key.
    pub fingerprint: Option<String>,
    /// SHA-256 of the certificate's `SubjectPublicKeyInfo`, hex.
    pub tls_fingerprint: Option<String>,
    /// SHA-256 of the raw public key, hex.
    pub signing_key_id: Option<String>,
    /// RFC 3339.
    pub certificate_not_after: Option<String>,
}

/// `init` and `identity show`, as JSON shows them.
#[derive(Debug, Serialize)]
pub(super) struct IdentityView {
    id: NodeId,
    country: CountryCode,
    countries: Vec<Country>,
    network: Network,
    name: String,
    exchange_url: String,
    #[serde(flatten)]
    keys: KeyFacts,
}

impl IdentityView {
    /// The view of a configuration and its keys.
    #[must_use]
    pub(super) fn new(config: &Config, keys: KeyFacts) -> Self {
        Self {
            id: config.node.id.clone(),
            country: config.node.seat(),
            countries: config.node.country.clone(),
            network: config.node.network.clone(),
            name: config.node.name.clone(),
            exchange_url: config.exchange_url().to_string(),
            keys,
        }
    }

    /// For people.
    #[must_use]
    pub(super) fn for_people(&self) -> String {
        let countries: Vec<&str> = self.countries.iter().map(Country::as_str).collect();
        fields(&[
            ("id", self.id.to_string()),
            ("name", self.name.clone()),
            ("countries", countries.join(", ")),
            ("network", self.network.to_string()),
            ("exchange URL", self.exchange_url.clone()),
            ("fingerprint", or_dash(self.keys.fingerprint.as_ref())),
            ("TLS fingerprint", or_dash(self.keys.tls_fingerprint.as_ref())),
            ("signing key", or_dash(self.keys.signing_key_id.as_ref())),
            ("certificate until", or_dash(self.keys.certificate_not_after.as_ref())),
        ])
    }
}

impl KeyFacts {
    /// The shown facts of loaded keys.
    pub(super) fn of(config: &Config, identity: &Identity) -> Self {
        let fingerprint = Fingerprint::of(&config.node.network, &config.node.id, &identity.signing.public());
        Self {
            fingerprint: Some(fingerprint.to_string()),
            tls_fingerprint: Some(identity.certificate.pin.to_string()),
            signing_key_id: Some(identity.signing.public().kid().to_string()),
            certificate_not_after: time_of_seconds(identity.certificate.not_after),
        }
    }
}

/// A signing key and the range of the log that it signs, as JSON shows it.
#[derive(Debug, Serialize)]
pub(super) struct KeyView {
    kid: Hash,
    public_key: PublicKey,
    from: Position,
    to: Option<Position>,
}

impl KeyView {
    /// The facts that a verifier of an export needs.
    pub(super) fn of(bound: &BoundKey) -> Self {
        Self { kid: bound.key.kid(), public_key: bound.key, from: bound.from, to: bound.to }
    }
}

/// `identity card`, as JSON shows it.
#[derive(Debug, Serialize)]
struct CardView {
    #[serde(flatten)]
    identity: IdentityView,
    signing_keys: Vec<KeyView>,
    card: String,
}

pub(super) async fn run(command: IdentityCommand, globals: &Globals) -> Result<(), CliError> {
    let (config, context) = open(&globals.config).await?;
    match command {
        IdentityCommand::Show => show::show_identity(globals, &config, &context).await,
        IdentityCommand::Card => show_card(globals, &config, &context).await,
        IdentityCommand::CertificateRequest(args) => request::run(&args, globals, &config, &context),
        IdentityCommand::RotateCertificate(args) => rotate::certificate(args, globals, &config, &context).await,
        IdentityCommand::RotateSigningKey(args) => rotate::signing_key(args, globals, &config, &context).await,
        IdentityCommand::WithdrawCertificate(args) => {
            withdraw::run(args, KeyUse::Tls, globals, &config, &context).await
        }
        IdentityCommand::WithdrawSigningKey(args) => {
            withdraw::run(args, KeyUse::Sign, globals, &config, &context).await
        }
    }
}

/// This node's keys and identity.
fn load(config: &Config) -> Result<(Identity, IdentityView), CliError> {
    let identity =
        Identity::load(&config.keys, &config.node.id).map_err(|error| CliError::refused(error.to_string()))?;
    let view = IdentityView::new(config, KeyFacts::of(config, &identity));
    Ok((identity, view))
}

async fn show_card(globals: &Globals, config: &Config, context: &Context) -> Result<(), CliError> {
    let (identity, view) = load(config)?;
    let write = context.database.write("make_card").await?;
    let card = own_card(context, config, &identity, &write).await?;
    write.commit().await?;
    tell(&format!("Read this fingerprint to the other hotline over the telephone: {}", card.fingerprint()));
    let signing_keys = card.keys().iter().map(KeyView::of).collect();
    let view = CardView { identity: view, signing_keys, card: card.token().to_owned() };
    show(globals, &view, |view| view.card.clone())
}

//! `identity`: this node's keys, and the card to give to other hotlines.

use std::time::Duration;

use clap::{Args, Subcommand};
use hotline_protocol::bytes::Hash;
use hotline_protocol::country::Country;
use hotline_protocol::fingerprint::Fingerprint;
use hotline_protocol::id::{Network, NodeId};
use hotline_protocol::log::{BoundKey, Position};
use hotline_protocol::signature::PublicKey;
use serde::Serialize;

use super::exit::CliError;
use super::output::{fields, or_dash, show, tell, time_of_seconds};
use super::terminal::without_url;
use super::{Globals, acting_user, open};
use crate::access::audit::{Act, ActOrigin, record_act};
use crate::config::Config;
use crate::context::Context;
use crate::exchange::rotation::{Announced, OwnKeys, announce_certificate, announce_signing_key, own_keys};
use crate::storage::Write;
use crate::trust::{Identity, own_card};

/// What can be shown.
#[derive(Subcommand, Debug)]
pub enum IdentityCommand {
    /// Show who this node is, and the fingerprints of its keys
    Show,
    /// Print the node card to give to another hotline
    #[command(
        after_help = "Give the card by mail, and let the other hotline call you and compare the fingerprint:\n  \
        hotline-node identity card > fr-example.card"
    )]
    Card,
    /// Exchange the TLS key and certificate for new ones, without a restart and without asking any peer
    #[command(
        after_help = "Announced in this node's log, and switched to by the serving node when every peer that can be \
        reached has the announcement. Both are accepted during the overlap; then the old one is retired."
    )]
    RotateCertificate(RotateCertificateArgs),
    /// Exchange the key that signs the log for a new one, without a restart and without asking any peer
    #[command(
        after_help = "Announced in this node's log, and switched to by the serving node when every peer that can be \
        reached has the announcement. The card's fingerprint is another one after that: it is over the signing key."
    )]
    RotateSigningKey(RotateSigningKeyArgs),
}

/// How a certificate is exchanged.
#[derive(Args, Debug)]
pub struct RotateCertificateArgs {
    /// How long peers accept the old one after the switch, such as 30d or 12h
    #[arg(long, value_name = "DURATION", default_value = "30d", value_parser = humantime::parse_duration)]
    overlap: Duration,
    /// Why; kept in the audit trail
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// Why the signing key is exchanged.
#[derive(Args, Debug)]
pub struct RotateSigningKeyArgs {
    /// Why; kept in the audit trail
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// What is shown of a node's keys.
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
    country: Country,
    countries: Vec<Country>,
    network: Network,
    name: String,
    exchange_url: String,
    #[serde(flatten)]
    keys: KeyFacts,
}

impl IdentityView {
    /// What a configuration and its keys say.
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
    /// What is shown of loaded keys.
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
    /// What a verifier of an export needs.
    pub(super) fn of(bound: &BoundKey) -> Self {
        Self { kid: bound.key.kid(), public_key: bound.key, from: bound.from, to: bound.to }
    }
}

/// One of this node's certificates, as JSON shows it.
#[derive(Debug, Serialize)]
struct OwnCertificateView {
    fingerprint: Hash,
    /// announced, active, retiring, retired.
    state: String,
    not_before: Option<String>,
    not_after: Option<String>,
    days_left: i64,
    /// When peers are told that it counts no more.
    retired_at: Option<String>,
}

/// `identity show`, as JSON shows it.
#[derive(Debug, Serialize)]
struct StandingView {
    #[serde(flatten)]
    identity: IdentityView,
    certificates: Vec<OwnCertificateView>,
    /// The id of a signing key that is announced and not in use yet.
    next_signing_key_id: Option<Hash>,
}

impl StandingView {
    fn new(identity: IdentityView, own: &OwnKeys, now: i64) -> Self {
        let certificates = own.certificates.iter().map(|certificate| OwnCertificateView {
            fingerprint: certificate.pin,
            state: certificate.state.clone(),
            not_before: time_of_seconds(certificate.not_before),
            not_after: time_of_seconds(certificate.not_after),
            days_left: (certificate.not_after - now).div_euclid(86_400),
            retired_at: certificate.retire_at.and_then(time_of_seconds),
        });
        let next_signing_key_id = own.announced.first().map(|announced| announced.key.kid());
        Self { identity, certificates: certificates.collect(), next_signing_key_id }
    }

    fn for_people(&self) -> String {
        let mut lines = vec![self.identity.for_people()];
        for certificate in self.certificates.iter().filter(|_| self.certificates.len() > 1) {
            let OwnCertificateView { fingerprint, state, .. } = certificate;
            let until = or_dash(certificate.retired_at.as_ref().or(certificate.not_after.as_ref()));
            lines.push(format!("certificate {fingerprint}: {state}, until {until}"));
        }
        if let Some(next) = self.next_signing_key_id {
            lines.push(format!("signing key {next}: announced"));
        }
        lines.join("\n")
    }
}

/// What a rotation answers, as JSON shows it.
#[derive(Debug, Serialize)]
struct AnnouncedView {
    fingerprint: Hash,
    epoch: u64,
    seq: u64,
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
        IdentityCommand::RotateCertificate(args) => {
            without_url("--reason", args.reason.as_deref().unwrap_or_default())?;
            let (announced, write) = announce_certificate(&context, &config.keys, args.overlap).await?;
            return confirm(globals, &context, "rotate_certificate", announced, args.reason, write).await;
        }
        IdentityCommand::RotateSigningKey(args) => {
            without_url("--reason", args.reason.as_deref().unwrap_or_default())?;
            let (announced, write) = announce_signing_key(&context, &config.keys).await?;
            return confirm(globals, &context, "rotate_signing_key", announced, args.reason, write).await;
        }
        IdentityCommand::Show | IdentityCommand::Card => {}
    }
    let identity = Identity::load(&config.keys, &context.own).map_err(|error| CliError::refused(error.to_string()))?;
    let view = IdentityView::new(&config, KeyFacts::of(&config, &identity));
    match command {
        IdentityCommand::Show => {
            let own = own_keys(context.database.read(), &context.own).await?;
            show(globals, &StandingView::new(view, &own, context.clock.unix_seconds()), StandingView::for_people)
        }
        _ => {
            let write = context.database.write("make_card").await?;
            let card = own_card(&context, &config, &identity, &write).await?;
            write.commit().await?;
            tell(&format!("Read this fingerprint to the other hotline over the telephone: {}", card.fingerprint()));
            let signing_keys = card.keys().iter().map(KeyView::of).collect();
            let view = CardView { identity: view, signing_keys, card: card.token().to_owned() };
            show(globals, &view, |view| view.card.clone())
        }
    }
}

/// Records who announced a key, and tells how it goes on.
async fn confirm(
    globals: &Globals,
    context: &Context,
    act: &'static str,
    announced: Announced,
    reason: Option<String>,
    write: Write<'_>,
) -> Result<(), CliError> {
    let reason = reason.unwrap_or_default();
    let what = format!("{} {reason}", announced.fingerprint).trim_end().to_owned();
    let who = acting_user();
    record_act(&write, &context.clock, Act { who: &who, act, what, origin: ActOrigin::Cli }).await?;
    write.commit().await?;
    tell("Announced. The serving node switches to it when every peer that can be reached has the announcement.");
    let Announced { fingerprint, place } = announced;
    let view = AnnouncedView { fingerprint, epoch: place.epoch, seq: place.seq };
    show(globals, &view, |view| view.fingerprint.to_string())
}

//! `identity`: this node's keys, and the card to give to other hotlines.

use clap::Subcommand;
use hotline_protocol::country::Country;
use hotline_protocol::id::{Network, NodeId};
use serde::Serialize;

use super::Globals;
use super::exit::CliError;
use super::output::{fields, or_dash};
use crate::config::Config;

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

pub(super) async fn run(command: IdentityCommand, _globals: &Globals) -> Result<(), CliError> {
    CliError::unfilled(match command {
        IdentityCommand::Show => "identity show",
        IdentityCommand::Card => "identity card",
    })
    .await
}

//! `identity show`: this node's identity, and the state of its keys.

use hotline_protocol::bytes::Hash;
use serde::Serialize;

use super::{IdentityView, load};
use crate::cli::Globals;
use crate::cli::console::exit::CliError;
use crate::cli::console::output::{or_dash, show};
use crate::clock::time_of_seconds;
use crate::config::Config;
use crate::context::Context;
use crate::exchange::rotation::{LostKey, OwnKeys, own_keys};

/// One of this node's certificates, as JSON shows it.
#[derive(Debug, Serialize)]
struct OwnCertificateView {
    tls_fingerprint: Hash,
    /// announced, active, retiring, retired, or revoked where it was taken back.
    state: String,
    not_before: Option<String>,
    not_after: Option<String>,
    days_left: i64,
    /// When peers are told that it counts no more.
    retired_at: Option<String>,
}

/// `identity show`, as JSON shows it.
#[derive(Debug, Serialize)]
pub(super) struct StandingView {
    #[serde(flatten)]
    identity: IdentityView,
    certificates: Vec<OwnCertificateView>,
    /// The id of a signing key that is announced and not in use yet.
    next_signing_key_id: Option<Hash>,
    /// Sentences about announced keys with unusable files, each with advice.
    pub(super) lost_keys: Vec<String>,
}

impl StandingView {
    pub(super) fn new(identity: IdentityView, own: &OwnKeys, lost: &[LostKey], now: i64) -> Self {
        let certificates = own.certificates.iter().map(|certificate| OwnCertificateView {
            tls_fingerprint: certificate.pin,
            state: certificate.state.clone(),
            not_before: time_of_seconds(certificate.not_before),
            not_after: time_of_seconds(certificate.not_after),
            days_left: (certificate.not_after - now).div_euclid(86_400),
            retired_at: certificate.retire_at.and_then(time_of_seconds),
        });
        let next_signing_key_id = own.announced.first().map(|announced| announced.key.kid());
        let sentence = |lost: &LostKey| {
            let (what, fingerprint, fault, advice) = (lost.what, lost.fingerprint, &lost.fault, lost.advice());
            format!("The announced {what} {fingerprint} cannot be switched to: {fault}; {advice}")
        };
        let lost_keys = lost.iter().map(sentence).collect();
        Self { identity, certificates: certificates.collect(), next_signing_key_id, lost_keys }
    }

    fn for_people(&self) -> String {
        let mut lines = vec![self.identity.for_people()];
        for certificate in self.certificates.iter().filter(|_| self.certificates.len() > 1) {
            let OwnCertificateView { tls_fingerprint, state, .. } = certificate;
            let until = or_dash(certificate.retired_at.as_ref().or(certificate.not_after.as_ref()));
            lines.push(format!("certificate {tls_fingerprint}: {state}, until {until}"));
        }
        if let Some(next) = self.next_signing_key_id {
            lines.push(format!("signing key {next}: announced"));
        }
        lines.extend(self.lost_keys.iter().cloned());
        lines.join("\n")
    }
}

pub(super) async fn show_identity(globals: &Globals, config: &Config, context: &Context) -> Result<(), CliError> {
    let (_, view) = load(config)?;
    let own = own_keys(context.database.read(), &context.own).await?;
    let lost = own.lost(&config.keys, &context.own);
    show(globals, &StandingView::new(view, &own, &lost, context.clock.unix_seconds()), StandingView::for_people)
}

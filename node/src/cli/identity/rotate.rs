//! `identity rotate-certificate` and `rotate-signing-key`: begin the exchange of a key; the serving node goes on with it.

use std::time::Duration;

use clap::Args;
use hotline_protocol::bytes::Hash;
use serde::Serialize;

use crate::access::audit::{Act, ActOrigin, record_act};
use crate::cli::exit::CliError;
use crate::cli::output::{show, tell};
use crate::cli::terminal::without_url;
use crate::cli::{Globals, acting_user};
use crate::config::Config;
use crate::context::Context;
use crate::exchange::rotation::{Announced, announce_certificate, announce_signing_key};
use crate::storage::Write;

/// How a certificate is exchanged.
#[derive(Args, Debug)]
pub struct CertificateArgs {
    /// How long peers accept the old one after the switch, such as 30d or 12h
    #[arg(long, value_name = "DURATION", default_value = "30d", value_parser = humantime::parse_duration)]
    overlap: Duration,
    /// Why; kept in the audit trail
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// Why the signing key is exchanged.
#[derive(Args, Debug)]
pub struct SigningKeyArgs {
    /// Why; kept in the audit trail
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// What a rotation answers, as JSON shows it.
#[derive(Debug, Serialize)]
struct AnnouncedView {
    fingerprint: Hash,
    epoch: u64,
    seq: u64,
}

pub(super) async fn certificate(
    args: CertificateArgs,
    globals: &Globals,
    config: &Config,
    context: &Context,
) -> Result<(), CliError> {
    without_url("--reason", args.reason.as_deref().unwrap_or_default())?;
    let announced = announce_certificate(context, &config.keys, args.overlap).await?;
    confirm(globals, context, "rotate_certificate", announced, args.reason).await
}

pub(super) async fn signing_key(
    args: SigningKeyArgs,
    globals: &Globals,
    config: &Config,
    context: &Context,
) -> Result<(), CliError> {
    without_url("--reason", args.reason.as_deref().unwrap_or_default())?;
    let announced = announce_signing_key(context, &config.keys).await?;
    confirm(globals, context, "rotate_signing_key", announced, args.reason).await
}

/// Records who announced a key, and tells how it goes on.
async fn confirm(
    globals: &Globals,
    context: &Context,
    act: &'static str,
    (announced, write): (Announced, Write<'_>),
    reason: Option<String>,
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

//! `identity rotate-certificate` and `rotate-signing-key`: begin the exchange of a key; the serving node goes on with it.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::ChangedView;
use super::issued::issued_chain;
use crate::access::act::{Act, ActOrigin};
use crate::access::audit::record_act;
use crate::cli::Globals;
use crate::cli::console::exit::CliError;
use crate::cli::console::output::{show, tell};
use crate::cli::console::{acting_user, check_remark};
use crate::config::Config;
use crate::context::Context;
use crate::exchange::rotation::{Announcement, announce_certificate, announce_issued, announce_signing_key};
use crate::trust::Authority;
use crate::trust::own::forget_request;

/// Longest overlap.
const OVERLAP_LIMIT: Duration = Duration::from_hours(24 * 365);

/// How a certificate is exchanged.
#[derive(Args, Debug)]
pub struct CertificateArgs {
    /// How long peers accept the old one after the switch, such as 30d or 12h
    #[arg(long, value_name = "DURATION", default_value = "30d", value_parser = overlap)]
    overlap: Duration,
    /// Issued by the federation's authority for the request (PEM): this node's certificate, and behind it those of its
    /// issuers. Absent: the node makes its own
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,
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

/// A certificate is valid for a year: more than that is a mistake.
fn overlap(text: &str) -> Result<Duration, String> {
    let overlap = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if overlap <= OVERLAP_LIMIT { Ok(overlap) } else { Err("at most 365 days are taken".to_owned()) }
}

pub(super) async fn certificate(
    args: CertificateArgs,
    globals: &Globals,
    config: &Config,
    context: &Context,
) -> Result<(), CliError> {
    check_remark("--reason", args.reason.as_deref().unwrap_or_default())?;
    let authority = Authority::open(&config.authority, context.clock.unix_seconds())?;
    let Some(chain) = issued_chain(args.certificate.as_deref(), authority.as_deref())? else {
        let announcement = announce_certificate(context, &config.keys, args.overlap).await?;
        return confirm(globals, (config, context), "rotate_certificate", announcement, args.reason).await;
    };
    let announcement = announce_issued(context, &config.keys, &chain, authority.as_deref(), args.overlap).await?;
    confirm(globals, (config, context), "rotate_certificate", announcement, args.reason).await?;
    // Forget the request last: if an earlier step stops, the key waits on.
    forget_request(&config.keys).map_err(|error| CliError::refused(error.to_string()))
}

pub(super) async fn signing_key(
    args: SigningKeyArgs,
    globals: &Globals,
    config: &Config,
    context: &Context,
) -> Result<(), CliError> {
    check_remark("--reason", args.reason.as_deref().unwrap_or_default())?;
    let announcement = announce_signing_key(context, &config.keys).await?;
    confirm(globals, (config, context), "rotate_signing_key", announcement, args.reason).await
}

/// Records the actor of a key's announcement, and tells the next step.
async fn confirm(
    globals: &Globals,
    (config, context): (&Config, &Context),
    act: &'static str,
    announcement: Announcement<'_>,
    reason: Option<String>,
) -> Result<(), CliError> {
    let reason = reason.unwrap_or_default();
    let what = format!("{} {reason}", announcement.announced().fingerprint).trim_end().to_owned();
    let who = acting_user();
    let act = Act { who: &who, act, what, origin: ActOrigin::Cli };
    record_act(announcement.write(), &context.clock, act).await?;
    let announced = announcement.commit(&config.keys).await?;
    tell("Announced. The serving node switches to it when every peer that can be reached has the announcement.");
    show(globals, &ChangedView::of(announced), |view| view.fingerprint.to_string())
}

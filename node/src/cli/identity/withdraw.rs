//! `identity withdraw-certificate` and `withdraw-signing-key`: take an announcement back before the switch.

use clap::Args;
use hotline_protocol::entry::KeyUse;

use super::ChangedView;
use crate::access::act::{Act, ActOrigin};
use crate::access::audit::record_act;
use crate::cli::Globals;
use crate::cli::console::exit::CliError;
use crate::cli::console::output::{show, tell};
use crate::cli::console::{Confirmation, acting_user, check_remark};
use crate::config::Config;
use crate::context::Context;
use crate::exchange::rotation::{RotationError, find_withdrawable, remove_withdrawn, withdraw};

/// Why it is taken back, and that it is meant.
#[derive(Args, Debug)]
pub struct WithdrawArgs {
    /// Why; kept in the audit trail
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Confirmation.
    #[command(flatten)]
    confirmation: Confirmation,
}

pub(super) async fn run(
    args: WithdrawArgs,
    key_use: KeyUse,
    globals: &Globals,
    config: &Config,
    context: &Context,
) -> Result<(), CliError> {
    let reason = args.reason.unwrap_or_default();
    check_remark("--reason", &reason)?;
    // Look the key up before the question: nobody is asked about a missing key, and nobody waits for the answer.
    let asked = find_withdrawable(context.database.read(), &context.own, key_use).await?;
    let (what, act) = match key_use {
        KeyUse::Sign => ("signing key", "withdraw_signing_key"),
        KeyUse::Tls => ("certificate", "withdraw_certificate"),
    };
    args.confirmation.ask(&format!(
        "The announced {what} {} will be taken back for good: no peer will ever accept it. Go on?",
        asked.fingerprint
    ))?;
    let (withdrawn, write) = withdraw(context, &asked).await?;
    let audited = format!("{} {reason}", asked.fingerprint).trim_end().to_owned();
    let who = acting_user();
    record_act(&write, &context.clock, Act { who: &who, act, what: audited, origin: ActOrigin::Cli }).await?;
    write.commit().await.map_err(RotationError::from)?;
    remove_withdrawn(&config.keys, &asked).map_err(RotationError::from)?;
    tell("It is taken back; the one in use stays. Another one can be announced now.");
    show(globals, &ChangedView::of(withdrawn), |view| view.fingerprint.to_string())
}

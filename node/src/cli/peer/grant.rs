//! `peer grant`: taking of a peer's log more than its days allow, once.

use clap::Args;
use hotline_protocol::id::NodeId;

use super::list::PeerView;
use crate::access::act::{Act, ActOrigin};
use crate::access::audit::record_act;
use crate::cli::Globals;
use crate::cli::console::exit::CliError;
use crate::cli::console::output::show;
use crate::cli::console::{acting_user, check_remark};
use crate::cli::open::open;
use crate::exchange::log::{GRANT_DAYS_LIMIT, grant_days};
use crate::trust::TrustError;
use crate::trust::peer::{PeerStanding, find_peer};

/// The log, and the amount of it.
#[derive(Args, Debug)]
#[command(after_help = "The alert day_used_up names the number for an old log that comes for the first time:\n  \
    hotline-node peer grant de-example --days 6")]
pub struct GrantArgs {
    /// Its node id
    id: NodeId,
    /// How many days' budgets (`exchange.day_maximum_…`) are taken beside each day's own; 0 ends an earlier grant
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=i64::from(GRANT_DAYS_LIMIT)))]
    days: u32,
    /// Why; kept in the audit trail
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

pub(super) async fn run(args: GrantArgs, globals: &Globals) -> Result<(), CliError> {
    let GrantArgs { id, days, reason } = args;
    check_remark("--reason", reason.as_deref().unwrap_or_default())?;
    let (_, context) = open(&globals.config).await?;
    let write = context.database.write("grant_days").await?;
    let known = find_peer(&*write, &id).await?;
    if known.is_none_or(|peer| peer.standing == PeerStanding::Removed) {
        return Err(TrustError::PeerUnknown(id).into());
    }
    grant_days(&context, &write, &id, days).await?;
    let what = format!("{id} {days} days {}", reason.unwrap_or_default()).trim_end().to_owned();
    let who = acting_user();
    record_act(&write, &context.clock, Act { who: &who, act: "grant_days", what, origin: ActOrigin::Cli }).await?;
    write.commit().await?;
    let view = PeerView::load_one(&context, &id).await?;
    show(globals, &view, PeerView::for_people)
}

//! `peer suspend`, `peer resume`, `peer remove`.

use super::list::PeerView;
use super::{PeerActArgs, RemoveArgs};
use crate::access::account::{Manager, disable_partners};
use crate::access::act::{Act, ActOrigin};
use crate::access::audit::record_act;
use crate::cli::Globals;
use crate::cli::console::exit::CliError;
use crate::cli::console::output::{show, tell};
use crate::cli::console::{acting_user, check_remark};
use crate::cli::open::open;
use crate::trust::peer::{PeerStanding, set_standing};

/// Asks first: only a card with its fingerprint brings a removed peer back.
pub(super) async fn remove(args: RemoveArgs, globals: &Globals) -> Result<(), CliError> {
    args.confirmation.ask(&format!(
        "{} will be removed: its certificates no longer count, and only a card with its fingerprint brings it back. Go \
         on?",
        args.act.id
    ))?;
    run(args.act, globals, PeerStanding::Removed).await
}

pub(super) async fn run(args: PeerActArgs, globals: &Globals, standing: PeerStanding) -> Result<(), CliError> {
    check_remark("--reason", args.reason.as_deref().unwrap_or_default())?;
    let (_, context) = open(&globals.config).await?;
    let name = match standing {
        PeerStanding::Active => "resume_peer",
        PeerStanding::Suspended => "suspend_peer",
        PeerStanding::Removed => "remove_peer",
    };
    let write = context.database.write(name).await?;
    set_standing(&write, &args.id, standing).await?;
    let what = format!("{} {}", args.id, args.reason.unwrap_or_default()).trim_end().to_owned();
    let who = acting_user();
    record_act(&write, &context.clock, Act { who: &who, act: name, what, origin: ActOrigin::Cli }).await?;
    if standing == PeerStanding::Removed {
        disable_partners(&context, &write, Manager { who: &who, origin: ActOrigin::Cli }, &args.id).await?;
    }
    write.commit().await?;
    let view = PeerView::load_one(&context, &args.id).await?;
    if standing != PeerStanding::Active {
        tell("Open connections with this peer end within seconds; what is undelivered stays in the log.");
    }
    show(globals, &view, PeerView::for_people)
}

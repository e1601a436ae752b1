//! `log seal`: an operator passes the check at the start over.

use clap::Args;

use crate::access::act::{Act, ActOrigin};
use crate::access::audit::record_act;
use crate::cli::Globals;
use crate::cli::console::acting_user;
use crate::cli::console::exit::CliError;
use crate::cli::console::output::show;
use crate::cli::open::open;
use crate::storage::leave_setting;

/// How the check is passed over.
#[derive(Args, Debug)]
#[command(after_help = "Only where no peer can be asked: if a peer holds more of this log than this node, \
    sealing makes a fork that every peer refuses.")]
pub struct SealArgs {
    /// Say that it is meant
    #[arg(long, required = true)]
    pub(super) anyway: bool,
}

pub(super) async fn run(globals: &Globals) -> Result<(), CliError> {
    let (_, context) = open(&globals.config).await?;
    let who = acting_user();
    let write = context.database.write("seal_anyway").await?;
    leave_setting(&write, "seal_anyway", "yes").await?;
    let act = Act { who: &who, act: "seal_anyway", what: context.own.to_string(), origin: ActOrigin::Cli };
    record_act(&write, &context.clock, act).await?;
    write.commit().await?;
    show(globals, &serde_json::json!({ "seal_anyway": true }), |_| {
        "Recorded: serve seals as soon as it sees this. A fork or a missing end is not passed over by it.".into()
    })
}

//! `log export`: runs as they go over the wire.

use clap::Args;
use hotline_protocol::id::NodeId;
use hotline_protocol::log::{Cursor, Position};

use crate::access::act::{Act, ActOrigin};
use crate::access::audit::record_act;
use crate::cli::Globals;
use crate::cli::console::acting_user;
use crate::cli::console::exit::CliError;
use crate::cli::console::output::print_on;
use crate::cli::open::open;
use crate::context::Context;
use crate::exchange::log::epoch::epochs_of;
use crate::exchange::log::{LogError, export_run};
use crate::report::head;
use crate::trust::peer::find_peer;

/// The entries to print.
#[derive(Args, Debug)]
#[command(
    after_help = "A whole log can be verified with the author's card; after `peer add --replace`, and with --after, \
    it takes the keys of before, too: hotline-node peer show ID --json\n  \
    hotline-node log export --log fr-example > fr-example.hxp"
)]
pub struct ExportArgs {
    /// The log's author; this node's own log if absent
    #[arg(long, value_name = "ID")]
    pub(super) log: Option<NodeId>,
    /// Only entries after this sequence number, of the newest epoch
    #[arg(long, value_name = "SEQ", default_value_t = 0)]
    pub(super) after: u64,
    /// With the bodies that are here: they hold URLs
    #[arg(long, requires = "reveal")]
    pub(super) bodies: bool,
    /// Show URLs; written to the audit trail
    #[arg(long, requires = "bodies")]
    pub(super) reveal: bool,
}

pub(super) async fn run(args: ExportArgs, globals: &Globals) -> Result<(), CliError> {
    let (_, context) = open(&globals.config).await?;
    let log = args.log.clone().unwrap_or_else(|| context.own.clone());
    let head = head(context.database.read(), &log).await?;
    let is_known = log == context.own || find_peer(context.database.read(), &log).await?.is_some();
    if head == Cursor::START && !is_known {
        return Err(LogError::UnknownLog.into());
    }
    if args.bodies {
        record_reveal(&context, format!("{log} after {}", args.after)).await?;
    }
    let mut epochs = epochs_of(context.database.read(), &log).await?;
    if args.after > 0 {
        epochs.retain(|epoch| *epoch == head.epoch);
    }
    if globals.json {
        return print_document(&context, log, &epochs, &args).await;
    }
    for epoch in epochs {
        let mut after = Position { epoch, seq: args.after };
        while let Some((run, end)) = export_run(&context, &log, after, args.bodies).await? {
            if !print_on(run.as_bytes())? {
                return Ok(());
            }
            after = end;
        }
    }
    Ok(())
}

/// One JSON document, written run by run: a log may be large.
async fn print_document(context: &Context, log: NodeId, epochs: &[u64], args: &ExportArgs) -> Result<(), CliError> {
    if !print_on(format!("{{\n  \"log\": \"{log}\",\n  \"runs\": [").as_bytes())? {
        return Ok(());
    }
    let mut separator = "\n    ";
    for epoch in epochs {
        let mut after = Position { epoch: *epoch, seq: args.after };
        while let Some((run, end)) = export_run(context, &log, after, args.bodies).await? {
            let text = serde_json::to_string(&run).map_err(anyhow::Error::from)?;
            if !print_on(format!("{separator}{text}").as_bytes())? {
                return Ok(());
            }
            (after, separator) = (end, ",\n    ");
        }
    }
    print_on(b"\n  ]\n}\n")?;
    Ok(())
}

/// Recorded before anything is printed.
async fn record_reveal(context: &Context, what: String) -> Result<(), CliError> {
    let who = acting_user();
    let write = context.database.write("export_bodies").await?;
    record_act(&write, &context.clock, Act { who: &who, act: "export_bodies", what, origin: ActOrigin::Cli }).await?;
    write.commit().await?;
    Ok(())
}

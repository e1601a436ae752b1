//! `migrate`: brings the database's tables to this version.

use clap::Args;
use secrecy::ExposeSecret as _;
use serde::Serialize;

use super::Globals;
use super::console::acting_user;
use super::console::exit::CliError;
use super::console::output::show;
use crate::access::act::{Act, ActOrigin};
use crate::access::audit::record_act;
use crate::clock::Clock;
use crate::config::Config;
use crate::storage::Database;

/// How to migrate.
#[derive(Args, Debug)]
#[command(
    after_help = "Stop the node and take a backup before:\n  hotline-node migrate --check\n  hotline-node migrate"
)]
pub struct MigrateArgs {
    /// Only list the pending changes; exit code 1 if there are any
    #[arg(long)]
    check: bool,
}

/// The pending changes, and whether they were made.
#[derive(Serialize)]
struct MigrationView {
    pending: Vec<String>,
    migrated: bool,
}

pub(super) async fn run(args: MigrateArgs, globals: &Globals) -> Result<(), CliError> {
    let config = Config::load(&globals.config)?;
    let url = config.database.url.connection_url();
    let pending = Database::pending_migrations(url.expose_secret()).await?;
    let due = !pending.is_empty();
    if due && !args.check {
        let database = Database::create_or_migrate(url.expose_secret()).await?;
        let write = database.write("migrate").await?;
        let who = acting_user();
        let act = Act { who: &who, act: "migrate", what: pending.join(" "), origin: ActOrigin::Cli };
        record_act(&write, &Clock::system(), act).await?;
        write.commit().await?;
    }
    let view = MigrationView { pending, migrated: due && !args.check };
    show(globals, &view, |view| match (view.pending.as_slice(), view.migrated) {
        ([], _) => "The database is of this version.".into(),
        (done, true) => format!("Done: {}", done.join(", ")),
        (due, false) => format!("To be done: {}", due.join(", ")),
    })?;
    if due && args.check {
        return Err(CliError::refused("the database is of an earlier version; run: hotline-node migrate"));
    }
    Ok(())
}

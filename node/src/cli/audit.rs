//! `audit`: the record of all acts, with actor and time.

use clap::Subcommand;
use serde::Serialize;

use super::Globals;
use super::console::exit::CliError;
use super::console::output::{show, table};
use super::open::open;
use crate::access::act::RecordedAct;
use crate::access::audit::{list_acts, verify_trail};
use crate::clock::time_of_micros;
use crate::plural::counted;

/// Commands on the trail.
#[derive(Subcommand, Debug)]
pub enum AuditCommand {
    /// Show the newest acts, newest first
    List {
        /// At most so many
        #[arg(long, default_value_t = 100)]
        limit: u64,
    },
    /// Check that no act was changed or taken out
    Verify,
}

/// An act as it is shown.
#[derive(Serialize)]
struct ActView {
    id: i64,
    at: Option<String>,
    who: String,
    act: String,
    what: String,
    from: String,
    hash: String,
}

impl From<RecordedAct> for ActView {
    fn from(recorded: RecordedAct) -> Self {
        let RecordedAct { id, at, who, act, what, origin, hash } = recorded;
        Self { id, at: time_of_micros(at), who, act, what, from: origin, hash: hash.to_string() }
    }
}

/// Result of `audit verify`.
#[derive(Serialize)]
struct TrailView {
    ok: bool,
    entries: u64,
    broken_at: Option<i64>,
}

pub(super) async fn run(command: AuditCommand, globals: &Globals) -> Result<(), CliError> {
    match command {
        AuditCommand::List { limit } => list(limit, globals).await,
        AuditCommand::Verify => verify(globals).await,
    }
}

async fn list(limit: u64, globals: &Globals) -> Result<(), CliError> {
    let (_, context) = open(&globals.config).await?;
    let acts: Vec<ActView> = list_acts(&context.database, limit).await?.into_iter().map(Into::into).collect();
    show(globals, &acts, |acts| {
        let rows = acts.iter().map(|act| {
            let at = act.at.clone().unwrap_or_default();
            vec![act.id.to_string(), at, act.who.clone(), act.act.clone(), act.what.clone(), act.from.clone()]
        });
        table(&["id", "at", "who", "act", "what", "from"], rows, "Nothing was done yet.")
    })
}

async fn verify(globals: &Globals) -> Result<(), CliError> {
    let (_, context) = open(&globals.config).await?;
    let trail = verify_trail(&context.database).await?;
    let view = TrailView { ok: trail.broken_at.is_none(), entries: trail.entries, broken_at: trail.broken_at };
    show(globals, &view, |view| match view.broken_at {
        None => format!("The trail is unbroken: {}.", counted(view.entries, "entry")),
        Some(id) => format!("The trail of {} is broken at entry {id}.", counted(view.entries, "entry")),
    })?;
    CliError::broken_trail(trail).map_or(Ok(()), Err)
}

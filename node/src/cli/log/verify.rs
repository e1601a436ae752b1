//! `log verify`.

use std::collections::BTreeMap;

use clap::Args;
use hotline_protocol::id::NodeId;
use serde::Serialize;

use crate::cli::Globals;
use crate::cli::console::exit::CliError;
use crate::cli::console::output::{or_dash, show, table};
use crate::cli::open::open;
use crate::exchange::log::seal::HighWater;
use crate::exchange::log::verify::{LogCheck, verify_logs};

/// The logs.
#[derive(Args, Debug)]
pub struct VerifyArgs {
    /// Only this node's log, by its id; every log that is here if absent
    #[arg(long, value_name = "ID")]
    pub(super) log: Option<NodeId>,
}

/// Result of `log verify`.
#[derive(Serialize)]
struct VerifyView {
    ok: bool,
    entries: u64,
    /// The first fault of all.
    fault: Option<String>,
    logs: BTreeMap<NodeId, LogView>,
}

/// Result of `log verify` for one log.
#[derive(Serialize)]
struct LogView {
    ok: bool,
    entries: u64,
    fault: Option<String>,
}

pub(super) async fn run(args: &VerifyArgs, globals: &Globals) -> Result<(), CliError> {
    let (config, context) = open(&globals.config).await?;
    let checks = verify_logs(&context, &HighWater::in_folder(&config.folder), args.log.as_ref()).await?;
    let view = VerifyView::new(checks);
    show(globals, &view, VerifyView::for_people)?;
    match view.fault {
        None => Ok(()),
        Some(fault) => Err(CliError::refused(format!("{fault}; compare it with a backup"))),
    }
}

impl VerifyView {
    fn new(checks: BTreeMap<NodeId, LogCheck>) -> Self {
        let mut whole = Self { ok: true, entries: 0, fault: None, logs: BTreeMap::new() };
        for (log, check) in checks {
            let fault = check.fault.map(|fault| fault.to_string());
            whole.ok &= fault.is_none();
            whole.entries += check.entries;
            whole.fault = whole.fault.or_else(|| fault.as_ref().map(|fault| format!("the log of {log}, {fault}")));
            whole.logs.insert(log, LogView { ok: fault.is_none(), entries: check.entries, fault });
        }
        whole
    }

    fn for_people(&self) -> String {
        let row = |(log, check): (&NodeId, &LogView)| {
            let verdict = if check.ok { "holds" } else { "does not hold" };
            vec![log.to_string(), check.entries.to_string(), verdict.into(), or_dash(check.fault.as_ref())]
        };
        table(&["log", "entries", "state", "first fault"], self.logs.iter().map(row), "Nothing was sealed yet.")
    }
}

//! `doctor`: examines the node, with advice for each fault. One file a subject, one small function a check.

mod alerts;
mod authority;
mod certificate;
mod clock;
mod files;
mod geolocation;
mod own_keys;
mod peers;
mod reports;
mod seal;
mod storage;

use clap::Args;
use serde::Serialize;

use super::exit::CliError;
use super::output::{show, table};
use super::{Globals, open};
use crate::clock::Clock;
use crate::config::Config;
use crate::context::Context;

/// `doctor` takes nothing.
#[derive(Args, Debug)]
#[command(after_help = "Changes nothing. Exit code 1 if there is a fault; warnings alone end with 0.")]
pub struct DoctorArgs {}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Finding {
    /// As it should be.
    Ok,
    /// Wants attention; the node works.
    Warning,
    /// Must be put right.
    Fault,
}

/// One check.
#[derive(Debug, Serialize)]
pub(super) struct Check {
    /// Its name, such as `clock`.
    pub name: String,
    /// How it ended.
    pub status: Finding,
    /// What was found.
    pub text: String,
    /// What to do; null where there is nothing to do.
    pub advice: Option<String>,
}

impl Check {
    /// Nothing to do.
    pub(super) fn ok(name: &str, text: impl Into<String>) -> Self {
        Self { name: name.into(), status: Finding::Ok, text: text.into(), advice: None }
    }

    /// Wants attention.
    pub(super) fn warning(name: &str, text: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { name: name.into(), status: Finding::Warning, text: text.into(), advice: Some(advice.into()) }
    }

    /// Must be put right.
    pub(super) fn fault(name: &str, text: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { name: name.into(), status: Finding::Fault, text: text.into(), advice: Some(advice.into()) }
    }
}

pub(super) async fn run(_args: DoctorArgs, globals: &Globals) -> Result<(), CliError> {
    let config = Config::load(&globals.config)?;
    let mut checks = files::check(&config, &globals.config);
    checks.extend(storage::check_space(&config));
    checks.extend(geolocation::check(&config, &Clock::system()));
    checks.push(certificate::check(&config, &Clock::system()));
    checks.extend(authority::check(&config, &Clock::system()));
    match open(&globals.config).await {
        Ok((_, context)) => checks.extend(check_node(&config, &context).await),
        Err(error) => checks.push(unreadable(&error)),
    }
    show(globals, &checks, |checks| for_people(checks))?;
    match checks.iter().filter(|check| check.status == Finding::Fault).count() {
        0 => Ok(()),
        faults => Err(CliError::refused(format!("{faults} of {} checks found a fault", checks.len()))),
    }
}

/// What needs the open database. One that cannot be read to its end, damaged for instance, is a fault like any other.
async fn check_node(config: &Config, context: &Context) -> Vec<Check> {
    let mut checks = Vec::new();
    if let Err(error) = add_checks(config, context, &mut checks).await {
        checks.push(unreadable(&error));
    }
    checks
}

async fn add_checks(config: &Config, context: &Context, checks: &mut Vec<Check>) -> Result<(), CliError> {
    checks.push(storage::check_database(context).await?);
    checks.push(storage::check_trail(context).await?);
    checks.push(clock::check(&Clock::system(), &context.database).await?);
    checks.push(seal::check(config, context).await?);
    checks.extend(own_keys::check(config, context).await?);
    checks.extend(alerts::check(config, context).await?);
    checks.extend(reports::check(context).await?);
    checks.extend(peers::check(context, &config.exchange).await?);
    Ok(())
}

fn unreadable(error: &CliError) -> Check {
    Check::fault("database", error.to_string(), "put this right first, then run again")
}

fn for_people(checks: &[Check]) -> String {
    let rows = checks.iter().map(|check| {
        let status = match check.status {
            Finding::Ok => "ok",
            Finding::Warning => "warning",
            Finding::Fault => "FAULT",
        };
        vec![check.name.clone(), status.into(), check.text.clone(), check.advice.clone().unwrap_or_default()]
    });
    table(&["check", "status", "found", "advice"], rows, "Nothing was checked.")
}

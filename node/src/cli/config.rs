//! `config`: whether the configuration can be used, and the values in force.

use clap::Subcommand;
use serde::Serialize;

use super::Globals;
use super::console::exit::CliError;
use super::console::output::{show, tell};
use super::locate::open_geolocator;
use crate::clock::Clock;
use crate::config::{Config, ConfigFault, ConfigFaults, Environment};
use crate::trust::Authority;

/// Commands on the configuration.
#[derive(Subcommand, Debug)]
pub enum ConfigCommand {
    /// Name every fault with its key; exit code 78 if there is one
    Check,
    /// Show every key with the value in force; secrets are hidden
    Show,
}

/// Result of `config check`.
#[derive(Serialize)]
struct CheckView<'a> {
    ok: bool,
    faults: &'a [ConfigFault],
}

pub(super) fn run(command: &ConfigCommand, globals: &Globals) -> Result<(), CliError> {
    let (config, faults) = Config::examine(&globals.config, &Environment::read(), beyond_the_file);
    match command {
        ConfigCommand::Check => {
            if globals.json || faults.is_empty() {
                let view = CheckView { ok: faults.is_empty(), faults: &faults };
                show(globals, &view, |_| format!("{} can be used.", globals.config.display()))?;
            }
            if faults.is_empty() { Ok(()) } else { Err(ConfigFaults::from(faults).into()) }
        }
        ConfigCommand::Show => match config.filter(|_| faults.is_empty()) {
            Some(config) => show(globals, &config.show(), ToString::to_string),
            None => Err(ConfigFaults::from(faults).into()),
        },
    }
}

/// Checks the content of the files that the configuration names.
fn beyond_the_file(config: &Config) -> Vec<ConfigFault> {
    let mut found = Authority::open(&config.authority, Clock::system().unix_seconds())
        .err()
        .map_or_else(Vec::new, |faults| faults.faults().to_vec());
    if config.public.requests_per_minute.is_some() {
        tell("warning: public.requests_per_minute means nothing any more: see requests_per_minute_per_address");
    }
    match open_geolocator(config) {
        Ok(geolocator) => {
            for warning in geolocator.warnings(Clock::system().now()) {
                tell(&format!("warning: {warning}"));
            }
        }
        Err(faults) => found.extend(faults.faults().to_vec()),
    }
    found
}
